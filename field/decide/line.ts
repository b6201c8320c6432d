/** Which tracks went over a line, and which way: each way once a track, however it jitters on the line. */
import type { Covariance } from "../world/world_track.ts";
import type { Line, Way } from "./rule.ts";
import { CLEAR_SIGMAS, settle, type Settled, settledAt } from "./settled.ts";
import { distance2, radiusOf, rootUp, type SitePoint, turn } from "./site_point.ts";

type Side = "left" | "right";

/** What is remembered of one track and one line. */
export interface LineTrace {
  readonly side: Settled<Side>;
  /** Where it was last on the side that counts. */
  readonly from: SitePoint | null;
  /** Ways in which it has been over, the first one first. */
  readonly crossed: readonly Way[];
}

export const NOT_AT_LINE: LineTrace = { side: settledAt<Side>(null), from: null, crossed: [] };

/**
 * After one more look; `way` is how it has gone over, where it had not gone so before. On the line itself it is
 * on no side. Its first side counts when that is sure: till then nothing was crossed.
 */
export function settleLine(
  before: LineTrace,
  line: Line,
  p: SitePoint,
  covariance: Covariance,
): { readonly trace: LineTrace; readonly way: Way | null } {
  const offset = turn(line.from, line.to, p);
  if (offset === 0) return { trace: before, way: null };
  const seen: Side = offset > 0 ? "left" : "right";
  const side = settle(before.side, seen, isClear(line, offset, covariance));
  if (side.value !== seen) return { trace: { ...before, side }, way: null };
  const way = before.side.value !== seen && before.from && crosses(line, before.from, p)
    ? wayTo(seen)
    : null;
  const isNew = way !== null && !before.crossed.includes(way);
  const crossed = isNew ? [...before.crossed, way] : before.crossed;
  return { trace: { side, from: p, crossed }, way: isNew ? way : null };
}

/** Of `p` and `q` strictly on its two sides: does the way between them meet the line? Its ends belong to it. */
export function crosses({ from, to }: Line, p: SitePoint, q: SitePoint): boolean {
  const [a, b] = [turn(p, q, from), turn(p, q, to)];
  return !(a > 0 && b > 0) && !(a < 0 && b < 0);
}

function isClear({ from, to }: Line, offset: number, covariance: Covariance): boolean {
  const radius = radiusOf(covariance, CLEAR_SIGMAS);
  return Math.abs(offset) > radius * rootUp(distance2(from, to));
}

function wayTo(side: Side): Way {
  return side === "right" ? "forward" : "back";
}
