import { packConv } from "../conv/pack.ts";
import { packDepthwise } from "../depthwise/pack.ts";
import { elementwiseEnding, type Ending, endingOf } from "./activation_int8.ts";
import { partName } from "./expose_sums.ts";
import type { ConvNode, GivenRange } from "./graph.ts";
import type { Int8Lowering } from "./int8_lowering.ts";
import type { GridAxes } from "./layout.ts";
import { addOp } from "./lower_binary_int8.ts";
import { convAxes } from "./kernel_axes.ts";
import { type GridOperand, windowOf } from "./lowering.ts";
import { numbersFor } from "./numbers.ts";
import type { Numbers } from "./plan_builder.ts";
import { ImpreciseResidual, type QuantizedLayer, quantizeLayer } from "./quantize_weights.ts";
import { requantizationOf } from "./requantization_of.ts";
import { tapMajor } from "./weights_order.ts";
import type { TensorIndex } from "../plan.ts";

export function lowerConv(lowering: Int8Lowering, node: ConvNode): void {
  const axes = convAxes(lowering, node);
  const numbers = lowering.precision.numbersOf(node.output);
  const ending = endingOf(node.activation, numbers, lowering.sumRange(node), node.bias.length);
  if (node.hasResidual && isDepthwise(lowering, node)) return splitResidual(lowering, node, axes);
  try {
    const run = convolution(lowering, node, { axes, ending, withResidual: node.hasResidual });
    lowering.produce(node.output, axes, run);
  } catch (cause) {
    if (!(cause instanceof ImpreciseResidual)) throw cause;
    splitResidual(lowering, node, axes);
  }
}

interface ConvolutionParts {
  readonly axes: GridAxes;
  readonly ending: Ending;
  readonly withResidual: boolean;
}

/** Prepares a convolution; what it returns emits the op. */
function convolution(
  lowering: Int8Lowering,
  node: ConvNode,
  { axes, ending, withResidual }: ConvolutionParts,
): (output: TensorIndex) => void {
  const input = lowering.operand(node.inputs[0], axes);
  const residual = withResidual ? lowering.operand(node.inputs[1], axes) : undefined;
  const layer = quantizeLayer({
    weights: tapMajor(node),
    bias: node.bias,
    input: input.stored.numbers,
    unit: ending.unit,
    leastMultiplier: ending.leastMultiplier,
    residual: residual?.stored.numbers,
    meanInput: meanInputOf(lowering, node),
  });
  return isDepthwise(lowering, node)
    ? (output) => depthwiseOp(lowering, node, { input, output, layer, ending })
    : (output) => convOp(lowering, node, { input, output, layer, ending, residual });
}

interface OpParts {
  readonly input: GridOperand;
  readonly output: TensorIndex;
  readonly layer: QuantizedLayer;
  readonly ending: Ending;
  readonly residual?: GridOperand;
}

function convOp(
  { builder }: Int8Lowering,
  node: ConvNode,
  { input, output, layer, ending, residual }: OpParts,
): void {
  const { constants } = builder;
  const { kernel, groups, upsample } = node;
  const weights = packConv({
    outputs: node.bias.length,
    kernel,
    inputsPerGroup: input.grid.channels / groups,
    groups,
    weights: layer.weights,
  });
  builder.op({
    op: "conv",
    input: input.tensor,
    output,
    ...windowOf(node),
    upsample,
    groups,
    weights: constants.add(weights),
    ...requantizationOf(layer, ending, constants),
    ...(residual && layer.residualMultiplier && {
      residual: residual.tensor,
      residualMultiplier: constants.add(layer.residualMultiplier),
    }),
  });
}

function depthwiseOp(
  { builder }: Int8Lowering,
  node: ConvNode,
  { input, output, layer, ending }: OpParts,
): void {
  const { constants } = builder;
  const channels = node.bias.length;
  const weights = channelsInner(layer.weights, channels);
  builder.op({
    op: "depthwise",
    input: input.tensor,
    output,
    ...windowOf(node),
    weights: constants.add(packDepthwise({ weights, kernel: node.kernel, channels })),
    ...requantizationOf(layer, ending, constants),
  });
}

/** [channels][taps] as [taps][channels]. */
function channelsInner(weights: Int8Array, channels: number): Int8Array {
  const taps = weights.length / channels;
  return weights.map((_, place) => weights[place % channels * taps + Math.floor(place / channels)]);
}

/** Depthwise kernels give 7 bits and take no zeros between pixels: the rest are grouped convolutions. */
function isDepthwise(lowering: Int8Lowering, { inputs, output, groups, bias, upsample }: ConvNode) {
  return groups > 1 && groups === lowering.shape(inputs[0])[1] && groups === bias.length &&
    upsample.every((step) => step === 1) && lowering.precision.numbersOf(output).type === "u7";
}

/** The mean of what each weight of an output is multiplied with, where calibration measured it. */
function meanInputOf(lowering: Int8Lowering, node: ConvNode) {
  const means = lowering.quantized.means.get(node.inputs[0]);
  if (!means) return undefined;
  const depth = node.weights.length / node.bias.length;
  const inputs = depth / (node.kernel[0] * node.kernel[1]);
  const outputsPerGroup = node.bias.length / node.groups;
  return (output: number) => {
    const first = Math.floor(output / outputsPerGroup) * inputs;
    return Float64Array.from({ length: depth }, (_, place) => means[first + place % inputs]);
  };
}

/** The convolution alone, then an addition. */
function splitResidual(lowering: Int8Lowering, node: ConvNode, axes: GridAxes): void {
  const residual = lowering.operand(node.inputs[1], axes);
  const numbers = numbersFor(partRange(lowering, node, residual.stored.numbers));
  const partial = lowering.fresh(lowering.shape(node.output), axes, numbers);
  const part = lowering.operandOf(node.output, partial, axes);
  const ending = endingOf({ kind: "none" }, numbers, undefined, node.bias.length);
  convolution(lowering, node, { axes, ending, withResidual: false })(part.tensor);
  const output = lowering.precision.numbersOf(node.output);
  const last = elementwiseEnding(node.activation, output, lowering.sumRange(node));
  lowering.produce(
    node.output,
    axes,
    (tensor) => addOp(lowering, { a: part, b: residual, signOfB: 1, output: tensor, ending: last }),
  );
}

/** What the convolution alone can be: measured, or what the sum and the residual leave. */
function partRange(lowering: Int8Lowering, node: ConvNode, residual: Numbers): GivenRange {
  const measured = lowering.quantized.ranges.get(partName(node.output));
  if (measured) return measured;
  const sum = lowering.sumRange(node) ?? lowering.quantized.ranges.get(node.output);
  if (!sum) {
    throw new Error("its range is not known: calibrate with pictures, or compile with --fp32");
  }
  const low = -residual.zero * residual.scale;
  const high = (127 - residual.zero) * residual.scale;
  return { low: sum.low - high, high: sum.high - low };
}
