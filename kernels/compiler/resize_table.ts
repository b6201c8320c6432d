import type { ResizeTap } from "./graph.ts";

/** Of a whole step between two positions; resize kernels weigh in these (plan.ts, ResizeOp). */
const SHARES = 128;

/** An axis of a resize as its op reads it: first position, second position, share of the second. */
export function resizeTable(taps: readonly ResizeTap[]): Int16Array {
  return Int16Array.from(
    taps.flatMap(({ first, second, share }) => [first, second, Math.round(share * SHARES)]),
  );
}
