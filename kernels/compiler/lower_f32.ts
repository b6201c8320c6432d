import type { ActivationF32, TensorIndex } from "../plan.ts";
import { packConvF32 } from "../conv_f32/pack.ts";
import { activationF32 } from "./activation_f32.ts";
import { binaryOperands } from "./broadcast.ts";
import { floatConstant } from "./constant_value.ts";
import type {
  Activation,
  BinaryNode,
  ConvNode,
  Graph,
  GraphNode,
  PoolNode,
  SoftmaxNode,
  UnaryNode,
} from "./graph.ts";
import { graphInputs } from "./graph_inputs.ts";
import { spatialAxes } from "./layout.ts";
import { convAxes, softmaxAxes } from "./kernel_axes.ts";
import { lowerResize } from "./lower_resize.ts";
import { isMove, lowerMove } from "./lower_moves.ts";
import type { ImageInput } from "./options.ts";
import { Lowering, type Precision, windowOf } from "./lowering.ts";
import { naming } from "./naming.ts";
import { FLOATS, type PlanBody } from "./plan_builder.ts";
import { tapMajor } from "./weights_order.ts";

const FLOAT: Precision = {
  numbersOf: () => FLOATS,
  convert: () => {
    throw new Error("floats have one scale");
  },
  materialize: floatConstant,
};

/** A graph as fp32 ops. `image` makes its input a frame. */
export function lowerF32(graph: Graph, image?: ImageInput): PlanBody {
  const lowering = new Lowering(graph, FLOAT);
  const inputs = graphInputs(lowering, image);
  for (const node of graph.nodes) naming(node, () => lowerNode(lowering, node));
  const outputs = graph.outputs.map((name) => lowering.outputPort(name, lowering.read(name)));
  return lowering.finish({ inputs, outputs });
}

function lowerNode(lowering: Lowering, node: GraphNode): void {
  if (isMove(node)) return lowerMove(lowering, node, (value) => value);
  switch (node.kind) {
    case "conv":
      return lowerConv(lowering, node);
    case "max_pool":
    case "average_pool":
      return lowerPool(lowering, node);
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

function lowerConv(lowering: Lowering, node: ConvNode): void {
  const axes = convAxes(lowering, node);
  const input = lowering.operand(node.inputs[0], axes);
  const { constants } = lowering.builder;
  const weights = constants.add(packConvF32({
    outputs: node.bias.length,
    inputsPerGroup: input.grid.channels / node.groups,
    groups: node.groups,
    kernel: node.kernel,
    weights: tapMajor(node),
  }));
  const sum = (output: TensorIndex, activation: ActivationF32) =>
    lowering.builder.op({
      op: "conv_f32",
      input: input.tensor,
      output,
      ...windowOf(node),
      upsample: node.upsample,
      groups: node.groups,
      weights,
      bias: constants.add(node.bias),
      activation,
    });
  const activation = activationF32(node.activation, node.bias.length, constants);
  if (!node.hasResidual) {
    return lowering.produce(node.output, axes, (output) => sum(output, activation));
  }
  const partial = lowering.fresh(lowering.shape(node.output), axes, FLOATS);
  const a = lowering.operandOf(node.output, partial, axes).tensor;
  sum(a, { kind: "none" });
  const b = lowering.operand(node.inputs[1], axes).tensor;
  lowering.produce(
    node.output,
    axes,
    (output) => lowering.builder.op({ op: "binary_f32", kind: "add", a, b, output, activation }),
  );
}

function lowerBinary(lowering: Lowering, node: BinaryNode): void {
  const { a, b, axes } = binaryOperands(lowering, node, { oneChannel: true });
  const activation = activationOn(lowering, node.activation, a.grid.channels);
  lowering.produce(node.output, axes, (output) =>
    lowering.builder.op({
      op: "binary_f32",
      kind: node.kind,
      a: a.tensor,
      b: b.tensor,
      output,
      activation,
    }));
}

function activationOn(lowering: Lowering, activation: Activation, channels: number) {
  return activationF32(activation, channels, lowering.builder.constants);
}

function lowerUnary(lowering: Lowering, { inputs, output, activation }: UnaryNode): void {
  const stored = lowering.read(inputs[0]);
  const hasSlopes = activation.kind === "leaky" && activation.slopes.length > 1;
  const axes = hasSlopes ? spatialAxes(stored.view.shape) : lowering.alike(inputs[0], stored).axes;
  const input = lowering.operandOf(inputs[0], stored, axes);
  lowering.produce(output, axes, (tensor) =>
    lowering.builder.op({
      op: "unary_f32",
      input: input.tensor,
      output: tensor,
      activation: activationOn(lowering, activation, input.grid.channels),
    }));
}

function lowerPool(lowering: Lowering, node: PoolNode): void {
  const axes = spatialAxes(lowering.shape(node.output));
  const input = lowering.operand(node.inputs[0], axes).tensor;
  const kind = node.kind === "max_pool" ? "max" : "average";
  const { countPadding } = node;
  lowering.produce(
    node.output,
    axes,
    (output) =>
      lowering.builder.op({ op: "pool_f32", kind, countPadding, input, output, ...windowOf(node) }),
  );
}

function lowerSoftmax(lowering: Lowering, { inputs, output, axis }: SoftmaxNode): void {
  const axes = softmaxAxes(lowering, inputs[0], axis);
  const input = lowering.operand(inputs[0], axes).tensor;
  lowering.produce(
    output,
    axes,
    (tensor) => lowering.builder.op({ op: "softmax_f32", input, output: tensor }),
  );
}
