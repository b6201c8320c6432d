/**
 * Places of a site in whole millimetres, so that which side of a line a point is on is exact on every agent.
 *
 * With |coordinate| ≤ M = 3·10⁷ a difference of two is at most 2M, a product of two differences 4M², and a sum
 * or difference of two such products 8M² = 7.2·10¹⁵ < 2⁵³ ≈ 9.007·10¹⁵: doubles hold every step as it is.
 * Radii are at most R = 9·10⁷, lengths at most ⌈√8·M⌉ < 8.5·10⁷: R² = 8.1·10¹⁵ and R·8.5·10⁷ < 7.7·10¹⁵.
 */
import type { Covariance, Vector } from "../world/world_track.ts";

/** Whole mm east and north of the site's origin. */
export type SitePoint = readonly [number, number];

/** 30 km from the origin, east or north. */
export const MOST_MM = 30_000_000;
/** More than any two points are apart. */
export const MOST_RADIUS_MM = 90_000_000;
const MM = 1000;

export function isSitePoint(value: unknown): value is SitePoint {
  return Array.isArray(value) && value.length === 2 && value.every(isCoordinate);
}

/** Null when it is not on the site. */
export function sitePoint([east, north]: Vector): SitePoint | null {
  const point = [Math.round(east * MM) + 0, Math.round(north * MM) + 0] as const;
  return isSitePoint(point) ? point : null;
}

/** Above 0 when `p` is on the left of the way from `a` to `b`, 0 when on its line; |…| is distance × length. */
export function turn(a: SitePoint, b: SitePoint, p: SitePoint): number {
  return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
}

/** How far `p` is along the way from `a` to `b`, × its length. */
export function along(a: SitePoint, b: SitePoint, p: SitePoint): number {
  return (b[0] - a[0]) * (p[0] - a[0]) + (b[1] - a[1]) * (p[1] - a[1]);
}

/** mm². */
export function distance2(a: SitePoint, b: SitePoint): number {
  return along(a, b, b);
}

/** The least whole number whose square is not below `square` (whole, 0 to 2⁵³), however `Math.sqrt` rounds. */
export function rootUp(square: number): number {
  let root = Math.ceil(Math.sqrt(square));
  while (root * root < square) root++;
  while (root > 0 && (root - 1) * (root - 1) >= square) root--;
  return root;
}

/** `k` standard deviations in the direction that has most, or somewhat more (Gershgorin's bound), mm. */
export function radiusOf([xx, xy, yy]: Covariance, k: number): number {
  const variance = Math.ceil((Math.max(xx, yy) + Math.abs(xy)) * MM * MM - ROUNDING_MM2);
  if (!(variance >= 0 && variance < MOST_RADIUS_MM ** 2)) return MOST_RADIUS_MM;
  return Math.min(MOST_RADIUS_MM, k * rootUp(variance));
}

/** Covariances are whole mm² given in m²: what the conversion adds is less than this. */
const ROUNDING_MM2 = 0.25;

function isCoordinate(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(value as number) <= MOST_MM;
}
