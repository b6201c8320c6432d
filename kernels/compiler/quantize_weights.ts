/**
 * Weights of a layer to 8 bits, an output channel a scale, such that requantization (requantize.ts) is exact:
 * the scales are chosen so that each channel's multiplier is a whole number, and one shift serves all.
 *
 * With `unit` the real step of the result r, and M the channel's multiplier, a step of the sum is worth
 * unit · M / 2^(15 + shift); that divided by the input's scale is the scale of the weights.
 */
import type { Numbers } from "./plan_builder.ts";

export interface FloatLayer {
  /** [outputs][weights of an output] */
  readonly weights: Float32Array;
  /** An output an element. */
  readonly bias: ArrayLike<number>;
  readonly input: Numbers;
  /** What a step of the result before its zero point is worth. */
  readonly unit: number;
  /** Of each output: with a smaller multiplier the 16-bit value could saturate where it matters. */
  readonly leastMultiplier: (output: number) => number;
  /** Added to the sum. */
  readonly residual?: Numbers;
  /** Mean real input of each weight of an output: what rounding shifts the output by is taken back. */
  readonly meanInput?: (output: number) => ArrayLike<number>;
}

export interface QuantizedLayer {
  /** −127..127, as the weights given. */
  readonly weights: Int8Array;
  readonly bias: Int32Array;
  readonly shift: number;
  readonly multiplier: Int16Array;
  readonly residualMultiplier?: Int32Array;
}

const MAX_WEIGHT = 127;
const MAX_INPUT = 127;
const MAX_MULTIPLIER = 32767;
const MAX_SHIFT = 30;
/** Multipliers need no more precision: the largest of a layer, or the least, is at least this. */
const GOOD_LARGEST = 2 ** 12;
const GOOD_LEAST = 2 ** 8;
/** A layer's largest multiplier is at most this many times its least: weights of faint channels get coarser. */
const SPREAD = 32;
/** In units: finer steps of a sum make no difference, not in 8,000 weights. */
const LEAST_STEP = 2 ** -22;
/** Steps that a bias may have. */
const BIAS_STEPS = 2 ** 29;
/** Sums stay inside. */
const SUM_LIMIT = 2 ** 31;
/** Steps by which a whole-numbered residual multiplier may be wrong at most: goal, and limit. */
const GOOD_RESIDUAL_ERROR = 0.1;
const MAX_RESIDUAL_ERROR = 0.5;
/** How much coarser weights may get for a better residual multiplier. */
const RESIDUAL_SLACK = 1.06;

/** Throws where 32 bits do not hold the sums, and where a residual cannot be added precisely. */
export function quantizeLayer(layer: FloatLayer): QuantizedLayer {
  const outputs = layer.bias.length;
  const depth = layer.weights.length / outputs;
  const steps = leastSteps(layer, depth);
  const shift = chooseShift(steps, layer.leastMultiplier);
  const result = {
    weights: new Int8Array(layer.weights.length),
    bias: new Int32Array(outputs),
    multiplier: new Int16Array(outputs),
    residualMultiplier: new Int32Array(layer.residual ? outputs : 0),
  };
  for (let output = 0; output < outputs; output++) {
    const least = Math.max(
      multiplierFor(steps[output], shift),
      Math.ceil(layer.leastMultiplier(output)),
    );
    const channel = quantizeChannel(layer, output, shift, least);
    result.weights.set(channel.weights, output * depth);
    result.bias[output] = channel.bias;
    result.multiplier[output] = channel.multiplier;
    if (layer.residual) result.residualMultiplier[output] = channel.residualMultiplier;
  }
  const { residualMultiplier, ...rest } = result;
  return layer.residual ? { ...rest, shift, residualMultiplier } : { ...rest, shift };
}

/** Of each output the smallest worth of a step of its sum, in units, with which weights and bias fit. */
function leastSteps({ weights, bias, input, unit }: FloatLayer, depth: number): number[] {
  const steps = Array.from({ length: bias.length }, (_, output) => {
    const own = weights.subarray(output * depth, (output + 1) * depth);
    const largest = own.reduce((max, weight) => Math.max(max, Math.abs(weight)), 0);
    return largest / MAX_WEIGHT * input.scale / unit;
  });
  const floor = Math.max(Math.max(...steps) / SPREAD, LEAST_STEP);
  return steps.map((step, output) =>
    Math.max(step, floor, Math.abs(bias[output]) / unit / BIAS_STEPS)
  );
}

function multiplierFor(step: number, shift: number): number {
  return Math.ceil(step * 2 ** (15 + shift));
}

/** The least shift with good multipliers: it leaves the 16-bit value most of its bits. */
function chooseShift(
  steps: readonly number[],
  leastMultiplier: (output: number) => number,
): number {
  const [largest, least] = [Math.max(...steps), Math.min(...steps)];
  if (multiplierFor(largest, 0) > MAX_MULTIPLIER) {
    throw new Error(
      "a step of its sums is more than a step of its output, which hardly varies: calibrate with other inputs, or compile with --fp32",
    );
  }
  for (let shift = 0; shift < MAX_SHIFT; shift++) {
    const isPrecise = multiplierFor(largest, shift) >= GOOD_LARGEST ||
      multiplierFor(least, shift) >= GOOD_LEAST;
    const isWide = steps.every((step, output) =>
      multiplierFor(step, shift) >= leastMultiplier(output)
    );
    const isLast = multiplierFor(largest, shift + 1) > MAX_MULTIPLIER;
    if ((isPrecise && isWide) || isLast) return shift;
  }
  return MAX_SHIFT;
}

interface Channel {
  readonly weights: Int8Array;
  readonly bias: number;
  readonly multiplier: number;
  readonly residualMultiplier: number;
}

function quantizeChannel(
  layer: FloatLayer,
  output: number,
  shift: number,
  least: number,
): Channel {
  for (let multiplier = least; multiplier <= MAX_MULTIPLIER; multiplier *= 2) {
    const fine = layer.residual
      ? residualFriendly(layer, layer.residual, shift, multiplier)
      : { multiplier, residualMultiplier: 0 };
    const channel = channelWith(layer, output, shift, fine);
    if (sumsFit(channel)) return channel;
  }
  throw new Error(`sums of output channel ${output} do not fit 32 bits: compile with --fp32`);
}

type Multipliers = Pick<Channel, "multiplier" | "residualMultiplier">;

/** A multiplier not far above the least with which the residual's, too, is almost a whole number. */
function residualFriendly(
  { unit }: FloatLayer,
  residual: Numbers,
  shift: number,
  least: number,
): Multipliers {
  const reach = residual.scale / unit * MAX_INPUT;
  let best = { multiplier: least, residualMultiplier: 0, error: Infinity };
  const end = Math.min(least * RESIDUAL_SLACK + 1, MAX_MULTIPLIER);
  for (let multiplier = least; multiplier <= end; multiplier++) {
    const exact = residual.scale / unit * 2 ** (15 + shift) / multiplier;
    const residualMultiplier = Math.round(exact);
    const error = Math.abs(residualMultiplier / exact - 1) * reach;
    if (error < best.error) best = { multiplier, residualMultiplier, error };
    if (error <= GOOD_RESIDUAL_ERROR) break;
  }
  if (best.error > MAX_RESIDUAL_ERROR) throw new ImpreciseResidual();
  return best;
}

/** The residual must be added by an op of its own. */
export class ImpreciseResidual extends Error {
  override readonly name = "ImpreciseResidual";

  constructor() {
    super("the residual's step is too near to that of the sum");
  }
}

function channelWith(
  layer: FloatLayer,
  output: number,
  shift: number,
  { multiplier, residualMultiplier }: Multipliers,
): Channel {
  const { input, unit, residual, bias } = layer;
  const depth = layer.weights.length / bias.length;
  const step = unit * multiplier / 2 ** (15 + shift);
  const exact = layer.weights.subarray(output * depth, (output + 1) * depth);
  const weights = Int8Array.from(exact, (weight) => roundWeight(weight * input.scale / step));
  const scale = step / input.scale;
  const offset = roundingOffset(exact, weights, scale, layer.meanInput?.(output));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const rounding = shift === 0 ? 0 : 2 ** (shift - 1);
  return {
    weights,
    multiplier,
    residualMultiplier,
    bias: Math.round((bias[output] + offset) / step) + rounding - input.zero * total -
      (residual?.zero ?? 0) * residualMultiplier,
  };
}

function roundWeight(weight: number): number {
  return Math.min(Math.max(Math.round(weight), -MAX_WEIGHT), MAX_WEIGHT);
}

/** By how much the rounded weights' output is too low on average. */
function roundingOffset(
  exact: Float32Array,
  weights: Int8Array,
  scale: number,
  meanInput: ArrayLike<number> | undefined,
): number {
  if (!meanInput) return 0;
  return exact.reduce(
    (sum, weight, place) => sum + meanInput[place] * (weight - weights[place] * scale),
    0,
  );
}

/** For inputs 0..127, whatever they are. */
function sumsFit({ weights, bias, residualMultiplier }: Channel): boolean {
  const positive = weights.reduce((sum, weight) => sum + Math.max(weight, 0), 0);
  const negative = weights.reduce((sum, weight) => sum + Math.min(weight, 0), 0);
  const most = bias + MAX_INPUT * (positive + residualMultiplier);
  const least = bias + MAX_INPUT * negative;
  return Math.max(most, bias) < SUM_LIMIT && Math.min(least, bias) >= -SUM_LIMIT;
}
