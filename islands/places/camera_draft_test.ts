import assert from "node:assert/strict";
import { frameOf } from "../../field/world/camera_pose.ts";
import { isSoundPose } from "../../field/world/pose_bounds.ts";
import {
  acrossOf,
  ahead,
  BY_EYE,
  draftOf,
  finishedCamera,
  lookingAt,
  withAim,
  withFigure,
  withoutPair,
  withPoint,
  withPosition,
} from "./camera_draft.ts";

const fresh = draftOf(null, 4 / 3);

Deno.test("draftOf() of nothing is a camera that sees ground, and can be saved as it is", () => {
  const finished = finishedCamera(fresh);
  assert.ok("camera" in finished && finished.camera.kind === "pose");
  assert.ok(isSoundPose(finished.camera.pose));
  assert.deepEqual(finished.camera.error, BY_EYE);
  const spot = frameOf(fresh.pose, [0, 8]);
  assert.ok(spot && spot.x === 0.5 && spot.y > 0.4 && spot.y < 0.6, "8 m ahead is in the middle");
});

Deno.test("draftOf() goes on with what was placed", () => {
  const placed = finishedCamera(withPosition(fresh, [3, 4], 2));
  assert.ok("camera" in placed);
  const again = draftOf(placed.camera, 1);
  assert.deepEqual([again.pose, again.error.positionM], [placed.camera.pose, 2]);
});

Deno.test("acrossOf() narrows the view of a frame that stands upright", () => {
  assert.equal(acrossOf(67, 16 / 9), 67);
  assert.ok(Math.abs(acrossOf(67, 3 / 4) - 52.8) < 0.1);
  assert.ok(Math.abs(acrossOf(90, 1) - 90) < 1e-9);
});

Deno.test("withFigure() knows what was typed better than what was slid, and keeps to its range", () => {
  const slid = withFigure(fresh, "tiltDeg", 30, "eye");
  const typed = withFigure(slid, "tiltDeg", 31, "figure");
  assert.equal(slid.error.tiltDeg, BY_EYE.tiltDeg);
  assert.ok(typed.error.tiltDeg < slid.error.tiltDeg);
  assert.equal(withFigure(fresh, "tiltDeg", 120, "figure").pose.tiltDeg, 90);
  assert.equal(withFigure(fresh, "heightM", -1, "figure").pose.heightM, 0.2);
  assert.equal(withFigure(fresh, "headingDeg", -90, "figure").pose.headingDeg, 270);
  assert.equal(withFigure(fresh, "headingDeg", 360, "figure").pose.headingDeg, 0);
});

Deno.test("lookingAt() turns it clockwise from north, and ahead() is the way back", () => {
  const there = withPosition(fresh, [1, 1]);
  for (
    const [place, heading] of [[[1, 5], 0], [[9, 1], 90], [[1, -5], 180], [[-3, 1], 270]] as const
  ) {
    const turned = lookingAt(there, place);
    assert.equal(turned.pose.headingDeg, heading);
    const distance = Math.hypot(place[0] - 1, place[1] - 1);
    ahead(turned.pose, distance).forEach((m, i) => assert.ok(Math.abs(m - place[i]) < 1e-9));
  }
});

Deno.test("withAim() takes what the sensors say, and leaves what they do not", () => {
  const aimed = withAim(fresh, { heading: { deg: -10, errorDeg: 12 }, tilt: null });
  assert.deepEqual([aimed.pose.headingDeg, aimed.error.headingDeg], [350, 12]);
  assert.deepEqual([aimed.pose.tiltDeg, aimed.error.tiltDeg], [20, BY_EYE.tiltDeg]);
});

const FRAME = [[0.1, 0.9], [0.9, 0.9], [0.7, 0.5], [0.3, 0.5]] as const;
const GROUND = [[-2, 3], [2, 3], [3, 12], [-3, 12]] as const;

function pointed(count: number) {
  let draft = { ...fresh, way: "points" as const };
  for (let i = 0; i < count; i++) {
    const [x, y] = FRAME[i];
    draft = { ...withPoint(draft, { frame: { x, y } }), way: "points" };
    draft = { ...withPoint(draft, { world: GROUND[i] }), way: "points" };
  }
  return draft;
}

Deno.test("withPoint() goes on to the next pair once one is whole, and always has room", () => {
  assert.deepEqual([fresh.pairs.length, fresh.chosen], [4, 0]);
  const half = withPoint(fresh, { world: [1, 2] });
  assert.equal(half.chosen, 0);
  assert.equal(withPoint(half, { frame: { x: 2, y: 0.5 } }).chosen, 1);
  assert.deepEqual(withPoint(half, { frame: { x: 2, y: 0.5 } }).pairs[0].frame, { x: 1, y: 0.5 });
  assert.deepEqual([pointed(4).pairs.length, pointed(4).chosen], [5, 4]);
});

Deno.test("withPoint() stays at a whole pair that is moved", () => {
  const again = withPoint({ ...pointed(4), chosen: 1 }, { world: [7, 7] });
  assert.deepEqual([again.chosen, again.pairs[1].world], [1, [7, 7]]);
});

Deno.test("finishedCamera() gives the advice of the fit until the points give a mapping", () => {
  const few = finishedCamera(pointed(3));
  assert.ok("advice" in few && /four points/.test(few.advice));
  const whole = finishedCamera(pointed(4));
  assert.ok("camera" in whole && whole.camera.kind === "points");
  assert.deepEqual([whole.camera.pairs.length, whole.fitErrorM], [4, null]);
  const swapped = pointed(4).pairs.toSpliced(0, 2, {
    ...{ frame: { x: 0.1, y: 0.9 }, world: GROUND[2] },
  }, { frame: { x: 0.9, y: 0.9 }, world: GROUND[0] });
  assert.ok("advice" in finishedCamera({ ...pointed(4), pairs: swapped }));
});

Deno.test("withoutPair() takes a pair away and keeps four rows", () => {
  const less = withoutPair(pointed(4), 0);
  assert.equal(less.pairs.length, 4);
  assert.deepEqual(less.pairs[0].world, GROUND[1]);
  assert.ok("advice" in finishedCamera(less));
});
