/** Is a point in a polygon, exactly; and has a track entered or left, given how sure its position is. */
import type { Covariance } from "../world/world_track.ts";
import { CLEAR_SIGMAS, settle, type Settled, settledAt } from "./settled.ts";
import { along, distance2, radiusOf, rootUp, type SitePoint, turn } from "./site_point.ts";

/** Nothing is in a zone before it was seen there. */
export const OUTSIDE: Settled<boolean> = settledAt(false);

/**
 * By the even-odd rule: what an outline that crosses itself goes round twice is outside. The outline belongs to
 * the zone, so a point on the edge between two zones is in both. No two corners after each other are one.
 */
export function isInside(corners: readonly SitePoint[], p: SitePoint): boolean {
  let isOdd = false;
  for (let i = 0; i < corners.length; i++) {
    const [a, b] = [corners[i], corners[(i + 1) % corners.length]];
    const side = turn(a, b, p);
    if (side === 0 && isBetween(a, b, p)) return true;
    const isSpanned = a[1] > p[1] !== b[1] > p[1];
    if (isSpanned && side > 0 === b[1] > a[1]) isOdd = !isOdd;
  }
  return isOdd;
}

/** True when all of the outline is further than `radius` (whole mm, 0 to `MOST_RADIUS_MM`) from the point. */
export function isClearOfOutline(
  corners: readonly SitePoint[],
  p: SitePoint,
  radius: number,
): boolean {
  return corners.every((a, i) => isBeyondEdge(a, corners[(i + 1) % corners.length], p, radius));
}

/** After one more look. */
export function settleZone(
  before: Settled<boolean>,
  corners: readonly SitePoint[],
  p: SitePoint,
  covariance: Covariance,
): Settled<boolean> {
  const isIn = isInside(corners, p);
  if (isIn === before.value) return settle(before, isIn, true);
  return settle(before, isIn, isClearOfOutline(corners, p, radiusOf(covariance, CLEAR_SIGMAS)));
}

/**
 * The edge's length is rounded up to a millimetre, so a distance may be taken for less by one part in that
 * length, and never for more.
 */
function isBeyondEdge(a: SitePoint, b: SitePoint, p: SitePoint, radius: number): boolean {
  const [length2, at] = [distance2(a, b), along(a, b, p)];
  if (at <= 0) return distance2(a, p) > radius * radius;
  if (at >= length2) return distance2(b, p) > radius * radius;
  return Math.abs(turn(a, b, p)) > radius * rootUp(length2);
}

/** Of a point on the edge's line. */
function isBetween(a: SitePoint, b: SitePoint, p: SitePoint): boolean {
  const at = along(a, b, p);
  return at >= 0 && at <= distance2(a, b);
}
