/** Which moment is shown: the newest, or one to look back to. Pure. */
import { duration } from "../format.ts";

/** Null: live, whatever comes. Else ms since the epoch. */
export type Moment = number | null;

/** The last of the (rising) times that is not after `atMs`, or the first; −1 when there are none. */
export function indexAt(times: readonly number[], atMs: Moment): number {
  if (atMs === null) return times.length - 1;
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= atMs) low = middle + 1;
    else high = middle;
  }
  return times.length === 0 ? -1 : Math.max(0, low - 1);
}

/** The newest is live: who scrubs to the end wants to go on with it. */
export function momentAt(times: readonly number[], index: number): Moment {
  return index >= times.length - 1 ? null : times[Math.max(0, index)];
}

/** So many moments later, or earlier when negative. */
export function steppedBy(times: readonly number[], at: Moment, by: number): Moment {
  return momentAt(times, indexAt(times, at) + by);
}

/** Where on the way from the first to the last (0..1) the first stands that is not before `atMs`. */
export function tickOf(times: readonly number[], atMs: number): number {
  const before = indexAt(times, atMs);
  const index = times[before] < atMs ? before + 1 : before;
  return times.length > 1 ? Math.min(1, index / (times.length - 1)) : 1;
}

/** "Live", or "38 s ago": before the newest. */
export function momentWords(times: readonly number[], at: Moment): string {
  const last = times.at(-1);
  return at === null || last === undefined ? "Live" : `${duration(last - at)} ago`;
}
