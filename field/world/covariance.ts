/** Arithmetic of 2 × 2 covariances. Only + − × ÷, so that every browser gets the same bits. */
import type { Covariance, Vector } from "./world_track.ts";

/** A line of a Jacobian's transpose: by how much the position changes with one input. */
export interface Influence {
  readonly by: Vector;
  /** Standard deviation of that input, in its own unit. */
  readonly deviation: number;
}

export const NO_COVARIANCE: Covariance = [0, 0, 0];

/** `J Σ Jᵀ` for inputs that err independently of each other. */
export function carried(influences: readonly Influence[]): Covariance {
  return influences.reduce<Covariance>(([xx, xy, yy], { by: [x, y], deviation }) => {
    const variance = deviation * deviation;
    return [xx + x * x * variance, xy + x * y * variance, yy + y * y * variance];
  }, NO_COVARIANCE);
}

export function plus(a: Covariance, b: Covariance): Covariance {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

export function minus(a: Covariance, b: Covariance): Covariance {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

/** The same in all directions. */
export function isotropic(variance: number): Covariance {
  return [variance, 0, variance];
}

export function trace([xx, , yy]: Covariance): number {
  return xx + yy;
}

/** Finite, and positive definite. */
export function isProper([xx, xy, yy]: Covariance): boolean {
  const determinant = xx * yy - xy * xy;
  return xx > 0 && yy > 0 && determinant > 0 && Number.isFinite(determinant);
}

/** Throws when the covariance is not positive definite. */
export function inverse(covariance: Covariance): Covariance {
  if (!isProper(covariance)) {
    throw new Error(`Cannot invert a covariance: ${covariance} is not positive definite`);
  }
  const [xx, xy, yy] = covariance;
  const determinant = xx * yy - xy * xy;
  return [yy / determinant, -xy / determinant, xx / determinant];
}

export function times([xx, xy, yy]: Covariance, [x, y]: Vector): Vector {
  return [xx * x + xy * y, xy * x + yy * y];
}

/** The Mahalanobis distance, squared: for a true pair it is distributed as χ² with two degrees of freedom. */
export function distance2(a: Vector, b: Vector, covariance: Covariance): number {
  const offset: Vector = [a[0] - b[0], a[1] - b[1]];
  const [x, y] = times(inverse(covariance), offset);
  return offset[0] * x + offset[1] * y;
}
