import { constants, type Memory } from "../memory.ts";
import type { Checker } from "../op_definition.ts";
import type { ActivationF32 } from "../plan.ts";
import { type Addresses, dataAddress, floatBits } from "../records.ts";
import { expF32, sigmoidF32, tanhF32 } from "./elementary.ts";

const { fround } = Math;

/** The place is the number by which `activation_f32.as.ts` knows a kind. */
const KINDS: readonly ActivationF32["kind"][] = [
  "none",
  "sigmoid",
  "tanh",
  "silu",
  "hard_swish",
  "exp",
  "sqrt",
  "abs",
  "hard_sigmoid",
  "clip",
  "leaky",
];

/** Words of `activationWords`. */
export const ACTIVATION_WORDS = 4;

/** kind, low or alpha, high or beta, address of the slopes */
export function activationWords(activation: ActivationF32, addresses: Addresses): number[] {
  const [first, second] = parametersOf(activation);
  const slope = activation.kind === "leaky" ? activation.slope : undefined;
  return [
    KINDS.indexOf(activation.kind),
    floatBits(first),
    floatBits(second),
    dataAddress(addresses, slope),
  ];
}

/** That the slopes of as many channels are there. */
export function checkActivation(
  activation: ActivationF32,
  channels: number,
  checker: Checker,
): void {
  if (activation.kind === "leaky") checker.data(activation.slope, 4 * channels);
  checker.require(!parametersOf(activation).some(Number.isNaN), "its activation has no numbers");
}

/** A value before and after. May return not-a-number. */
export type Activate = (value: number, channel: number) => number;

/** All in f32: every operation is rounded. */
export function activator(memory: Memory, activation: ActivationF32, channels: number): Activate {
  const [first, second] = parametersOf(activation).map(fround);
  switch (activation.kind) {
    case "none":
      return (x) => x;
    case "sigmoid":
      return sigmoidF32;
    case "tanh":
      return tanhF32;
    case "silu":
      return (x) => fround(x * sigmoidF32(x));
    case "hard_swish":
      return (x) => fround(x * hardSigmoid(x, fround(1 / 6), 0.5));
    case "exp":
      return expF32;
    case "sqrt":
      return (x) => fround(Math.sqrt(x));
    case "abs":
      return Math.abs;
    case "hard_sigmoid":
      return (x) => hardSigmoid(x, first, second);
    case "clip":
      return (x) => Math.min(Math.max(x, first), second);
    case "leaky":
      return leaky(constants(memory, activation.slope, channels, Float32Array));
  }
}

function hardSigmoid(x: number, alpha: number, beta: number): number {
  return Math.min(Math.max(fround(fround(x * alpha) + beta), 0), 1);
}

function leaky(slopes: Float32Array): Activate {
  return (x, channel) => x < 0 ? fround(x * slopes[channel]) : x;
}

function parametersOf(activation: ActivationF32): readonly [number, number] {
  switch (activation.kind) {
    case "hard_sigmoid":
      return [activation.alpha, activation.beta];
    case "clip":
      return [activation.low, activation.high];
    default:
      return [0, 0];
  }
}
