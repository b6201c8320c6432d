/** Where a thing is with 95 %, as an ellipse. For the eye alone: nothing that agents agree on goes by it. */
import type { Covariance } from "../../field/world/world_track.ts";

export interface Ellipse {
  /** Half axes, m, the larger first. */
  readonly major: number;
  readonly minor: number;
  /** Of the larger axis, from east towards north. */
  readonly angleDeg: number;
}

/** √ of the chi-square distribution's 0.95 quantile at two degrees of freedom: √(−2 ln 0.05). */
export const DEVIATIONS_95 = 2.4477;
const DEGREES = 180 / Math.PI;

/** Null of what is no covariance: not finite, or with a negative variance. */
export function ellipseOf([xx, xy, yy]: Covariance, deviations = DEVIATIONS_95): Ellipse | null {
  if (![xx, xy, yy].every(Number.isFinite)) return null;
  const [middle, half] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy)];
  const slack = 1e-9 * Math.max(1, middle);
  if (middle - half < -slack) return null;
  return {
    major: deviations * Math.sqrt(middle + half),
    minor: deviations * Math.sqrt(Math.max(0, middle - half)),
    angleDeg: Math.atan2(2 * xy, xx - yy) / 2 * DEGREES,
  };
}
