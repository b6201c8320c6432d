import type { ConvOp, Pair, PlanTensor } from "../plan.ts";

/** The shape of a convolution's weights. `groups` divides `outputs`. */
export interface ConvWeightsShape {
  readonly outputs: number;
  /** [height, width] */
  readonly kernel: Pair;
  readonly inputsPerGroup: number;
  readonly groups: number;
}

/** Weights −127..127 in [outputs][kernel height][kernel width][inputs of the group] order. */
export interface ConvWeights extends ConvWeightsShape {
  readonly weights: Int8Array;
}

export function weightsShape(op: ConvOp, tensors: readonly PlanTensor[]): ConvWeightsShape {
  return {
    outputs: tensors[op.output].channels,
    kernel: op.kernel,
    inputsPerGroup: tensors[op.input].channels / op.groups,
    groups: op.groups,
  };
}

/** Outputs whose weights stand together: those of one tile of the Wasm kernels. */
export const BLOCK_OUTPUTS = 8;

/**
 * Bytes of one output's weights: each tap's inputs are rounded up to 4, so that four of them are one word,
 * and all taps together to 8, so that kernels take two words a step.
 */
export function packedDepth({ kernel, inputsPerGroup }: ConvWeightsShape): number {
  return roundUp(kernel[0] * kernel[1] * roundUp(inputsPerGroup, 4), 8);
}

/** Bytes that `packConv` returns, a multiple of 64. */
export function packedConvBytes(shape: ConvWeightsShape): number {
  return shape.groups * packedGroupBytes(shape);
}

/** Bytes from one group's weights to the next's. */
export function packedGroupBytes(shape: ConvWeightsShape): number {
  return roundUp(shape.outputs / shape.groups, BLOCK_OUTPUTS) * packedDepth(shape);
}

/**
 * Weights as the kernels stream them: [group][block of 8 outputs][tap][inputs / 4][output of the block][4
 * inputs], taps row-major. Four inputs of an output are one little-endian word, the operand of a packed dot
 * product; 16 bytes are four outputs. What the rounding up adds is 0.
 */
export function packConv(conv: ConvWeights): Uint8Array<ArrayBuffer> {
  const { outputs, kernel, inputsPerGroup, weights } = conv;
  const count = outputs * kernel[0] * kernel[1] * inputsPerGroup;
  if (weights.length !== count) {
    throw new Error(`Cannot pack a convolution: ${weights.length} weights, not ${count}`);
  }
  const packed = new Int8Array(packedConvBytes(conv));
  forEachWeight(conv, (place, packedPlace) => packed[packedPlace] = weights[place]);
  return new Uint8Array(packed.buffer);
}

/** The weights that `packConv` was given. */
export function unpackConv(shape: ConvWeightsShape, packed: Int8Array): Int8Array {
  const { outputs, kernel, inputsPerGroup } = shape;
  const weights = new Int8Array(outputs * kernel[0] * kernel[1] * inputsPerGroup);
  forEachWeight(shape, (place, packedPlace) => weights[place] = packed[packedPlace]);
  return weights;
}

/** Whether all that the rounding up has added to outputs' weights is 0: kernels multiply what lies beside by it. */
export function isPaddingEmpty(shape: ConvWeightsShape, packed: Uint8Array): boolean {
  const depth = packedDepth(shape);
  const tapBytes = roundUp(shape.inputsPerGroup, 4);
  const end = shape.kernel[0] * shape.kernel[1] * tapBytes;
  for (let place = 0; place < depth; place++) {
    const inTap = place < end ? place % tapBytes : tapBytes;
    if (inTap >= shape.inputsPerGroup && !isEmptyAt(packed, depth, place)) return false;
  }
  return true;
}

/** Of all outputs, those too that fill up a block. */
function isEmptyAt(packed: Uint8Array, depth: number, place: number): boolean {
  const first = (place >> 2) * 4 * BLOCK_OUTPUTS + (place & 3);
  const blockBytes = depth * BLOCK_OUTPUTS;
  for (let block = first; block < packed.length; block += blockBytes) {
    for (let output = 0; output < BLOCK_OUTPUTS; output++) {
      if (packed[block + output * 4] !== 0) return false;
    }
  }
  return true;
}

/** Calls `visit` with each weight's place in both orders. */
function forEachWeight(
  shape: ConvWeightsShape,
  visit: (place: number, packedPlace: number) => void,
): void {
  const taps = shape.kernel[0] * shape.kernel[1];
  const tapBytes = roundUp(shape.inputsPerGroup, 4);
  let place = 0;
  for (let output = 0; output < shape.outputs; output++) {
    const start = outputPlace(shape, output);
    for (let tap = 0; tap < taps; tap++) {
      for (let input = 0; input < shape.inputsPerGroup; input++) {
        const depth = tap * tapBytes + input;
        visit(place++, start + (depth >> 2) * 4 * BLOCK_OUTPUTS + (depth & 3));
      }
    }
  }
}

/** Where the packed form holds the first weight of an output. */
function outputPlace(shape: ConvWeightsShape, output: number): number {
  const outputsPerGroup = shape.outputs / shape.groups;
  const group = Math.floor(output / outputsPerGroup);
  const inGroup = output % outputsPerGroup;
  const inBlock = inGroup % BLOCK_OUTPUTS;
  return group * packedGroupBytes(shape) + (inGroup - inBlock) * packedDepth(shape) + inBlock * 4;
}

function roundUp(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}
