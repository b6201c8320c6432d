import { activationWords, checkActivation } from "../activation_f32/activation.ts";
import { checkWindow } from "../check_window.ts";
import type { Checker, OpDefinition } from "../op_definition.ts";
import type { ConvF32Op, Plan, PlanTensor } from "../plan.ts";
import { type Addresses, dataAddress, tensorWords } from "../records.ts";
import { BLOCK, isDepthwiseF32, packedConvF32Bytes } from "./pack.ts";
import { reference, shapeOf } from "./reference.ts";

/** Output pixels whose sums the kernel holds at a time: their inputs stay in the nearest cache. */
const CHUNK = 32;
/** Spread positions along an axis, so that none overflows 32 bits. */
const MAX_SPREAD = 2 ** 22;

/**
 * Each output's sum is begun with its bias. Then x · w is added for each kernel row, in it each column, in
 * it each input channel of the group, in this order; every product is rounded to f32, every sum too. Taps
 * that lie on no input pixel (padding, or between spread ones) are skipped: they add nothing, not even 0
 * to −0. An output that is not-a-number is stored as 0x7fc00000 (as by every op that calculates in f32).
 */
export const convF32: OpDefinition<ConvF32Op> = { check, reference, record, scratchBytes };

function check(op: ConvF32Op, checker: Checker): void {
  const input = checker.tensor(op.input, "f32");
  const output = checker.tensor(op.output, "f32");
  const isGrouped = op.groups >= 1 && input.channels % op.groups === 0 &&
    output.channels % op.groups === 0;
  checker.require(isGrouped, `${op.groups} groups do not divide its channels`);
  checkWindow(op, output, checker);
  checkUpsample(op, input, checker);
  checker.data(op.weights, packedConvF32Bytes(shapeOf(op, input, output)));
  checker.data(op.bias, 4 * output.channels);
  checkActivation(op.activation, output.channels, checker);
}

function checkUpsample(op: ConvF32Op, { height, width }: PlanTensor, checker: Checker): void {
  for (const [axis, size] of [height, width].entries()) {
    const upsample = op.upsample[axis];
    const isPossible = upsample >= 1 && upsample * size <= MAX_SPREAD &&
      upsample * op.stride[axis] <= MAX_SPREAD;
    checker.require(isPossible, "its input cannot be spread so far");
  }
}

/** input, output, weights, bias, kernel, stride, dilation, padding, upsample, …; `conv_record.as.ts` */
function record(op: ConvF32Op, addresses: Addresses): number[] {
  const { tensors } = addresses.plan;
  const shape = shapeOf(op, tensors[op.input], tensors[op.output]);
  const isFlat = isPointwise(op) && isSameGrid(tensors[op.input], tensors[op.output]);
  const sizes = (index: number) => {
    const [address, height, width, ...rest] = tensorWords(addresses, index);
    return isFlat ? [address, 1, height * width, ...rest] : [address, height, width, ...rest];
  };
  return [
    ...sizes(op.input),
    ...sizes(op.output),
    dataAddress(addresses, op.weights),
    dataAddress(addresses, op.bias),
    ...op.kernel,
    ...op.stride,
    ...op.dilation,
    ...op.padding,
    ...op.upsample,
    op.groups,
    isDepthwiseF32(shape) ? 1 : 0,
    CHUNK,
    op.upsample[1] / commonDivisor(op.upsample[1], op.stride[1]),
    addresses.scratch,
    ...activationWords(op.activation, addresses),
  ];
}

/** The sums of a chunk: of one block of outputs, or depthwise of all the channels of a pixel. */
function scratchBytes(op: ConvF32Op, { tensors }: Plan): number {
  const shape = shapeOf(op, tensors[op.input], tensors[op.output]);
  return isDepthwiseF32(shape) ? 4 * Math.ceil(shape.outputs / 4) * 4 : 4 * CHUNK * BLOCK;
}

/** Then where a row of pixels ends does not matter, on the same grid: all of them are one row. */
export function isPointwise({ kernel, stride, padding, upsample }: ConvF32Op): boolean {
  return [...kernel, ...stride, ...upsample].every((step) => step === 1) &&
    padding.every((pixels) => pixels === 0);
}

export function isSameGrid(input: PlanTensor, output: PlanTensor): boolean {
  return input.height === output.height && input.width === output.width;
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
