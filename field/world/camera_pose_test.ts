import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type CameraPose,
  footOf,
  frameOf,
  type FramePoint,
  groundOf,
  groundPoint,
  type PoseError,
} from "./camera_pose.ts";
import { isProper, minus } from "./covariance.ts";
import { viewCone } from "./view_cone.ts";
import type { Covariance, Vector } from "./world_track.ts";

const POSE: CameraPose = {
  ...{ position: [10, 20], heightM: 3, headingDeg: 0, tiltDeg: 45, fovDeg: 60, aspect: 4 / 3 },
  rangeM: 50,
};
const POSE_ERROR: PoseError = {
  ...{ positionM: 0.5, heightM: 0.1, headingDeg: 2, tiltDeg: 1, fovDeg: 1.5 },
};
const FRAME_ERROR: FramePoint = { x: 0.01, y: 0.02 };

function near(actual: readonly number[], expected: readonly number[], within = 1e-9): void {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of actual.entries()) {
    const most = within * Math.max(1, Math.abs(expected[i]));
    assert.ok(Math.abs(value - expected[i]) <= most, `${actual} is not ${expected}`);
  }
}

function between(min: number, max: number): fc.Arbitrary<number> {
  return fc.double({ min, max, noNaN: true });
}
const anyPose: fc.Arbitrary<CameraPose> = fc.record({
  position: fc.tuple(between(-100, 100), between(-100, 100)),
  heightM: between(1, 80),
  headingDeg: between(-360, 360),
  tiltDeg: between(0, 90),
  fovDeg: between(20, 120),
  aspect: between(0.5, 2),
  rangeM: between(20, 300),
});
const anyPoint: fc.Arbitrary<FramePoint> = fc.record({ x: between(0, 1), y: between(0, 1) });

Deno.test("groundOf() puts the middle of the frame where the axis meets the ground", () => {
  near(groundOf(POSE, { x: 0.5, y: 0.5 })!, [10, 23]);
  near(groundOf({ ...POSE, headingDeg: 90 }, { x: 0.5, y: 0.5 })!, [13, 20]);
  near(groundOf({ ...POSE, headingDeg: 225 }, { x: 0.5, y: 0.5 })!, [
    10 - 3 * Math.SQRT1_2,
    20 - 3 * Math.SQRT1_2,
  ]);
});

Deno.test("groundOf() looking straight down keeps left, right, above and below", () => {
  const down = { ...POSE, tiltDeg: 90, fovDeg: 90, aspect: 1 };
  near(groundOf(down, { x: 1, y: 0.5 })!, [13, 20]);
  near(groundOf(down, { x: 0.5, y: 0 })!, [10, 23]);
  near(groundOf({ ...down, aspect: 2 }, { x: 0.5, y: 1 })!, [10, 18.5]);
});

Deno.test("groundOf() is null above the horizon and beyond the range", () => {
  const level = { ...POSE, tiltDeg: 0 };
  assert.equal(groundOf(level, { x: 0.5, y: 0.5 }), null);
  assert.equal(groundOf(level, { x: 0.5, y: 0.2 }), null);
  assert.equal(groundOf(level, { x: 0.5, y: 0.51 }), null);
  assert.ok(groundOf({ ...level, rangeM: 1e4 }, { x: 0.5, y: 0.51 }));
  assert.ok(groundOf({ ...POSE, rangeM: 3.01 }, { x: 0.5, y: 0.5 }));
  assert.equal(groundOf({ ...POSE, rangeM: 2.99 }, { x: 0.5, y: 0.5 }), null);
  assert.equal(groundOf(POSE, { x: NaN, y: 0.5 }), null);
});

Deno.test("frameOf() is the inverse of groundOf()", () => {
  fc.assert(
    fc.property(anyPose, anyPoint, (pose, point) => {
      const ground = groundOf(pose, point);
      if (!ground) return;
      const back = frameOf(pose, ground);
      assert.ok(back);
      near([back.x, back.y], [point.x, point.y], 1e-6);
    }),
    { seed: 73, numRuns: 2000 },
  );
});

Deno.test("frameOf() is null behind the camera, and shows what stands upright above its foot", () => {
  assert.equal(frameOf(POSE, [10, 10]), null);
  const [foot, head] = [frameOf(POSE, [10, 24])!, frameOf(POSE, [10, 24], 1.7)!];
  assert.ok(head.y < foot.y && Math.abs(head.x - foot.x) < 1e-9);
});

/** J Σ Jᵀ by central differences of groundOf(): another way than the one under test. */
function numericCovariance(pose: CameraPose, point: FramePoint): Covariance | null {
  const wide = (change: Partial<CameraPose>) => ({ ...pose, rangeM: 1e9, ...change });
  const step = 1e-5;
  type Change = (by: number) => Vector | null;
  const ways: readonly (readonly [number, Change])[] = [
    [
      POSE_ERROR.positionM,
      (by) => groundOf(wide({ position: [pose.position[0] + by, pose.position[1]] }), point),
    ],
    [
      POSE_ERROR.positionM,
      (by) => groundOf(wide({ position: [pose.position[0], pose.position[1] + by] }), point),
    ],
    [POSE_ERROR.heightM, (by) => groundOf(wide({ heightM: pose.heightM + by }), point)],
    [POSE_ERROR.headingDeg, (by) => groundOf(wide({ headingDeg: pose.headingDeg + by }), point)],
    [POSE_ERROR.tiltDeg, (by) => groundOf(wide({ tiltDeg: pose.tiltDeg + by }), point)],
    [POSE_ERROR.fovDeg, (by) => groundOf(wide({ fovDeg: pose.fovDeg + by }), point)],
    [FRAME_ERROR.x, (by) => groundOf(wide({}), { ...point, x: point.x + by })],
    [FRAME_ERROR.y, (by) => groundOf(wide({}), { ...point, y: point.y + by })],
  ];
  let [xx, xy, yy] = [0, 0, 0];
  for (const [deviation, way] of ways) {
    const [more, less] = [way(step), way(-step)];
    if (!more || !less) return null;
    const [x, y] = [0, 1].map((i) => (more[i] - less[i]) / (2 * step) * deviation);
    [xx, xy, yy] = [xx + x * x, xy + x * y, yy + y * y];
  }
  return [xx, xy, yy];
}

Deno.test("groundPoint() carries every uncertainty to the ground as differences do", () => {
  let tried = 0;
  fc.assert(
    fc.property(anyPose, anyPoint, (pose, point) => {
      const placed = groundPoint(pose, point, FRAME_ERROR, POSE_ERROR);
      const expected = placed && numericCovariance(pose, point);
      if (!expected) return;
      tried++;
      const scale = expected[0] + expected[2];
      for (const i of [0, 1, 2]) {
        assert.ok(Math.abs(placed.covariance[i] - expected[i]) < 1e-4 * scale);
      }
    }),
    { seed: 74, numRuns: 2000 },
  );
  assert.ok(tried > 200, `${tried}`);
});

Deno.test("groundPoint() tells what the pose has in it from what changes with every frame", () => {
  const point = { x: 0.3, y: 0.6 };
  const placed = groundPoint(POSE, point, FRAME_ERROR, POSE_ERROR)!;
  const exact = { positionM: 0, heightM: 0, headingDeg: 0, tiltDeg: 0, fovDeg: 0 };
  const noise = groundPoint(POSE, point, FRAME_ERROR, exact)!;
  near(minus(placed.covariance, placed.biasCovariance), noise.covariance);
  assert.ok(isProper(noise.covariance) && isProper(placed.biasCovariance));
  assert.deepEqual(noise.biasCovariance, [0, 0, 0]);
});

Deno.test("groundPoint() is less sure the further away a point is, along the view most of all", () => {
  const pose = { ...POSE, tiltDeg: 10 };
  const [close, far] = [0.9, 0.5].map((y) =>
    groundPoint(pose, { x: 0.5, y }, FRAME_ERROR, POSE_ERROR)!
  );
  assert.ok(far.covariance[2] > 5 * close.covariance[2]);
  assert.ok(far.covariance[2] > 5 * far.covariance[0]);
});

Deno.test("footOf() is the middle of a box's lower edge", () => {
  assert.deepEqual(footOf({ x: 0.25, y: 0.125, width: 0.5, height: 0.25 }), { x: 0.5, y: 0.375 });
});

Deno.test("viewCone() has on its outline what the frame has on its own, looking down", () => {
  const down = { ...POSE, tiltDeg: 90, fovDeg: 90, aspect: 1 };
  const cone = viewCone(down);
  near(cone[0], [7, 17]);
  near(cone.at(-1)!, [7, 23]);
  assert.ok(cone.some(([x, y]) => Math.abs(x - 13) < 1e-9 && Math.abs(y - 23) < 1e-9));
});

Deno.test("viewCone() ends at the range, and is empty where no ground is seen", () => {
  const level = viewCone({ ...POSE, tiltDeg: 0 });
  const furthest = Math.max(...level.map(([x, y]) => Math.hypot(x - 10, y - 20)));
  near([furthest], [50], 1e-6);
  assert.deepEqual(viewCone({ ...POSE, tiltDeg: -40 }), []);
  assert.deepEqual(viewCone({ ...POSE, rangeM: 0.1, tiltDeg: 10 }), []);
});

/** Of a convex polygon, either way round. */
function isInside(polygon: readonly Vector[], [x, y]: Vector): boolean {
  const sides = polygon.map(([ax, ay], i) => {
    const [bx, by] = polygon[(i + 1) % polygon.length];
    return (bx - ax) * (y - ay) - (by - ay) * (x - ax);
  });
  return sides.every((side) => side >= -1e-6) || sides.every((side) => side <= 1e-6);
}

Deno.test("viewCone() holds what the frame shows within its range, and nothing beyond", () => {
  fc.assert(
    fc.property(anyPose, anyPoint, (pose, point) => {
      const cone = viewCone(pose);
      for (const [x, y] of cone) {
        const seen = frameOf(pose, [x, y])!;
        assert.ok(seen.x > -1e-6 && seen.x < 1 + 1e-6 && seen.y > -1e-6 && seen.y < 1 + 1e-6);
      }
      const ground = groundOf({ ...pose, rangeM: pose.rangeM * 0.9 }, {
        x: 0.02 + 0.96 * point.x,
        y: point.y,
      });
      // what the bottom of the frame already cuts off leaves notches: those are left to the other cases
      if (!ground || !groundOf(pose, { x: 0, y: 1 }) || !groundOf(pose, { x: 1, y: 1 })) return;
      assert.ok(isInside(cone, ground), `${ground} is not in ${cone.join("; ")}`);
    }),
    { seed: 75, numRuns: 1000 },
  );
});
