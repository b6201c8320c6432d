import assert from "node:assert/strict";
import type { Difference } from "../../field/swarm/swarm_report.ts";
import { droneReport, swarmReport, worldTrack } from "./swarm_for_tests.ts";
import { differsBy, shownSwarm } from "./swarm_shown.ts";

const PERSON = worldTrack("a:0", [1, 1], { lastAtMs: 10 });
const LATER = worldTrack("a:0", [2, 1], { lastAtMs: 20 });
const CAT = worldTrack("b:0", [5, 5]);

Deno.test("shownSwarm() has each object once, as who saw it last has it, with its holders", () => {
  const { objects } = shownSwarm(swarmReport([
    droneReport(0, { tracks: [PERSON] }),
    droneReport(1, { tracks: [LATER, CAT] }),
  ]));
  assert.deepEqual(objects, [
    { track: LATER, heldBy: ["1", "2"], isShared: true },
    { track: CAT, heldBy: ["2"], isShared: false },
  ]);
});

Deno.test("shownSwarm() gives each drone what its own map lacks", () => {
  const { drones } = shownSwarm(swarmReport([
    droneReport(0, { tracks: [PERSON] }),
    droneReport(1, { tracks: [LATER, CAT] }),
  ]));
  assert.deepEqual(drones.map(({ missing }) => missing.map(({ id }) => id)), [["b:0"], []]);
  assert.deepEqual(drones.map(differsBy), [1, 0]);
  assert.deepEqual(drones.map(({ mark }) => mark), ["1", "2"]);
});

Deno.test("shownSwarm() does not take for shared what two have in two places", () => {
  const elsewhere: Difference = { drones: [0, 1], kind: "place", track: "a:0", place: [1, 1] };
  const { objects, drones } = shownSwarm(swarmReport([
    droneReport(0, { tracks: [PERSON] }),
    droneReport(1, { tracks: [LATER] }),
  ], { differences: [elsewhere] }));
  assert.equal(objects[0].isShared, false);
  assert.deepEqual(objects[0].heldBy, ["1", "2"]);
  assert.deepEqual(drones.map(differsBy), [0, 1]);
});
