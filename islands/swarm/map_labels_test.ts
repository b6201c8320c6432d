import assert from "node:assert/strict";
import { mapFrame } from "./map_frame.ts";
import { mapLabels, objectWords } from "./map_labels.ts";
import { shownDrone, shownObject } from "./swarm_for_tests.ts";

const FRAME = mapFrame([100, 100], 600);

Deno.test("objectWords() names those who alone have an object", () => {
  assert.equal(objectWords(shownObject({}), 5), "person 81");
  const two = shownObject({ heldBy: ["1", "2"], isShared: false });
  assert.equal(objectWords(two, 5), "person: only 1 2");
  const all = shownObject({ isShared: false });
  assert.equal(objectWords(all, 5), "person: in two places");
  assert.equal(objectWords(two, 5, false), "only 1 2");
  assert.equal(objectWords(shownObject({}), 5, false), null);
});

Deno.test("mapLabels() names every object with room, none over a drone", () => {
  const drone = shownDrone(0);
  const at = { ...drone, pose: { ...drone.pose, position: [50, 50] as const } };
  const objects = [
    shownObject({ id: "a:0", position: [20, 20] }),
    shownObject({ id: "a:1", position: [52, 50], isShared: false, heldBy: ["1"] }),
  ];
  const labels = mapLabels({ drones: [at], objects }, FRAME);
  assert.deepEqual(labels.map(({ id }) => id), ["a:0", "a:1"]);
  assert.equal(labels[1].kind, "track-label differing");
  const { x, y, width, height } = labels[1].box;
  const isClear = x > 318 || x + width < 282 || y > 318 || y + height < 282;
  assert.ok(isClear, `${x} ${y} ${width} ${height}`);
});
