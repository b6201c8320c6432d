import assert from "node:assert/strict";
import { picture } from "../tests/fixtures/pictures.ts";
import { detectorById, detectors } from "./catalogue.ts";
import { loadedEngine } from "./deno_engine.ts";
import { detect, type ModelDetection } from "./model.ts";
import { overlap } from "./suppress.ts";

/** Of a score: plans compute in integers. */
const TOLERANCE = 0.1;

/** Edges, fractions of the picture, drawn by eye. */
const EDGES = {
  astronaut: [0.04, 0.03, 0.71, 1],
  chelsea: [0, 0, 0.98, 1],
  // NanoDet takes a part of the saucer for the cup.
  coffee: [0.28, 0.04, 0.69, 0.77],
} as const;

type Sight = readonly [picture: keyof typeof EDGES, label: string, score: number];
const COCO: readonly Sight[] = [
  ["astronaut", "person", 0.73],
  ["chelsea", "cat", 0.4],
  ["coffee", "cup", 0.52],
];
/** What each model sees in full precision. */
const SIGHTS: Readonly<Record<string, readonly Sight[]>> = {
  "nanodet-g": COCO,
  "nanodet-g-fp32": COCO,
  "nanodet-g-320": [
    ["astronaut", "person", 0.8],
    ["chelsea", "cat", 0.5],
    ["coffee", "cup", 0.34],
  ],
  "ssd-mobilenetv2": [
    ["astronaut", "person", 0.59],
    ["chelsea", "cat", 0.85],
    ["coffee", "coffee cup", 0.57],
  ],
};

function cornersOf({ box }: ModelDetection) {
  return { left: box.x, top: box.y, right: box.x + box.width, bottom: box.y + box.height };
}

Deno.test("every model of the catalogue is tried here", () => {
  assert.deepEqual(detectors.map(({ id }) => id).sort(), Object.keys(SIGHTS).sort());
});

for (const [id, sights] of Object.entries(SIGHTS)) {
  Deno.test(`detect() with ${id} finds person, cat and cup, as surely as it should`, async (test) => {
    const detector = detectorById(id);
    assert.ok(detector);
    const engine = await loadedEngine(detector);
    for (const [name, label, score] of sights) {
      await test.step(`${label} in ${name}`, async () => {
        const detections = await detect(engine, detector, await picture(name));
        const found = detections.find((one) => one.label === label);
        assert.ok(found, `no ${label}: ${Deno.inspect(detections)}`);
        assert.ok(Math.abs(found.score - score) < TOLERANCE, `score ${found.score}`);
        const [left, top, right, bottom] = EDGES[name];
        const match = overlap(cornersOf(found), { left, top, right, bottom });
        assert.ok(match > 0.6, `overlap ${match}: ${Deno.inspect(found.box)}`);
      });
    }
    await test.step("nothing in a grey frame", async () => {
      const data = new Uint8Array(64 * 48 * 4).fill(128);
      assert.deepEqual(await detect(engine, detector, { width: 64, height: 48, data }), []);
    });
    await engine.dispose();
  });
}
