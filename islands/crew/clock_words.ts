/** How clocks differ, in words. */
import { duration } from "../format.ts";

/** Below this a difference changes nothing in a record. */
const SAME_MS = 500;

/** "right", "3 min ahead of the crew", "2 days behind the crew". */
export function offsetWords(aheadMs: number): string {
  if (Math.abs(aheadMs) < SAME_MS) return "as the crew’s";
  return `${length(Math.abs(aheadMs))} ${aheadMs > 0 ? "ahead of" : "behind"} the crew’s`;
}

/** "Its clock is 3 min ahead of this device’s." Null when they agree, or nobody has measured. */
export function peerClockWords(
  clock: { readonly aheadMs: number; readonly withinMs: number } | undefined,
): string | null {
  if (!clock || Math.abs(clock.aheadMs) < Math.max(SAME_MS, clock.withinMs)) return null;
  const side = clock.aheadMs > 0 ? "ahead of" : "behind";
  return `Its clock is ${length(Math.abs(clock.aheadMs))} ${side} this device’s.`;
}

const DAY_MS = 24 * 3_600_000;

function length(ms: number): string {
  if (ms < 1000) return `${Math.round(ms / 100) / 10} s`;
  const days = Math.round(ms / DAY_MS);
  return days < 2 ? duration(ms) : `${days} days`;
}
