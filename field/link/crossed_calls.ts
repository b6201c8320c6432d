/** A call that is on its way for longer has not crossed with one that comes: whoever had heard it would not call. */
const CROSSING_MS = 3_000;

/**
 * Two devices have called each other at once: is it our call that stays, and theirs that is refused? Both ends
 * know the two signalling ids and nothing else for certain, so the call of the smaller id stays.
 * `ageMs`: for how long ours has been on its way.
 */
export function isOurCallKept(
  { own, peer, ageMs }: { readonly own: string; readonly peer: string; readonly ageMs: number },
): boolean {
  return own < peer && ageMs < CROSSING_MS;
}
