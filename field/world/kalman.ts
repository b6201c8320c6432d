/**
 * Constant-velocity Kalman filter in the plane, for measured positions: Bar-Shalom, Li, Kirubarajan,
 * "Estimation with Applications to Tracking and Navigation", 2001, sections 5.2 and 6.2.2. The update is
 * in Joseph's form and what comes out is made symmetric, so that rounding cannot spoil the covariance.
 */
import { distance2, inverse, plus } from "./covariance.ts";
import type { Covariance, Vector } from "./world_track.ts";

export interface Motion {
  readonly position: Vector;
  readonly velocity: Vector;
  /** 4 × 4, row by row, of east, north, and their velocities. */
  readonly covariance: readonly number[];
  readonly atMs: number;
}

export interface Measurement {
  readonly position: Vector;
  readonly covariance: Covariance;
}

const SIZE = 4;
/**
 * 99.99 % of true measurements lie within: χ² with two degrees of freedom. With the usual 99 %, one of a hundred
 * begins a second track of the same thing; between two tracks the assignment decides, not the gate.
 */
export const GATE = 18.42;

/** Of something first seen, at rest within `speedDeviation` m/s. */
export function begin(
  { position, covariance: [xx, xy, yy] }: Measurement,
  atMs: number,
  speedDeviation: number,
): Motion {
  const v = speedDeviation * speedDeviation;
  const covariance = [xx, xy, 0, 0, xy, yy, 0, 0, 0, 0, v, 0, 0, 0, 0, v];
  return { position, velocity: [0, 0], covariance, atMs };
}

/**
 * On to a later moment (an earlier one changes nothing). `accelerationNoise`: spectral density of white
 * acceleration, m²/s³ (section 6.2.2).
 */
export function predict(motion: Motion, atMs: number, accelerationNoise: number): Motion {
  const dt = (atMs - motion.atMs) / 1000;
  if (!(dt > 0)) return motion;
  const { position: [x, y], velocity } = motion;
  const step = [1, 0, dt, 0, 0, 1, 0, dt, 0, 0, 1, 0, 0, 0, 0, 1];
  const moved = product(product(step, motion.covariance), transposed(step));
  const [pp, pv, vv] = [dt * dt * dt / 3, dt * dt / 2, dt].map((term) => term * accelerationNoise);
  const noise = [pp, 0, pv, 0, 0, pp, 0, pv, pv, 0, vv, 0, 0, pv, 0, vv];
  return {
    position: [x + velocity[0] * dt, y + velocity[1] * dt],
    velocity,
    covariance: symmetric(moved.map((value, i) => value + noise[i])),
    atMs,
  };
}

/** With a position measured at the same moment. */
export function update(motion: Motion, measurement: Measurement): Motion {
  const { position: [x, y], velocity: [vx, vy], covariance: p } = motion;
  const [xx, xy, yy] = inverse(plus(positionCovariance(motion), measurement.covariance));
  const gain = [0, 4, 8, 12].map((row) => [
    p[row] * xx + p[row + 1] * xy,
    p[row] * xy + p[row + 1] * yy,
  ]);
  const [dx, dy] = [measurement.position[0] - x, measurement.position[1] - y];
  const by = gain.map(([east, north]) => east * dx + north * dy);
  return {
    position: [x + by[0], y + by[1]],
    velocity: [vx + by[2], vy + by[3]],
    covariance: joseph(p, gain, measurement.covariance),
    atMs: motion.atMs,
  };
}

/** How far a measurement is from where the motion is, in the spread of both, squared: see {@link GATE}. */
export function gateDistance2(motion: Motion, { position, covariance }: Measurement): number {
  return distance2(motion.position, position, plus(positionCovariance(motion), covariance));
}

export function positionCovariance({ covariance: p }: Motion): Covariance {
  return [p[0], p[1], p[5]];
}

/** (I − KH) P (I − KH)ᵀ + K R Kᵀ. */
function joseph(
  p: readonly number[],
  gain: readonly (readonly number[])[],
  [xx, xy, yy]: Covariance,
): readonly number[] {
  const left = gain.flatMap(([east, north], i) =>
    [-east, -north, 0, 0].map((value, j) => i === j ? value + 1 : value)
  );
  const kept = product(product(left, p), transposed(left));
  return symmetric(kept.map((value, at) => {
    const [a, b] = [gain[Math.floor(at / SIZE)], gain[at % SIZE]];
    return value + a[0] * (xx * b[0] + xy * b[1]) + a[1] * (xy * b[0] + yy * b[1]);
  }));
}

function product(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.map((_, at) => {
    const [row, column] = [at - at % SIZE, at % SIZE];
    return a[row] * b[column] + a[row + 1] * b[column + 4] + a[row + 2] * b[column + 8] +
      a[row + 3] * b[column + 12];
  });
}

function transposed(a: readonly number[]): readonly number[] {
  return a.map((_, at) => a[(at % SIZE) * SIZE + Math.floor(at / SIZE)]);
}

function symmetric(a: readonly number[]): readonly number[] {
  return transposed(a).map((value, at) => (value + a[at]) / 2);
}
