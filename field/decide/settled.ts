/** Hysteresis for what wavers: a change counts when it is clear, or when it has been there often enough. */

/** A change counts when the position is beyond by more than as many standard deviations … */
export const CLEAR_SIGMAS = 2;
/** … or at as many looks one after the other. */
export const CLEAR_LOOKS = 5;

export interface Settled<T> {
  /** What counts. Null when nothing does yet. */
  readonly value: T | null;
  /** What it may change to, and at how many looks one after the other it was that. */
  readonly next: T | null;
  readonly looks: number;
}

/** After one more look that showed `seen`. The same object when nothing changes. */
export function settle<T>(before: Settled<T>, seen: T, isClear: boolean): Settled<T> {
  if (seen === before.value) return before.looks === 0 ? before : settledAt(seen);
  const looks = before.next === seen ? before.looks + 1 : 1;
  if (isClear || looks >= CLEAR_LOOKS) return settledAt(seen);
  return { value: before.value, next: seen, looks };
}

export function settledAt<T>(value: T | null): Settled<T> {
  return { value, next: null, looks: 0 };
}
