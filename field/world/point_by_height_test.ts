import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type CameraPose,
  frameOf,
  type FramePoint,
  groundOf,
  groundPoint,
  type Level,
  type PoseError,
} from "./camera_pose.ts";
import { minus } from "./covariance.ts";
import { pointByHeight } from "./point_by_height.ts";
import { usualHeight } from "./usual_height.ts";
import type { Vector } from "./world_track.ts";

/** Who is nearer than 2.9 m has no foot in the frame. */
const POSE: CameraPose = {
  ...{ position: [10, 20], heightM: 3, headingDeg: 30, tiltDeg: 20, fovDeg: 67, aspect: 4 / 3 },
  rangeM: 30,
};
const POSE_ERROR: PoseError = {
  ...{ positionM: 0.2, heightM: 0.1, headingDeg: 2, tiltDeg: 1, fovDeg: 1.5 },
};
const FRAME_ERROR: FramePoint = { x: 0.01, y: 0.02 };
const PERSON: Level = { heightM: 1.7, deviationM: 0.1 };

/** So far ahead of the camera, and to the right. */
function ahead(metres: number, right = 0): Vector {
  const [sin, cos] = [Math.sin(Math.PI / 6), Math.cos(Math.PI / 6)];
  return [10 + metres * sin + right * cos, 20 + metres * cos - right * sin];
}

function pointOf(place: Vector, { pose = POSE, error = POSE_ERROR, level = PERSON } = {}) {
  const top = frameOf(pose, place, level.heightM) ?? assert.fail();
  return pointByHeight(pose, top, level, FRAME_ERROR, error);
}

function apart(a: Vector, b: Vector): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

/** Normally distributed with deviation 1; from a seed (Box and Muller's method over a linear congruence). */
function gaussian(seed: number): () => number {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** As often everywhere between. */
const between = (min: number, max: number) =>
  fc.integer({ min: 0, max: 1_000_000 }).map((n) => min + (max - min) * n / 1_000_000);

Deno.test("groundOf() above the ground is the inverse of frameOf(), from above and from below", () => {
  let [fromAbove, fromBelow] = [0, 0];
  fc.assert(
    fc.property(
      fc.record({
        heightM: between(0.2, 20),
        headingDeg: between(0, 360),
        tiltDeg: between(0, 75),
      }),
      fc.tuple(between(-30, 30), between(-30, 30)),
      between(0, 4),
      (change, place, heightM) => {
        const pose = { ...POSE, rangeM: 1e6, ...change };
        const top = frameOf(pose, place, heightM);
        if (!top || Math.abs(pose.heightM - heightM) < 0.01) return;
        const back = groundOf(pose, top, heightM) ?? assert.fail();
        assert.ok(apart(back, place) < 1e-6 * (1 + apart(place, POSE.position)), `${back}`);
        if (pose.heightM > heightM) fromAbove++;
        else fromBelow++;
      },
    ),
    { seed: 76, numRuns: 2000 },
  );
  assert.ok(fromAbove > 200 && fromBelow > 20, `${fromAbove}, ${fromBelow}`);
});

Deno.test("pointByHeight() puts who is cut off where they stand", () => {
  for (const place of [ahead(1.5), ahead(2, 0.5), ahead(2.6, -1)]) {
    const { position } = pointOf(place) ?? assert.fail(`${place}`);
    assert.ok(apart(position, place) < 1e-9, `${position}`);
  }
  const car = {
    pose: { ...POSE, heightM: 1, tiltDeg: 5 },
    level: { heightM: 1.5, deviationM: 0.1 },
  };
  const below = pointOf(ahead(1.5), car) ?? assert.fail("a camera below its upper end");
  assert.ok(apart(below.position, ahead(1.5)) < 1e-9);
});

Deno.test("groundPoint() on a level errs as often and as far as it says (Monte Carlo)", () => {
  const [place, draws, normal] = [ahead(2.5, 0.6), 40_000, gaussian(77)];
  const top = frameOf(POSE, place, PERSON.heightM) ?? assert.fail();
  const error = { ...POSE_ERROR, heightM: 0.05, tiltDeg: 0.5 };
  const said = groundPoint(POSE, top, FRAME_ERROR, error, PERSON) ?? assert.fail();
  const off = Array.from({ length: draws }, () => {
    const drawn: CameraPose = {
      ...POSE,
      position: [10 + error.positionM * normal(), 20 + error.positionM * normal()],
      heightM: POSE.heightM + error.heightM * normal(),
      headingDeg: POSE.headingDeg + error.headingDeg * normal(),
      tiltDeg: POSE.tiltDeg + error.tiltDeg * normal(),
      fovDeg: POSE.fovDeg + error.fovDeg * normal(),
    };
    const seen = { x: top.x + FRAME_ERROR.x * normal(), y: top.y + FRAME_ERROR.y * normal() };
    const found = groundOf(drawn, seen, PERSON.heightM + PERSON.deviationM * normal());
    return found ?? assert.fail();
  });
  const mean = [0, 1].map((i) => off.reduce((sum, one) => sum + one[i], 0) / draws);
  const spread = (i: 0 | 1, j: 0 | 1) =>
    off.reduce((sum, one) => sum + (one[i] - mean[i]) * (one[j] - mean[j]), 0) / draws;
  const [xx, xy, yy] = said.covariance;
  const scale = xx + yy;
  for (const [told, found] of [[xx, spread(0, 0)], [xy, spread(0, 1)], [yy, spread(1, 1)]]) {
    assert.ok(Math.abs(told - found) < 0.05 * scale, `said ${told}, found ${found}`);
  }
});

Deno.test("groundPoint() on a level keeps the height's doubt apart: the next frame has it alike", () => {
  const top = frameOf(POSE, ahead(2), 1.7) ?? assert.fail();
  const at = (deviationM: number) =>
    groundPoint(POSE, top, FRAME_ERROR, POSE_ERROR, { heightM: 1.7, deviationM }) ?? assert.fail();
  const [exact, doubted] = [at(0), at(0.13)];
  assert.deepEqual(
    minus(doubted.covariance, doubted.biasCovariance).map((one) => one.toFixed(9)),
    minus(exact.covariance, exact.biasCovariance).map((one) => one.toFixed(9)),
  );
  // 1.3 m below the camera 2 m ahead: a tenth of the height is a tenth of the way
  const along = minus(doubted.covariance, exact.covariance);
  assert.ok(Math.abs(Math.sqrt(along[0] + along[2]) - 0.2) < 1e-9);
});

Deno.test("pointByHeight() is null for a camera that may be as high as the thing", () => {
  const at = (heightM: number) => pointOf(ahead(1), { pose: { ...POSE, heightM, tiltDeg: 10 } });
  assert.equal(at(1.5), null);
  assert.equal(at(2.1), null, "less than three deviations (0.42 m) above");
  assert.ok(at(2.13));
});

Deno.test("pointByHeight() is null for who would not be cut off there, by more than its doubt", () => {
  assert.ok(pointOf(ahead(2.8)), "the foot is below the frame");
  assert.ok(pointOf(ahead(3)), "and may be here");
  assert.equal(pointOf(ahead(6)), null, "the foot is in the frame");
  const byEye = { ...POSE_ERROR, heightM: 0.3, tiltDeg: 4 };
  assert.ok(pointOf(ahead(5), { error: byEye }), "unless the pose is as much in doubt");
});

Deno.test("pointByHeight() is null beyond the range, and where the ray does not meet the height", () => {
  const near = { ...POSE, rangeM: 1.9 };
  assert.equal(pointOf(ahead(2), { pose: near }), null);
  assert.ok(pointOf(ahead(1.8), { pose: near }));
  const sky = pointByHeight(POSE, { x: 0.5, y: 0 }, PERSON, FRAME_ERROR, POSE_ERROR);
  assert.equal(sky, null);
});

Deno.test("usualHeight() is of what stands on the ground and differs little", () => {
  assert.deepEqual(usualHeight("person"), { heightM: 1.7, deviationM: 0.1 });
  for (const label of ["cup", "bird", "truck", "", "constructor"]) {
    assert.equal(usualHeight(label), null, label);
  }
});
