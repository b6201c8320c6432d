import type { Key, KeyRange } from "./disk.ts";

/**
 * An end of a range. Its parts are a key's, and `[]`, which lies after all numbers and texts (so it
 * does in IndexedDB): `[...prefix, []]` lies after all keys that begin with `prefix`.
 */
export type KeyBound = readonly (string | number | readonly [])[];

/** The keys from `low` (inclusive) up to `high` (exclusive). */
export interface KeySpan {
  readonly low: KeyBound;
  readonly high: KeyBound;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Negative when `a` is before `b`, positive when after it, 0 when they are one key. See `Key`. */
export function compareKeys(a: KeyBound, b: KeyBound): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const order = compareParts(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** The span of a range; null when no key can lie in it. */
export function spanOf({ prefix = [], from = [], to }: KeyRange): KeySpan | null {
  const low = compareKeys(prefix, from) < 0 ? from : prefix;
  const end: KeyBound = [...prefix, []];
  const high = to && compareKeys(to, end) < 0 ? to : end;
  return compareKeys(low, high) < 0 ? { low, high } : null;
}

/**
 * The key, copied, if every disk can keep it.
 * @throws TypeError when a number is not finite or a text has a lone surrogate.
 */
export function storableKey(key: Key): (string | number)[] {
  for (const part of key) {
    const isStorable = typeof part === "number"
      ? Number.isFinite(part)
      : !LONE_SURROGATE.test(part);
    if (!isStorable) {
      throw new TypeError(`${String(part)} cannot be part of a key`);
    }
  }
  return key.map((part) => part === 0 ? 0 : part); // -0 is 0 as a key, and unlike it when read
}

type Part = KeyBound[number];

function compareParts(a: Part, b: Part): number {
  if (typeof a === "number" && typeof b === "number") return a - b || 0;
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  return rank(a) - rank(b);
}

function rank(part: Part): number {
  return typeof part === "number" ? 0 : typeof part === "string" ? 1 : 2;
}
