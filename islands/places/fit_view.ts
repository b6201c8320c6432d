/** The view that shows all there is. */
import type { Vector } from "../../field/world/world_track.ts";
import { clamp, LEAST_PX_PER_M, type PlanSize, type PlanView } from "./plan_view.ts";

/** Metres from the site's origin. */
export interface Bounds {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** Room at the edges, for marks, names and what lies over the plan, px. */
export interface Padding {
  readonly top: number;
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
}

/** So that the view rests while what is at the edge moves a little, m. */
const STEP_M = 5;
/** A single point is shown with so much around it, m. */
const LEAST_SPAN_M = 20;
const MOST_FIT_PX_PER_M = 40;

/** Null when there are none. */
export function boundsOf(points: readonly Vector[]): Bounds | null {
  if (points.length === 0) return null;
  const [easts, norths] = [points.map(([east]) => east), points.map(([, north]) => north)];
  return {
    west: Math.min(...easts),
    south: Math.min(...norths),
    east: Math.max(...easts),
    north: Math.max(...norths),
  };
}

/** Outwards to whole steps. */
export function snappedOut({ west, south, east, north }: Bounds): Bounds {
  const down = (value: number) => Math.floor(value / STEP_M) * STEP_M;
  const up = (value: number) => Math.ceil(value / STEP_M) * STEP_M;
  return { west: down(west), south: down(south), east: up(east), north: up(north) };
}

/** Less than that of what was shown is too little to go on showing it. */
const LEAST_SHARE = 0.6;

/** What is shown when `needed` must be: as before, unless that is too small or much too large. */
export function steadyBounds(before: Bounds | null, needed: Bounds | null): Bounds | null {
  if (!before || !needed) return needed && snappedOut(needed);
  const isWithin = needed.west >= before.west && needed.east <= before.east &&
    needed.south >= before.south && needed.north <= before.north;
  const isUsed = spanOf(snappedOut(needed)) >= LEAST_SHARE * spanOf(before);
  return isWithin && isUsed ? before : snappedOut(needed);
}

function spanOf({ west, south, east, north }: Bounds): number {
  return Math.max(east - west, north - south);
}

/** All of the bounds, in the middle of what the padding leaves. */
export function fitView(bounds: Bounds | null, size: PlanSize, padding: Padding): PlanView {
  const { west, south, east, north } = bounds ?? { west: 0, south: 0, east: 0, north: 0 };
  const wide = Math.max(LEAST_SPAN_M, east - west);
  const high = Math.max(LEAST_SPAN_M, north - south);
  const width = Math.max(1, size.width - padding.left - padding.right);
  const height = Math.max(1, size.height - padding.top - padding.bottom);
  const fitting = Math.min(width / wide, height / high);
  const pxPerM = clamp(fitting, LEAST_PX_PER_M, MOST_FIT_PX_PER_M);
  const aside = (padding.right - padding.left) / 2 / pxPerM;
  const lift = (padding.bottom - padding.top) / 2 / pxPerM;
  return { centre: [(west + east) / 2 + aside, (south + north) / 2 - lift], pxPerM };
}
