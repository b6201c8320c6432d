import assert from "node:assert/strict";
import fc from "fast-check";
import { type CameraPose, type FramePoint, groundOf } from "./camera_pose.ts";
import {
  fitHomography,
  groundByHomography,
  type Homography,
  MOST_PAIRS,
  type PointPair,
} from "./homography.ts";
import { symmetricEigen } from "./symmetric_eigen.ts";
import type { Vector } from "./world_track.ts";

const POSE: CameraPose = {
  ...{ position: [120, -40], heightM: 5, headingDeg: 30, tiltDeg: 25, fovDeg: 65, aspect: 1.5 },
  rangeM: 200,
};
const CORNERS: readonly FramePoint[] = [
  ...[{ x: 0.1, y: 0.5 }, { x: 0.9, y: 0.45 }, { x: 0.95, y: 0.95 }, { x: 0.05, y: 0.9 }],
];
const MORE: readonly FramePoint[] = [
  ...[...CORNERS, { x: 0.5, y: 0.7 }, { x: 0.3, y: 0.6 }, { x: 0.7, y: 0.55 }, {
    x: 0.45,
    y: 0.95,
  }],
];
const ERROR: FramePoint = { x: 0.004, y: 0.006 };

function pairsOf(pose: CameraPose, points: readonly FramePoint[]): PointPair[] {
  return points.map((frame) => ({ frame, world: groundOf(pose, frame)! }));
}

function fitted(pairs: readonly PointPair[]): Homography {
  const result = fitHomography(pairs);
  assert.ok(!("fault" in result), JSON.stringify(result));
  return result;
}

function faultOf(pairs: readonly PointPair[]): string | null {
  const result = fitHomography(pairs);
  return "fault" in result ? result.fault : null;
}

function pair(x: number, y: number, ...world: Vector): PointPair {
  return { frame: { x, y }, world };
}

function apart(a: Vector, b: Vector): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

Deno.test("a homography of four or more true pairs places every point as the camera's pose does", () => {
  for (const points of [CORNERS, MORE]) {
    const homography = fitted(pairsOf(POSE, points));
    assert.ok(homography.fitErrorM < 1e-6);
    for (let x = 0; x <= 1; x += 0.125) {
      for (let y = 0.45; y <= 1; y += 0.05) {
        const placed = groundByHomography(homography, { x, y }, ERROR);
        assert.ok(placed && apart(placed.position, groundOf(POSE, { x, y })!) < 1e-5);
      }
    }
  }
});

Deno.test("fitHomography() finds any camera again, wherever its plan's origin lies", () => {
  const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  const anyPose = fc.record({
    position: fc.tuple(between(-5000, 5000), between(-5000, 5000)),
    heightM: between(2, 50),
    headingDeg: between(0, 360),
    tiltDeg: between(35, 90),
    fovDeg: between(30, 70),
    aspect: between(0.6, 1.8),
  });
  fc.assert(
    fc.property(anyPose, (part) => {
      const pose = { ...part, rangeM: 1e4 };
      const points = CORNERS.filter((point) => groundOf(pose, point));
      if (points.length < 4) return;
      const placed = groundByHomography(
        fitted(pairsOf(pose, points)),
        { x: 0.4, y: 0.8 },
        ERROR,
      );
      const expected = groundOf(pose, { x: 0.4, y: 0.8 })!;
      assert.ok(placed && apart(placed.position, expected) < 1e-4);
    }),
    { seed: 76, numRuns: 300 },
  );
});

Deno.test("fitHomography() evens out above four pairs, and says by how much they differ", () => {
  const off = [0.2, -0.1, 0.15, -0.2, 0.1, 0.05, -0.15, 0.2];
  const drawn = pairsOf(POSE, MORE).map(({ frame, world }, i): PointPair => ({
    frame,
    world: [world[0] + off[i], world[1] - off[(i + 3) % 8]],
  }));
  const homography = fitted(drawn);
  assert.ok(homography.fitErrorM > 0.05 && homography.fitErrorM < 0.5, `${homography.fitErrorM}`);
  const left = drawn.map(({ frame, world }) =>
    apart(groundByHomography(homography, frame, ERROR)!.position, world) ** 2
  );
  // of 16 numbers, eight are used up by the mapping's own
  const expected = Math.sqrt(left.reduce((sum, one) => sum + one, 0) / 8);
  assert.ok(Math.abs(homography.fitErrorM - expected) < 1e-9);
  const placed = groundByHomography(homography, { x: 0.5, y: 0.8 }, ERROR)!;
  assert.ok(apart(placed.position, groundOf(POSE, { x: 0.5, y: 0.8 })!) < 0.25);
  const { covariance, biasCovariance } = placed;
  assert.ok(Math.abs(biasCovariance[0] - homography.fitErrorM ** 2) < 1e-12);
  assert.ok(covariance[0] > biasCovariance[0] && covariance[2] > biasCovariance[2]);
});

Deno.test("groundByHomography() carries the frame's error as differences do", () => {
  const homography = fitted(pairsOf(POSE, CORNERS));
  const step = 1e-6;
  const at = (x: number, y: number) => groundByHomography(homography, { x, y }, ERROR)!.position;
  for (const { x, y } of MORE) {
    const [right, left, below, above] = [
      ...[at(x + step, y), at(x - step, y), at(x, y + step), at(x, y - step)],
    ];
    const byX = [0, 1].map((i) => (right[i] - left[i]) / (2 * step) * ERROR.x);
    const byY = [0, 1].map((i) => (below[i] - above[i]) / (2 * step) * ERROR.y);
    const expected = [byX[0] ** 2 + byY[0] ** 2, byX[0] * byX[1] + byY[0] * byY[1]];
    const { covariance } = groundByHomography(homography, { x, y }, ERROR)!;
    assert.ok(Math.abs(covariance[0] - expected[0]) < 1e-4 * Math.abs(expected[0]) + 1e-9);
    assert.ok(Math.abs(covariance[1] - expected[1]) < 1e-4 * Math.abs(expected[0]) + 1e-9);
  }
});

Deno.test("groundByHomography() is null above the horizon and far from all pairs", () => {
  const homography = fitted(pairsOf(POSE, CORNERS));
  for (const y of [0, 0.05, 0.1]) {
    assert.equal(groundByHomography(homography, { x: 0.5, y }, ERROR), null);
  }
  assert.equal(groundByHomography(homography, { x: 0.5, y: NaN }, ERROR), null);
});

Deno.test("fitHomography() refuses what gives no mapping, and says what to do", () => {
  const square = [pair(0, 0, 0, 10), pair(1, 0, 10, 10), pair(1, 1, 10, 0), pair(0, 1, 0, 0)];
  assert.equal(faultOf(square), null);
  assert.equal(faultOf(square.slice(1)), "too-few");
  assert.equal(faultOf(Array.from({ length: MOST_PAIRS + 1 }, () => square[0])), "too-many");
  assert.equal(faultOf([...square, pair(NaN, 0, 1, 1)]), "not-finite");
  assert.equal(faultOf([...square, pair(0, 0, 1, Infinity)]), "not-finite");
  const same = square.map(() => square[0]);
  assert.equal(faultOf(same), "on-a-line");
  const middle = pair(0.5, 0.5, 3, 4);
  assert.equal(faultOf([...square.slice(0, 3), pair(0.3, 0.8, 3, 4)]), null);
  const diagonal = [square[0], square[2], middle];
  for (let at = 0; at < 4; at++) {
    assert.equal(faultOf(diagonal.toSpliced(at, 0, square[3])), "on-a-line", `${at}`);
  }
  assert.equal(faultOf(square.map((one, i) => ({ ...one, world: [i, 2 * i] }))), "on-a-line");
  assert.equal(faultOf(square.map((one, i) => ({ ...one, frame: { x: i, y: i } }))), "on-a-line");
  assert.equal(faultOf([...square, square[0], square[1]]), null);
  const swapped = square.map((one, i) => ({ ...one, world: square[i < 2 ? 1 - i : i].world }));
  assert.equal(faultOf(swapped), "across-the-horizon");
  const result = fitHomography(same);
  assert.match("advice" in result ? result.advice : "", /Spread the points out/);
});

Deno.test("symmetricEigen() gives orthonormal vectors that the matrix only scales", () => {
  const number = fc.double({ min: -10, max: 10, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.array(number, { minLength: 81, maxLength: 81 }),
      (
        size,
        numbers,
      ) => {
        const matrix = Array.from(
          { length: size },
          (_, i) =>
            Array.from({ length: size }, (_, j) => numbers[Math.min(i, j) * 9 + Math.max(i, j)]),
        );
        const pairs = symmetricEigen(matrix);
        for (const [i, { value, vector }] of pairs.entries()) {
          assert.ok(i === 0 || pairs[i - 1].value <= value);
          for (const [row, line] of matrix.entries()) {
            const product = line.reduce((sum, one, k) => sum + one * vector[k], 0);
            assert.ok(Math.abs(product - value * vector[row]) < 1e-9);
          }
          for (const [j, other] of pairs.entries()) {
            const dot = vector.reduce((sum, one, k) => sum + one * other.vector[k], 0);
            assert.ok(Math.abs(dot - (i === j ? 1 : 0)) < 1e-10);
          }
        }
      },
    ),
    { seed: 77, numRuns: 300 },
  );
});
