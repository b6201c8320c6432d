/**
 * Lays a web map under a site's plan.
 *
 * A plan is metres on the ellipsoid's tangent plane (`field/world/plan_frame.ts`); a web map is web
 * Mercator (EPSG:3857), which takes the latitudes of the ellipsoid for those of a sphere. It stretches
 * north against east by up to 0.67 % (at the equator: the ratio of the ellipsoid's radii of curvature),
 * two pixels in a phone's width, and far from the origin it is turned a little. So the camera is that
 * similarity which is nearest to how the plan lies about the view's middle, and the finished picture is
 * stretched by the small rest. What then remains grows with the square of the distance from the
 * view's middle and the tangent of the latitude: at 70° 0.14 px on a plan of 1 km across 1280 px, 0.7 px
 * of 5 km, and 2.8 px in the corners of one of 20 km.
 */
import { type LatLon, PlanFrame } from "../../field/world/plan_frame.ts";
import type { MapLook } from "./map_archive.ts";

export interface PlanCamera {
  readonly centre: LatLon;
  /** The world is 512 px · 2^zoom wide. */
  readonly zoom: number;
  /** Which way is up, degrees clockwise from north. */
  readonly bearing: number;
  /** What the finished picture is still to be scaled by about its middle, right and down. */
  readonly stretch: readonly [number, number];
}

const TILE_PX = 512;
/** How far from the middle the map's slope is taken, m: far enough for doubles, near enough for a tangent. */
const STEP_M = 100;

export function planCamera({ origin, centre, pxPerM }: MapLook): PlanCamera {
  const frame = new PlanFrame(origin);
  const at = (east: number, north: number) =>
    mercator(frame.toLatLon([centre[0] + east, centre[1] + north]));
  const right = slope(at(STEP_M, 0), at(-STEP_M, 0), pxPerM);
  const down = slope(at(0, -STEP_M), at(0, STEP_M), pxPerM);
  // world widths a plan's pixel: [right down] is nearly a turn times a scale
  const turn = Math.atan2(right.y - down.x, right.x + down.y);
  const worldPx = 1 / Math.sqrt(right.x * down.y - right.y * down.x);
  return {
    centre: frame.toLatLon(centre),
    zoom: Math.log2(worldPx / TILE_PX),
    bearing: turn * 180 / Math.PI,
    // the shear that is left is below 2e-5 within 30 km: a hundredth of a pixel
    stretch: [1 / (worldPx * lengthOf(right)), 1 / (worldPx * lengthOf(down))],
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Web Mercator as parts of the world's width, from the upper left. */
export function mercator({ latitude, longitude }: LatLon): Point {
  const north = Math.asinh(Math.tan(latitude * Math.PI / 180));
  return { x: longitude / 360 + 0.5, y: 0.5 - north / (2 * Math.PI) };
}

/** World widths a pixel. A step over the date line is a step all the same. */
function slope(to: Point, from: Point, pxPerM: number): Point {
  const lengthPx = 2 * STEP_M * pxPerM;
  const x = to.x - from.x;
  return { x: (x - Math.round(x)) / lengthPx, y: (to.y - from.y) / lengthPx };
}

function lengthOf({ x, y }: Point): number {
  return Math.hypot(x, y);
}
