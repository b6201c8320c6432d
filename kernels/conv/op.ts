/** Dense, grouped and transposed convolution, matrix multiplication. Its arithmetic is stated in `../plan.ts`. */
import { checkRequantization } from "../check_requantization.ts";
import { checkWindow } from "../check_window.ts";
import type { Checker, OpDefinition } from "../op_definition.ts";
import type { ConvOp, PlanTensor } from "../plan.ts";
import {
  type ConvWeightsShape,
  isPaddingEmpty,
  packedConvBytes,
  packedDepth,
  weightsShape,
} from "./pack.ts";
import { recordOf, scratchBytes } from "./record.ts";
import { referenceConv } from "./reference.ts";

/** Weights of one output. */
const MAX_DEPTH = 2 ** 26;
const MAX_UPSAMPLE = 1024;

export const conv: OpDefinition<ConvOp> = {
  check,
  reference: referenceConv,
  record: (op, addresses) => recordOf(op, addresses, "asFits"),
  scratchBytes,
};

function check(op: ConvOp, checker: Checker): void {
  const { require } = checker;
  const input = checker.tensor(op.input, "u7");
  const output = checker.tensor(op.output, "u7", "i16");
  const isWhole = [input, output].every(({ channels }) => channels % op.groups === 0);
  require(op.groups >= 1 && isWhole, `its channels cannot be parted into ${op.groups} groups`);
  checkWindow(op, output, checker);
  const isSpread = op.upsample.every((step) => step >= 1 && step <= MAX_UPSAMPLE);
  require(isSpread, `zeros between pixels beyond ${MAX_UPSAMPLE}`);
  const shape = weightsShape(op, checker.plan.tensors);
  require(packedDepth(shape) <= MAX_DEPTH, "its window is too large");
  checkWeights(op.weights, shape, checker);
  checker.data(op.bias, output.channels * 4);
  checkRequantization(op, output.channels, checker);
  checkResidual(op, output, checker);
}

function checkWeights(offset: number, shape: ConvWeightsShape, checker: Checker): void {
  const bytes = packedConvBytes(shape);
  checker.data(offset, bytes);
  const packed = checker.plan.data.subarray(offset, offset + bytes);
  checker.require(isPaddingEmpty(shape, packed), "weights of inputs that it has not");
}

function checkResidual(op: ConvOp, output: PlanTensor, checker: Checker): void {
  const isPair = (op.residual === undefined) === (op.residualMultiplier === undefined);
  checker.require(isPair, "it has a residual or its multiplier alone");
  if (op.residual === undefined || op.residualMultiplier === undefined) return;
  const { height, width, channels } = checker.tensor(op.residual, "u7");
  const isSame = height === output.height && width === output.width && channels === output.channels;
  checker.require(isSame, "its residual has another shape than its output");
  checker.data(op.residualMultiplier, channels * 4);
}
