import assert from "node:assert/strict";
import type { KeptMap, MapArchive } from "./map_archive.ts";
import { takeMap, type TakePorts, type TakeStep } from "./take_map.ts";

const ARCHIVE: MapArchive = {
  ...{ tiles: "raster", bounds: [7, 51, 9, 53], minZoom: 0, maxZoom: 15 },
  ...{ attribution: "", layers: [] },
};
const FILE = new File(["0123456789"], "site.pmtiles");

function portsWith(other: Partial<TakePorts>) {
  const steps: TakeStep[] = [];
  const kept: KeptMap[] = [];
  const ports: TakePorts = {
    loadEngine: () => Promise.resolve({ readArchive: () => Promise.resolve(ARCHIVE) }),
    keep: (map) => Promise.resolve(void kept.push(map)),
    room: () => Promise.resolve(4),
    nowMs: () => 17,
    onStep: (step) => steps.push(step),
    bytes: (count) => `${count} B`,
    ...other,
  };
  return { ports, steps, kept };
}

async function problemWith(other: Partial<TakePorts>): Promise<string> {
  const { ports, kept } = portsWith(other);
  const taken = await takeMap(FILE, ports);
  assert.deepEqual(kept, [], "what has a problem is not kept");
  return "problem" in taken ? taken.problem : "";
}

Deno.test("takeMap() checks a file, keeps it and gives it, step by step", async () => {
  const { ports, steps, kept } = portsWith({});
  const map = { archive: ARCHIVE, name: "site.pmtiles", file: FILE, keptAtMs: 17 };
  assert.deepEqual(await takeMap(FILE, ports), map);
  assert.deepEqual(kept, [map]);
  assert.deepEqual(steps, ["bringing", "checking", "keeping"]);
});

Deno.test("takeMap() gives the check's own words, and keeps nothing", async () => {
  const readArchive = () => Promise.resolve({ problem: "It is cut off." });
  const loadEngine = () => Promise.resolve({ readArchive });
  assert.equal(await problemWith({ loadEngine }), "It is cut off.");
});

Deno.test("takeMap() without what draws maps says how to come by it", async () => {
  const loadEngine = () => Promise.reject(new TypeError("Failed to fetch"));
  assert.match(await problemWith({ loadEngine }), /hub cannot be reached.*Try again/);
});

Deno.test("takeMap() of a file that has gone says so", async () => {
  const readArchive = () => Promise.reject(new DOMException("gone", "NotReadableError"));
  const loadEngine = () => Promise.resolve({ readArchive });
  assert.match(await problemWith({ loadEngine }), /cannot read it \(NotReadableError\).*cloud/);
});

Deno.test("takeMap() without room says how much is needed and how much there is", async () => {
  const keep = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
  assert.match(await problemWith({ keep }), /needs 10 B, and the browser gives this app 4 B more/);
  const untold = await problemWith({ keep, room: () => Promise.reject(new Error("no")) });
  const wrong = await problemWith({ keep, room: () => Promise.resolve(10) });
  assert.equal(wrong, untold);
  assert.match(untold, /needs 10 B\. Choose a map of a smaller part/);
});

Deno.test("takeMap() in a browser that stores no files says what to do", async () => {
  const keep = () => Promise.reject(new DOMException("blobs", "DataCloneError"));
  assert.match(await problemWith({ keep }), /did not store it \(DataCloneError\).*private window/);
});
