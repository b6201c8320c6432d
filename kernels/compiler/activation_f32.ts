import type { ActivationF32 } from "../plan.ts";
import type { ConstantPool } from "./constant_pool.ts";
import type { Activation } from "./graph.ts";

export const NO_ACTIVATION: Activation = { kind: "none" };

/** An activation as fp32 ops take it, for `channels` outputs. */
export function activationF32(
  activation: Activation,
  channels: number,
  constants: ConstantPool,
): ActivationF32 {
  if (activation.kind !== "leaky") return activation;
  return { kind: "leaky", slope: constants.add(slopesOf(activation.slopes, channels)) };
}

/** A slope a channel. */
export function slopesOf(slopes: Float32Array, channels: number): Float32Array {
  return slopes.length === 1 ? new Float32Array(channels).fill(slopes[0]) : slopes;
}
