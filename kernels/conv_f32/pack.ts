import type { Pair } from "../plan.ts";

/** Outputs whose weights stand together: what a tile of the kernel sums at once. */
export const BLOCK = 8;
/** Floats in a vector: a depthwise filter's channels are rounded up to it. */
const LANES = 4;

/** The shape of a convolution's weights. `groups` divides `outputs`. */
export interface ConvF32Shape {
  readonly outputs: number;
  /** [height, width] */
  readonly kernel: Pair;
  readonly inputsPerGroup: number;
  readonly groups: number;
}

/** Weights in [outputs][kernel height][kernel width][inputs of the group] order. */
export interface ConvF32Weights extends ConvF32Shape {
  readonly weights: Float32Array;
}

/** One filter a channel: packed and summed by channels, not by blocks of outputs. */
export function isDepthwiseF32({ outputs, inputsPerGroup, groups }: ConvF32Shape): boolean {
  return inputsPerGroup === 1 && outputs === groups;
}

/** Bytes that `packConvF32` returns, a multiple of 16. */
export function packedConvF32Bytes(shape: ConvF32Shape): number {
  const { outputs, kernel, inputsPerGroup, groups } = shape;
  const taps = kernel[0] * kernel[1];
  if (isDepthwiseF32(shape)) return 4 * taps * roundUp(outputs, LANES);
  return 4 * groups * roundUp(outputs / groups, BLOCK) * taps * inputsPerGroup;
}

/**
 * Weights as the kernel streams them, f32: [group][block of 8 outputs][tap][input of the group][output of
 * the block], and for a depthwise convolution [tap][channels rounded up to 4]. What does not exist is 0.
 */
export function packConvF32(conv: ConvF32Weights): Uint8Array<ArrayBuffer> {
  const { outputs, kernel, inputsPerGroup, weights } = conv;
  const depth = kernel[0] * kernel[1] * inputsPerGroup;
  if (weights.length !== outputs * depth) {
    throw new Error(
      `Cannot pack a convolution: ${weights.length} weights, not ${outputs * depth}`,
    );
  }
  const packed = new Float32Array(packedConvF32Bytes(conv) / 4);
  weights.forEach((weight, place) => {
    packed[weightPlace(conv, Math.floor(place / depth), place % depth)] = weight;
  });
  return new Uint8Array(packed.buffer);
}

/** Where the packed form holds an output's weight; `step` = tap · inputs of the group + input. */
export function weightPlace(shape: ConvF32Shape, output: number, step: number): number {
  const { outputs, kernel, inputsPerGroup, groups } = shape;
  if (isDepthwiseF32(shape)) return step * roundUp(outputs, LANES) + output;
  const outputsPerGroup = outputs / groups;
  const depth = kernel[0] * kernel[1] * inputsPerGroup;
  const inGroup = output % outputsPerGroup;
  const lane = inGroup % BLOCK;
  const firstOfGroup = Math.floor(output / outputsPerGroup) * roundUp(outputsPerGroup, BLOCK);
  return (firstOfGroup + inGroup - lane) * depth + step * BLOCK + lane;
}

function roundUp(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}
