/** One form of an outline, wherever it was begun and whichever way round it was drawn. */
import type { SitePoint } from "./site_point.ts";

/** Of all ways to go round it, from each corner, that whose corners come first in order. */
export function canonicalOutline(corners: readonly SitePoint[]): readonly SitePoint[] {
  const ways = [corners, corners.toReversed()].flatMap((way) =>
    way.map((_, i) => [...way.slice(i), ...way.slice(0, i)])
  );
  return ways.reduce((least, way) => isBefore(way, least) ? way : least);
}

function isBefore(a: readonly SitePoint[], b: readonly SitePoint[]): boolean {
  for (let i = 0; i < a.length; i++) {
    const by = a[i][0] - b[i][0] || a[i][1] - b[i][1];
    if (by !== 0) return by < 0;
  }
  return false;
}
