/** Depthwise convolution, one filter a channel. Its arithmetic is stated in `../plan.ts`. */
import { checkRequantization } from "../check_requantization.ts";
import { checkWindow, reachOf } from "../check_window.ts";
import type { Checker, OpDefinition } from "../op_definition.ts";
import type { DepthwiseOp, Plan } from "../plan.ts";
import { type Addresses, dataAddress, tensorWords } from "../records.ts";
import { BLOCK_CHANNELS, GROUP_ROWS, packedDepthwiseBytes } from "./pack.ts";
import { referenceDepthwise } from "./reference.ts";

/** Input pixels of a block and of four rows side by side, or an output pixel's sums of a block. */
const COLUMN_BYTES = BLOCK_CHANNELS * GROUP_ROWS;
/** For a row of outputs. */
const MAX_SCRATCH_COLUMNS = 2 ** 20;
/** Zero points. */
const FIXED_SCRATCH_BYTES = 64;

export const depthwise: OpDefinition<DepthwiseOp> = {
  check,
  reference: referenceDepthwise,
  record,
  scratchBytes: (op, plan) =>
    FIXED_SCRATCH_BYTES + scratchColumns(op, plan) * COLUMN_BYTES +
    2 * packedDepthwiseBytes({
        kernel: op.kernel,
        channels: plan.tensors[op.output].channels,
      }),
};

function check(op: DepthwiseOp, checker: Checker): void {
  const input = checker.tensor(op.input, "u7");
  const output = checker.tensor(op.output, "u7");
  checker.require(input.channels === output.channels, "input and output differ in channels");
  checkWindow(op, output, checker);
  const isBounded = scratchColumns(op, checker.plan) <= MAX_SCRATCH_COLUMNS;
  checker.require(isBounded, "the window covers too many columns");
  const { channels } = output;
  checkWeights(op, channels, checker);
  checker.data(op.bias, channels * 4);
  checkRequantization(op, channels, checker);
}

/** Where the kernel has no row, kernels multiply whatever they have by the weight 0. */
function checkWeights({ weights, kernel }: DepthwiseOp, channels: number, checker: Checker): void {
  const bytes = packedDepthwiseBytes({ kernel, channels });
  checker.data(weights, bytes);
  const rows = kernel[0] % GROUP_ROWS;
  if (rows === 0) return;
  const packed = checker.plan.data.subarray(weights, weights + bytes);
  const groupBytes = kernel[1] * COLUMN_BYTES;
  const blockBytes = Math.ceil(kernel[0] / GROUP_ROWS) * groupBytes;
  for (let end = blockBytes; end <= bytes; end += blockBytes) {
    const lastGroup = packed.subarray(end - groupBytes, end);
    const isEmpty = lastGroup.every((weight, place) => place % GROUP_ROWS < rows || weight === 0);
    checker.require(isEmpty, "weights of rows that the kernel has not");
  }
}

/** Of the line and of a row of sums: both as far as three more outputs would reach. */
function scratchColumns(op: DepthwiseOp, plan: Plan): number {
  const { width } = plan.tensors[op.output];
  return reachOf(op, width, 1) + 3 * op.stride[1] + width + 3;
}

function record(op: DepthwiseOp, addresses: Addresses): number[] {
  return [
    ...tensorWords(addresses, op.input),
    ...tensorWords(addresses, op.output),
    ...op.kernel,
    ...op.stride,
    ...op.dilation,
    ...op.padding,
    dataAddress(addresses, op.weights),
    dataAddress(addresses, op.bias),
    op.shift,
    dataAddress(addresses, op.multiplier),
    dataAddress(addresses, op.slope),
    op.low,
    op.high,
    op.zero,
    dataAddress(addresses, op.table),
    addresses.scratch,
  ];
}
