import type { ActivationF32, Plan } from "../plan.ts";
import { activationWords } from "./activation.ts";

const INFINITY_BITS = 0x7f800000;
const SIGN_BIT = 0x80000000;

/** kind, low or alpha, high or beta, slopes' place in `data`: the `activation` of `activate_f32`. */
export function activationParams(activation: ActivationF32, plan: Plan): number[] {
  const words = activationWords(activation, { plan, arena: 0, data: 0, scratch: 0 });
  return words.map(finiteBits);
}

/** A shader need not know infinity; above the largest float there is nothing finite to clip. */
function finiteBits(word: number): number {
  const bits = word >>> 0;
  const isInfinite = (bits & ~SIGN_BIT) === INFINITY_BITS;
  return isInfinite ? bits - 1 : bits;
}
