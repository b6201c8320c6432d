/** Multipliers of elementwise ops: real factors as i16 with one shift (plan.ts, Elementwise). */
import type { Ending } from "./activation_int8.ts";

export interface IntegerSteps {
  readonly multipliers: readonly number[];
  readonly shift: number;
}

const MAX_MULTIPLIER = 32767;
/** With it, zero points 0..255 and all products of the elementwise ops stay inside 31 bits. */
const MAX_SHIFT = 21;

/** The largest shift with which all factors fit. */
export function integerSteps(factors: readonly number[]): IntegerSteps {
  const largest = Math.max(...factors.map(Math.abs));
  for (let shift = MAX_SHIFT; shift >= 0; shift--) {
    if (Math.round(largest * 2 ** shift) <= MAX_MULTIPLIER) {
      return { shift, multipliers: factors.map((factor) => Math.round(factor * 2 ** shift)) };
    }
  }
  throw new Error("its output's steps are far finer than its inputs': compile with --fp32");
}

/** What is added before the shift, so that it rounds and the zero point of the output is there. */
export function roundedZero({ zero }: Ending, shift: number): number {
  return zero * 2 ** shift + (shift === 0 ? 0 : 2 ** (shift - 1));
}
