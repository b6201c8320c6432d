/** A factor and a summand a channel, as batch norm has them, joined with convolutions. */
import type { BinaryNode, ConvNode, GraphNode } from "../graph.ts";
import type { GraphEditor } from "./graph_editor.ts";
import { isBinary, isConv, type Rule, ruleFor } from "./rule.ts";

/** The constant operand of a mul or add, an entry a channel; undefined if it is something else. */
function channelOperand(
  editor: GraphEditor,
  node: GraphNode | undefined,
  axis: number,
): { kind: "add" | "mul"; input: string; values: Float32Array } | undefined {
  if (!isBinary(node) || (node.kind !== "add" && node.kind !== "mul")) return undefined;
  const [input, operand] = node.inputs;
  const constant = editor.constant(operand);
  const shape = editor.shape(node.output);
  if (!constant || editor.shape(input).join() !== shape.join()) return undefined;
  const channels = shape[axis];
  const isByChannel = constant.shape.every((size, k) => size === 1 || k === axis);
  if (!isByChannel) return undefined;
  const { data } = constant;
  const values = data.length === 1 ? new Float32Array(channels).fill(data[0]) : data;
  return { kind: node.kind, input, values };
}

function channelAxis(editor: GraphEditor, conv: ConvNode): number {
  return conv.isMatrix ? editor.shape(conv.output).length - 1 : 1;
}

/** Behind a convolution that nothing else reads. */
const behindConvolution = ruleFor(["add", "mul"], (editor, node) => {
  const conv = editor.producer(node.inputs[0]);
  if (!isConv(conv) || conv.hasResidual || conv.activation.kind !== "none") return false;
  const operand = channelOperand(editor, node, channelAxis(editor, conv));
  if (!operand || editor.readers(conv.output) > 1) return false;
  const changed = operand.kind === "add"
    ? shifted(conv, operand.values)
    : scaled(conv, operand.values);
  editor.replace({ ...changed, output: node.output, activation: node.activation });
  return true;
});

function shifted(conv: ConvNode, values: Float32Array): ConvNode {
  return { ...conv, bias: conv.bias.map((bias, c) => bias + values[c]) };
}

function scaled(conv: ConvNode, values: Float32Array): ConvNode {
  const each = conv.weights.length / conv.bias.length;
  return {
    ...conv,
    weights: conv.weights.map((weight, k) => weight * values[Math.floor(k / each)]),
    bias: conv.bias.map((bias, c) => bias * values[c]),
  };
}

/** Before a convolution: a factor always, a summand only where no padding lies around it. */
const beforeConvolution = ruleFor(["conv"], (editor, node) => {
  const [input, ...residual] = node.inputs;
  const before = editor.producer(input);
  const axis = node.isMatrix ? editor.shape(input).length - 1 : 1;
  const operand = channelOperand(editor, before, axis);
  if (!operand || !isBinary(before) || before.activation.kind !== "none") return false;
  const isBare = node.padding.every((edge) => edge === 0) &&
    node.upsample.every((step) => step === 1);
  if (operand.kind === "add" && !isBare) return false;
  const changed = operand.kind === "mul"
    ? { ...node, weights: weightsBy(node, operand.values) }
    : shifted(node, sumsOver(node, operand.values));
  editor.replace({ ...changed, inputs: [operand.input, ...residual] });
  return true;
});

/** Of each weight the input channel that it is for. */
function inputChannelOf({ weights, bias, groups, kernel }: ConvNode): (at: number) => number {
  const area = kernel[0] * kernel[1];
  const outputs = bias.length;
  const depth = weights.length / (outputs * area);
  const perGroup = outputs / groups;
  return (at) => {
    const output = Math.floor(at / (depth * area));
    return Math.floor(output / perGroup) * depth + Math.floor(at / area) % depth;
  };
}

function weightsBy(conv: ConvNode, values: Float32Array): Float32Array {
  const channelOf = inputChannelOf(conv);
  return conv.weights.map((weight, at) => weight * values[channelOf(at)]);
}

/** What a constant input of these values would add to each output channel. */
function sumsOver(conv: ConvNode, values: Float32Array): Float32Array {
  const channelOf = inputChannelOf(conv);
  const each = conv.weights.length / conv.bias.length;
  return conv.bias.map((_, output) => {
    let sum = 0;
    for (let at = output * each; at < (output + 1) * each; at++) {
      sum += conv.weights[at] * values[channelOf(at)];
    }
    return sum;
  });
}

export const AFFINE_RULES: readonly Rule[] = [behindConvolution, beforeConvolution];

/** Factor and summand with no convolution near: a depthwise 1×1 convolution is both at once. */
const aloneStanding = ruleFor(["add"], (editor, node) => {
  const summand = channelOperand(editor, node, 1);
  const product = editor.producer(node.inputs[0]);
  const factor = channelOperand(editor, product, 1);
  const isOne = isBinary(product) && product.activation.kind === "none" && factor?.kind === "mul" &&
    editor.readers(product.output) === 1 && editor.shape(node.output).length === 4;
  if (!summand || !isOne) return false;
  editor.replace(depthwise(node, factor.input, factor.values, summand.values));
  return true;
});

function depthwise(
  { name, source, output, activation }: BinaryNode,
  input: string,
  weights: Float32Array,
  bias: Float32Array,
): ConvNode {
  return {
    ...{ name, source, inputs: [input], output, activation, weights, bias },
    ...{ kind: "conv", groups: bias.length, isMatrix: false, hasResidual: false },
    ...{ kernel: [1, 1], stride: [1, 1], dilation: [1, 1], upsample: [1, 1] },
    padding: [0, 0, 0, 0],
  };
}

export const LONE_AFFINE_RULES: readonly Rule[] = [aloneStanding];
