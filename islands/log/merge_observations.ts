import type { NotedObservation } from "../../field/observation.ts";
import { newestFirst } from "../../field/store/store.ts";

/** Which part of the list a page was read from: all below `below` (null: from the newest on), and `toEnd` when nothing is older. */
export interface PagePlace {
  readonly below: NotedObservation | null;
  readonly toEnd: boolean;
}

/**
 * Puts a page into the known observations, both newest first, in place of all that is known of its part
 * of the list: what is no longer found there goes. The very same list when nothing changed.
 */
export function mergeObservations(
  known: readonly NotedObservation[],
  page: readonly NotedObservation[],
  { below, toEnd }: PagePlace,
): readonly NotedObservation[] {
  const start = below ? countUpTo(known, below) : 0;
  const last = page.at(-1);
  const end = toEnd ? known.length : last ? Math.max(start, countUpTo(known, last)) : start;
  const before = new Map(known.slice(start, end).map((one) => [one.id, one]));
  const merged = page.map((one) => {
    const old = before.get(one.id);
    return old && !isNews(old, one) ? old : one;
  });
  const isSame = merged.length === end - start &&
    merged.every((one, index) => one === known[start + index]);
  return isSame ? known : [...known.slice(0, start), ...merged, ...known.slice(end)];
}

/** How many of the sorted `known` are `last` or newer. */
function countUpTo(known: readonly NotedObservation[], last: NotedObservation): number {
  let low = 0;
  let high = known.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (newestFirst(known[middle], last) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The later record of an observation has its latest frame; one that has ended stays ended. */
function isNews(known: NotedObservation, next: NotedObservation): boolean {
  // notes are small, and have their fields and labels in one order
  if (JSON.stringify(next.notes) !== JSON.stringify(known.notes)) return true;
  return next.last !== known.last || next.open !== known.open || next.frames !== known.frames ||
    next.thumb !== known.thumb || next.frame !== known.frame || next.score !== known.score;
}
