import assert from "node:assert/strict";
import { LABELS as COCO } from "../../models/nanodet_g/labels.ts";
import { LABELS as OPEN_IMAGES } from "../../models/ssd_mobilenetv2/labels.ts";
import type { NotedObservation } from "../observation.ts";
import { type Kind, kindOf, taxonOf } from "./kinds.ts";

function seen(label: string, byPerson?: string): NotedObservation {
  const notes = { star: false, wrong: false, labels: [] };
  return {
    id: "a1a1a1a1a1a1-1",
    device: "a1".repeat(32),
    label,
    score: 0.5,
    box: { x: 0, y: 0, width: 1, height: 1 },
    first: 0,
    last: 0,
    open: false,
    frames: 1,
    source: "Camera",
    model: { id: "nanodet_g", sha256: "6d".repeat(32) },
    ...(byPerson === undefined ? {} : { notes: { ...notes, class: byPerson } }),
  };
}

const OF_SHIPPED_MODELS: Readonly<Record<Exclude<Kind, "other">, readonly string[]>> = {
  person: ["person"],
  vehicle: [
    "bicycle",
    "boat",
    "bus",
    "car",
    "motorcycle",
    "airplane",
    "train",
    "truck",
    "vehicle",
  ],
  animal: [
    "bear",
    "bird",
    "cat",
    "cattle",
    "cow",
    "dog",
    "elephant",
    "giraffe",
    "horse",
    "sheep",
    "zebra",
  ],
};

Deno.test("kindOf() is right for every class of the shipped models", () => {
  const labels = new Set([...COCO, ...OPEN_IMAGES]);
  for (const [kind, expected] of Object.entries(OF_SHIPPED_MODELS)) {
    const found = [...labels].filter((label) => kindOf(seen(label)) === kind);
    assert.deepEqual(found.sort(), expected.toSorted());
  }
});

Deno.test("kindOf() is other when a person calls an animal by the name of a thing that models know", () => {
  const alive = new Set(Object.values(OF_SHIPPED_MODELS).flat());
  for (const label of new Set([...COCO, ...OPEN_IMAGES])) {
    if (alive.has(label) || label === "mouse") continue;
    assert.equal(kindOf(seen("dog", label)), "other", label);
  }
});

Deno.test("kindOf() takes a person's word before the model's", () => {
  const cases: readonly [label: string, byPerson: string, kind: Kind][] = [
    ["bench", "Red fox", "animal"],
    ["cup", "two wolves", "other"],
    ["cup", "Foxes", "animal"],
    ["dog", "person", "person"],
    ["person", "tractor", "vehicle"],
    ["computer mouse", "mouse", "animal"],
    ["dog", "Fuchs", "animal"],
    ["dog", "teddy bear", "other"],
    ["car", "Fuchs", "other"],
    ["person", "scarecrow", "other"],
  ];
  for (const [label, byPerson, kind] of cases) {
    assert.equal(kindOf(seen(label, byPerson)), kind, `${byPerson} for ${label}`);
  }
});

Deno.test("taxonOf() names what is sure, and nothing of a thing", () => {
  for (const label of new Set([...COCO, ...OPEN_IMAGES])) {
    const isAlive = ["animal", "person"].includes(kindOf(seen(label)));
    assert.equal(taxonOf(seen(label)) !== null, isAlive, label);
  }
  assert.equal(taxonOf(seen("dog", "Red fox")), null);
  assert.equal(taxonOf(seen("cup", "Bird"))?.scientificName, "Aves");
});
