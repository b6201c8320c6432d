import type { ActivationF32 } from "../plan.ts";
import type { ConstantPool } from "./constant_pool.ts";
import type { Activation } from "./graph.ts";

/** The largest float32. */
const MAX_FLOAT = (2 - 2 ** -23) * 2 ** 127;

/** An activation as fp32 ops take it, for `channels` outputs. */
export function activationF32(
  activation: Activation,
  channels: number,
  constants: ConstantPool,
): ActivationF32 {
  if (activation.kind === "clip") {
    const { low, high } = activation;
    return { kind: "clip", low: finite(low), high: finite(high) };
  }
  if (activation.kind !== "leaky") return activation;
  return { kind: "leaky", slope: constants.add(slopesOf(activation.slopes, channels)) };
}

/** Plan files have no infinity. */
function finite(bound: number): number {
  return Math.min(Math.max(bound, -MAX_FLOAT), MAX_FLOAT);
}

/** A slope a channel. */
export function slopesOf(slopes: Float32Array, channels: number): Float32Array {
  return slopes.length === 1 ? new Float32Array(channels).fill(slopes[0]) : slopes;
}
