import type { GivenRange } from "./graph.ts";
import type { Numbers } from "./plan_builder.ts";

/** The largest 7-bit activation. */
export const HIGHEST = 127;

/** 7-bit numbers for a range of reals; it is widened to hold 0, which they give exactly. */
export function numbersFor(range: GivenRange): Numbers {
  const low = Math.min(range.low, 0);
  const high = Math.max(range.high, 0);
  if (!Number.isFinite(high - low)) throw new Error(`its values range from ${low} to ${high}`);
  if (high - low < LEAST_RANGE) return { type: "u7", scale: Math.fround(1 / HIGHEST), zero: 0 };
  const scale = Math.fround((high - low) / HIGHEST);
  const zero = Math.min(Math.max(Math.round(-low / scale), 0), HIGHEST);
  return { type: "u7", scale, zero };
}

/** What never leaves 0 needs no resolution. */
const LEAST_RANGE = 1e-20;

export function quantizeValue(value: number, { scale, zero }: Numbers): number {
  return Math.min(Math.max(zero + Math.round(value / scale), 0), HIGHEST);
}

export function realValue(element: number, { scale, zero }: Numbers): number {
  return (element - zero) * scale;
}

/** What each of `size` elements of `from` becomes in `to` after `curve`. */
export function tableOf(
  size: 128 | 256,
  from: Numbers,
  to: Numbers,
  curve: (real: number) => number,
): Uint8Array {
  return Uint8Array.from(
    { length: size },
    (_, element) => quantizeValue(curve(realValue(element, from)), to),
  );
}
