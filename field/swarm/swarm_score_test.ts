import assert from "node:assert/strict";
import type { WorldTrack } from "../world/world_track.ts";
import { type ScoredObject, ScoreKeeper } from "./swarm_score.ts";

const PERSON: ScoredObject = { id: "person-1", label: "person", position: [0, 0] };
const CAT: ScoredObject = { id: "cat-1", label: "cat", position: [20, 0] };
const OBJECTS = [PERSON, CAT];

function track(id: string, label: string, east: number): WorldTrack {
  return {
    ...{ id, label, confidence: 0.7, position: [east, 0], velocity: [0, 0] },
    ...{ covariance: [1, 0, 1], sources: [], firstAtMs: 0, lastAtMs: 0 },
  };
}

Deno.test("ScoreKeeper measures a map by what its drone can know: its own side's frames, for ten seconds", () => {
  const score = new ScoreKeeper(2);
  const drones = [
    { side: 0, tracks: [track("a", "person", 1)] },
    { side: 1, tracks: [] },
  ];
  score.shown(PERSON.id, 0, 0);
  score.observe(OBJECTS, drones, 200); // the second cannot know
  assert.deepEqual([score.result(OBJECTS).mota, score.result(OBJECTS).truths], [1, 1]);
  score.observe(OBJECTS, drones.map((one) => ({ ...one, side: 0 })), 400); // now it can, and has none
  assert.deepEqual([score.result(OBJECTS).misses, score.result(OBJECTS).truths], [1, 3]);
  score.observe(OBJECTS, drones, 600); // parted again, it was told
  assert.deepEqual([score.result(OBJECTS).misses, score.result(OBJECTS).truths], [2, 5]);
  score.observe(OBJECTS, [{ side: 0, tracks: [] }, { side: 0, tracks: [] }], 10_700);
  assert.equal(score.result(OBJECTS).truths, 5);
});

Deno.test("ScoreKeeper tells objects found under their own label, errors and false tracks", () => {
  const score = new ScoreKeeper(1);
  for (const { id } of OBJECTS) score.shown(id, 0, 0);
  const tracks = [track("a", "person", 1), track("b", "cup", 20.5), track("c", "cat", 50)];
  score.observe(OBJECTS, [{ side: 0, tracks }], 200);
  const result = score.result(OBJECTS);
  assert.deepEqual([result.found, result.foundByLabel.cat], [1, { found: 0, of: 1 }]);
  assert.deepEqual([result.falsePositives, result.misses, result.labelsRight], [1, 0, 0.5]);
  assert.equal(result.meanErrorM, 0.75);
  assert.equal(result.p95ErrorM, 1);
});

Deno.test("ScoreKeeper tells how long it takes from the first whole frame until all have a track", () => {
  const score = new ScoreKeeper(2);
  const [one, none] = [[track("a", "person", 1)], []];
  const held = (ms: number, first: readonly WorldTrack[], second: readonly WorldTrack[]) =>
    score.held(OBJECTS, [{ side: 0, tracks: first }, { side: 0, tracks: second }], ms);
  held(0, none, none);
  score.shown(PERSON.id, 0, 40);
  held(50, none, none);
  held(500, one, none);
  held(750, one, one);
  score.observe(OBJECTS, [{ side: 0, tracks: one }, { side: 0, tracks: one }], 800);
  const { held: count, heldMedianMs, heldMostMs } = score.result(OBJECTS);
  assert.deepEqual([count, heldMedianMs, heldMostMs], [1, 710, 710]);
});
