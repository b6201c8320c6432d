import { exp } from "../detection_tables.ts";
import type { Activation } from "./graph.ts";

/**
 * What activations do, for tables. By `exp` of `detection_tables.ts`, so that every engine that compiles a
 * network makes the same plan.
 */

/** What an activation makes of a real number; of leaky ReLU with a slope a channel, that of the first. */
export function applyActivation(activation: Activation, x: number): number {
  switch (activation.kind) {
    case "none":
      return x;
    case "sigmoid":
      return sigmoid(x);
    case "tanh":
      return 1 - 2 / (exp(2 * x) + 1);
    case "silu":
      return x * sigmoid(x);
    case "hard_swish":
      return x * Math.min(Math.max(x / 6 + 0.5, 0), 1);
    case "exp":
      return exp(x);
    case "sqrt":
      return Math.sqrt(x);
    case "abs":
      return Math.abs(x);
    case "hard_sigmoid":
      return Math.min(Math.max(x * activation.alpha + activation.beta, 0), 1);
    case "clip":
      return Math.min(Math.max(x, activation.low), activation.high);
    case "leaky":
      return x < 0 ? x * activation.slopes[0] : x;
  }
}

function sigmoid(x: number): number {
  return 1 / (1 + exp(-x));
}
