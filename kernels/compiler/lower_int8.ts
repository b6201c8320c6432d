import { softmaxExpTable } from "../detection_tables.ts";
import { elementwiseEnding } from "./activation_int8.ts";
import { applyActivation } from "./curves.ts";
import type { GraphNode, PoolNode, SoftmaxNode, UnaryNode } from "./graph.ts";
import { graphInputs } from "./graph_inputs.ts";
import { Int8Lowering } from "./int8_lowering.ts";
import type { QuantizedGraph } from "./quantized_graph.ts";
import { integerSteps, roundedZero } from "./integer_steps.ts";
import { spatialAxes } from "./layout.ts";
import { lowerBinary } from "./lower_binary_int8.ts";
import { lowerConv } from "./lower_conv_int8.ts";
import { lowerChannelwise, lowerCurve } from "./lower_curve_int8.ts";
import { lowerHead } from "./lower_head.ts";
import { isMove, lowerMove } from "./lower_moves.ts";
import { softmaxAxes } from "./kernel_axes.ts";
import { lowerResize } from "./lower_resize.ts";
import { windowOf } from "./lowering.ts";
import { naming } from "./naming.ts";
import { quantizeValue } from "./numbers.ts";
import type { AnchorHead, DistributionHead, ImageInput } from "./options.ts";
import type { PlanBody } from "./plan_builder.ts";

export interface Int8Options {
  readonly image?: ImageInput;
  readonly head?: DistributionHead | AnchorHead;
}

/** A graph as integer ops. */
export function lowerInt8(quantized: QuantizedGraph, { image, head }: Int8Options): PlanBody {
  const { graph } = quantized;
  const lowering = new Int8Lowering(quantized);
  const inputs = graphInputs(lowering, image);
  for (const node of graph.nodes) naming(node, () => lowerNode(lowering, node));
  const outputs = head
    ? [lowerHead(lowering, head)]
    : graph.outputs.map((name) => lowering.outputPort(name, lowering.read(name)));
  return lowering.finish({ inputs, outputs });
}

function lowerNode(lowering: Int8Lowering, node: GraphNode): void {
  if (isMove(node)) {
    const numbers = lowering.precision.numbersOf(node.output);
    return lowerMove(lowering, node, (value) => quantizeValue(value, numbers));
  }
  switch (node.kind) {
    case "conv":
      return lowerConv(lowering, node);
    case "max_pool":
      return lowerMaxPool(lowering, node);
    case "average_pool":
      return lowerAveragePool(lowering, node);
    case "resize":
      return lowerResize(lowering, node);
    case "softmax":
      return lowerSoftmax(lowering, node);
    case "unary":
      return lowerUnary(lowering, node);
    default:
      return lowerBinary(lowering, node);
  }
}

function lowerMaxPool(lowering: Int8Lowering, node: PoolNode): void {
  const axes = spatialAxes(lowering.shape(node.output));
  const input = lowering.operand(node.inputs[0], axes).tensor;
  lowering.produce(
    node.output,
    axes,
    (output) => lowering.builder.op({ op: "max_pool", input, output, ...windowOf(node) }),
  );
}

/** Its op works on 128 times the mean. */
const MEAN_STEPS = 128;

function lowerAveragePool(lowering: Int8Lowering, node: PoolNode): void {
  const axes = spatialAxes(lowering.shape(node.output));
  const input = lowering.operand(node.inputs[0], axes);
  const { scale, zero } = input.stored.numbers;
  const ending = elementwiseEnding(
    { kind: "none" },
    lowering.precision.numbersOf(node.output),
    undefined,
  );
  const { shift, multipliers: [multiplier] } = integerSteps([scale / MEAN_STEPS / ending.unit]);
  lowering.produce(
    node.output,
    axes,
    (output) =>
      lowering.builder.op({
        op: "average_pool",
        input: input.tensor,
        output,
        ...windowOf(node),
        countPadding: node.countPadding,
        multiplier,
        bias: roundedZero(ending, shift) - zero * MEAN_STEPS * multiplier,
        shift,
        low: ending.low,
        high: ending.high,
      }),
  );
}

function lowerSoftmax(lowering: Int8Lowering, { inputs, output, axis }: SoftmaxNode): void {
  const axes = softmaxAxes(lowering, inputs[0], axis);
  const input = lowering.operand(inputs[0], axes);
  const exp = lowering.builder.constants.add(softmaxExpTable(input.stored.numbers.scale));
  lowering.produce(
    output,
    axes,
    (tensor) => lowering.builder.op({ op: "softmax", input: input.tensor, output: tensor, exp }),
  );
}

function lowerUnary(lowering: Int8Lowering, node: UnaryNode): void {
  const { activation, inputs: [input], output } = node;
  const isByChannel = activation.kind === "leaky" && activation.slopes.length > 1;
  if (!isByChannel) {
    return lowerCurve(lowering, input, output, (x) => applyActivation(activation, x));
  }
  lowerChannelwise(lowering, { input, output, activation, axis: 1 });
}
