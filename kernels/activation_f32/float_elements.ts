import { elementsOf, type Memory } from "../memory.ts";
import type { TensorIndex } from "../plan.ts";

/** What every op that calculates in f32 stores for not-a-number: engines differ in its bits. */
export const CANONICAL_NAN = 0x7fc00000;

/** The elements of a tensor that `check` has found to be f32. */
export function floatsOf(memory: Memory, index: TensorIndex): Float32Array {
  const elements = elementsOf(memory, index);
  if (elements instanceof Float32Array) return elements;
  throw new Error(`Cannot run the plan: tensor ${index} is not f32`);
}

/** Rounds to f32 and stores; not-a-number as `CANONICAL_NAN`. */
export function putFloat(elements: Float32Array, at: number, value: number): void {
  if (Number.isNaN(value)) {
    new Uint32Array(elements.buffer, elements.byteOffset + 4 * at, 1)[0] = CANONICAL_NAN;
  } else {
    elements[at] = value;
  }
}
