import { type CameraPose, groundOf } from "./camera_pose.ts";
import type { Vector } from "./world_track.ts";

/** Columns of the frame that are followed over the ground; between them the outline is straight. */
const COLUMNS = 12;
const FOREVER = 1e9;

/**
 * The ground that a camera sees within its range, as a polygon in metres for a map: along the near edge from
 * left to right, and back along the far one. Empty when it sees no ground within its range.
 */
export function viewCone(pose: CameraPose): readonly Vector[] {
  const near: Vector[] = [];
  const far: Vector[] = [];
  for (let i = 0; i <= COLUMNS; i++) {
    const column = columnOf(pose, i / COLUMNS);
    if (!column) continue;
    near.push(column[0]);
    far.unshift(column[1]);
  }
  return near.length < 2 ? [] : [...near, ...far];
}

/**
 * A column of the frame lies on a straight line of the ground. What of it is in range, from below upwards;
 * null when nothing is.
 */
function columnOf(pose: CameraPose, x: number): readonly [Vector, Vector] | null {
  const endless = { ...pose, rangeM: FOREVER };
  const bottom = groundOf(endless, { x, y: 1 });
  if (!bottom) return null;
  const top = groundOf(endless, { x, y: 0 }) ?? groundOf(endless, { x, y: belowHorizon(pose, x) });
  return top && clipped(pose, bottom, top);
}

/** A line of the frame, by halving, that is hardly below the horizon. */
function belowHorizon(pose: CameraPose, x: number): number {
  const endless = { ...pose, rangeM: FOREVER };
  let [above, below] = [0, 1];
  for (let i = 0; i < 40; i++) {
    const middle = (above + below) / 2;
    if (groundOf(endless, { x, y: middle })) below = middle;
    else above = middle;
  }
  return below;
}

/** The part of a segment within the range of the camera. */
function clipped(
  { position: [east, north], rangeM }: CameraPose,
  from: Vector,
  to: Vector,
): readonly [Vector, Vector] | null {
  const [x, y] = [from[0] - east, from[1] - north];
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  // |(x, y) + s (dx, dy)|² = range²
  const [a, b, c] = [dx * dx + dy * dy, x * dx + y * dy, x * x + y * y - rangeM * rangeM];
  const root = b * b - a * c;
  if (root < 0 || a === 0) return null;
  const [enters, leaves] = [(-b - Math.sqrt(root)) / a, (-b + Math.sqrt(root)) / a];
  const [first, last] = [Math.max(0, enters), Math.min(1, leaves)];
  if (first > last) return null;
  const at = (s: number): Vector => [from[0] + s * dx, from[1] + s * dy];
  return [at(first), at(last)];
}
