/** How much a plan's ops do, so that none keeps a device busy for ever. */
import { reachOf } from "./check_window.ts";
import type {
  ConvF32Op,
  ConvOp,
  DecodeAnchorsOp,
  DecodeDistributionOp,
  DepthwiseOp,
  PlanOp,
  PlanTensor,
  Window,
} from "./plan.ts";

/** Of kernels, which round channels up. */
const LANES = 16;
/** A record that moves, in steps. */
const RECORD_STEPS = 8;

/**
 * Multiplications and elements touched, roundly, but no less than kernels and oracle take. Of an op that its
 * `check` has passed.
 */
export function workOf(op: PlanOp, tensors: readonly PlanTensor[]): number {
  const output = tensors[op.output];
  return 1 + pixelsOf(output) + elementsOf(output) + ownWork(op, tensors);
}

/** What an op does besides writing each element once. */
function ownWork(op: PlanOp, tensors: readonly PlanTensor[]): number {
  switch (op.op) {
    case "conv":
    case "conv_f32":
      return convWork(op, tensors);
    case "depthwise":
      return depthwiseWork(op, tensors);
    case "max_pool":
    case "average_pool":
    case "pool_f32":
      return poolWork(op, tensors[op.input], tensors[op.output]);
    case "decode_distribution":
    case "decode_anchors":
      return decodeWork(op, tensors);
    case "suppress":
      return tensors[op.input].width * (tensors[op.input].width + tensors[op.output].width);
    case "copy":
      return op.size.reduce((product, size) => product * size, 1);
    default:
      return 4 * elementsOf(tensors[op.output]);
  }
}

function convWork(op: ConvOp | ConvF32Op, tensors: readonly PlanTensor[]): number {
  const [input, output] = [tensors[op.input], tensors[op.output]];
  const inputs = roundUp(input.channels / op.groups, 4);
  const outputs = roundUp(output.channels / op.groups, 8);
  const window = tapsOf(op) * op.groups * inputs * outputs;
  return window + pixelsOf(output) * (window + (tapsOf(op) + 1) * (op.groups + input.channels));
}

/** Each row of outputs has the rows under it side by side first, all that its windows reach. */
function depthwiseWork(op: DepthwiseOp, tensors: readonly PlanTensor[]): number {
  const output = tensors[op.output];
  const channels = roundUp(output.channels, LANES);
  const reach = roundUp(op.kernel[0], 4) * reachOf(op, output.width, 1);
  return channels * (pixelsOf(output) * tapsOf(op) + output.height * reach);
}

function poolWork(op: Window, input: PlanTensor, output: PlanTensor): number {
  const channels = roundUp(output.channels + 1, LANES);
  return channels * (pixelsOf(output) * tapsOf(op) + output.height * op.kernel[0] * input.width);
}

/** Of a cell, or of each of its anchors' classes, comes a candidate, which may move all that are kept. */
function decodeWork(
  op: DecodeDistributionOp | DecodeAnchorsOp,
  tensors: readonly PlanTensor[],
): number {
  let [logits, candidates] = [0, 0];
  for (const level of op.levels) {
    const scores = tensors[level.scores];
    logits += elementsOf(scores) + elementsOf(tensors[level.boxes]);
    candidates += op.op === "decode_anchors" ? elementsOf(scores) : pixelsOf(scores);
  }
  return logits + candidates * RECORD_STEPS * Math.min(tensors[op.output].width, candidates);
}

function tapsOf({ kernel }: Pick<Window, "kernel">): number {
  return kernel[0] * kernel[1];
}

function pixelsOf({ height, width }: PlanTensor): number {
  return height * width;
}

function elementsOf(tensor: PlanTensor): number {
  return pixelsOf(tensor) * tensor.channels;
}

function roundUp(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}
