import {
  broadcastShape,
  broadcastTo,
  type ConstantTensor,
  countOf,
  floatsOf,
  padShape,
} from "../constant_tensor.ts";
import type { Activation, BinaryNode } from "../graph.ts";
import { type GraphBuilder, named } from "../graph_builder.ts";
import { OnnxType } from "../onnx_schema.ts";
import { nodeError, type SourceNode, unsupported } from "../source_node.ts";
import type { Translator } from "./translator.ts";

type Kind = BinaryNode["kind"];

/** Applies an activation; of an N C L value to its image, so that it can join the convolution behind it. */
export function addUnary(
  node: SourceNode,
  builder: GraphBuilder,
  input: string,
  output: string,
  activation: Activation,
): string {
  const shape = builder.shapeOf(node, input);
  const image = shape.length === 3 ? builder.knownImage(input) : undefined;
  if (image === undefined) {
    return builder.add(node, { ...named(node, [input], output), kind: "unary", activation }, shape);
  }
  const result = builder.fresh(`${output}_image`);
  addUnary(node, builder, image, result, activation);
  builder.sequence(node, result, output);
  return output;
}

/** Two values, or a value and a constant, combined by ONNX's broadcasting. */
export function addBinary(
  node: SourceNode,
  builder: GraphBuilder,
  kind: Kind,
  operands: readonly [string, string],
  output: string,
): string {
  const [a, b] = operands;
  const right = builder.constant(b);
  if (right) return addWithConstant(node, builder, kind, a, right, output);
  const left = builder.constant(a);
  if (left && kind !== "sub" && kind !== "div") {
    return addWithConstant(node, builder, kind, b, left, output);
  }
  if (kind === "sub" && needsReversal(node, builder, a, b)) {
    const negative = addScaled(node, builder, b, -1, builder.fresh(`${output}_negative`));
    return addBinary(node, builder, "add", [negative, a], output);
  }
  if (left) return addConstantFirst(node, builder, kind, left, b, output);
  return addTwoValues(node, builder, kind, [a, b], output);
}

/** A constant or smaller value from which a larger one is subtracted. */
function needsReversal(node: SourceNode, builder: GraphBuilder, a: string, b: string): boolean {
  return builder.constant(a) !== undefined ||
    countOf(builder.shapeOf(node, a)) < countOf(builder.shapeOf(node, b));
}

export function addScaled(
  node: SourceNode,
  builder: GraphBuilder,
  input: string,
  factor: number,
  output: string,
): string {
  const constant = { type: OnnxType.FLOAT, shape: [], data: Float32Array.of(factor) };
  return addWithConstant(node, builder, "mul", input, constant, output);
}

function addWithConstant(
  node: SourceNode,
  builder: GraphBuilder,
  kind: Kind,
  input: string,
  constant: ConstantTensor,
  output: string,
): string {
  const values = floatsOf(constant);
  if (kind === "sub") {
    const negated = { ...constant, data: values.map((value) => -value) };
    return addWithConstant(node, builder, "add", input, negated, output);
  }
  if (kind === "div") {
    const inverse = { ...constant, data: values.map((value) => 1 / value) };
    return addWithConstant(node, builder, "mul", input, inverse, output);
  }
  const shape = broadcastShape(builder.shapeOf(node, input), constant.shape);
  const keepsShape = shape?.join() === builder.shapeOf(node, input).join();
  if (values.length === 1 && keepsShape && (kind === "max" || kind === "min")) {
    const [low, high] = kind === "max" ? [values[0], Infinity] : [-Infinity, values[0]];
    return addUnary(node, builder, input, output, { kind: "clip", low, high });
  }
  return addWithOperand(node, builder, kind, input, { ...constant, data: values }, output);
}

function addWithOperand(
  node: SourceNode,
  builder: GraphBuilder,
  kind: Kind,
  input: string,
  constant: ConstantTensor,
  output: string,
): string {
  const shape = combinedShape(node, builder.shapeOf(node, input), constant.shape);
  const image = shape.length === 3 ? builder.knownImage(input) : undefined;
  if (image !== undefined && builder.shapeOf(node, input).join() === shape.join()) {
    const [batch, channels, length] = padShape(constant.shape, 3);
    const view = { ...constant, shape: [batch, channels, 1, length] };
    const result = builder.fresh(`${output}_image`);
    addWithOperand(node, builder, kind, image, view, result);
    builder.sequence(node, result, output);
    return output;
  }
  const value = ofRank(node, builder, input, shape.length);
  const isLarger = builder.shapeOf(node, value).join() === shape.join();
  const operand = isLarger
    ? { ...constant, shape: padShape(constant.shape, shape.length) }
    : broadcastTo(constant, shape);
  const name = builder.operand(`${output}_operand`, operand.shape, floatsOf(operand));
  return add(node, builder, kind, isLarger ? [value, name] : [name, value], output, shape);
}

/** A constant divided by a value. */
function addConstantFirst(
  node: SourceNode,
  builder: GraphBuilder,
  kind: Kind,
  constant: ConstantTensor,
  input: string,
  output: string,
): string {
  const shape = combinedShape(node, constant.shape, builder.shapeOf(node, input));
  const operand = broadcastTo(constant, shape);
  const name = builder.operand(`${output}_operand`, shape, floatsOf(operand));
  const value = ofRank(node, builder, input, shape.length);
  return add(node, builder, kind, [name, value], output, shape);
}

function addTwoValues(
  node: SourceNode,
  builder: GraphBuilder,
  kind: Kind,
  operands: readonly [string, string],
  output: string,
): string {
  const shape = combinedShape(node, ...shapesOf(node, builder, operands));
  const images = operands.map((name) => builder.knownImage(name));
  const [left, right] = images;
  if (shape.length === 3 && left !== undefined && right !== undefined) {
    const result = builder.fresh(`${output}_image`);
    addTwoValues(node, builder, kind, [left, right], result);
    builder.sequence(node, result, output);
    return output;
  }
  const [a, b] = operands.map((name) => ofRank(node, builder, name, shape.length));
  const isWhole = (name: string) => builder.shapeOf(node, name).join() === shape.join();
  if (isWhole(a)) return add(node, builder, kind, [a, b], output, shape);
  if (isWhole(b) && kind !== "sub" && kind !== "div") {
    return add(node, builder, kind, [b, a], output, shape);
  }
  const [first, second] = shapesOf(node, builder, [a, b]);
  throw unsupported(node, `on shapes [${first}] and [${second}], which both broadcast`);
}

function shapesOf(node: SourceNode, builder: GraphBuilder, [a, b]: readonly [string, string]) {
  return [builder.shapeOf(node, a), builder.shapeOf(node, b)] as const;
}

function combinedShape(node: SourceNode, a: readonly number[], b: readonly number[]) {
  const shape = broadcastShape(a, b);
  if (!shape) throw nodeError(node, `cannot combine shapes [${a}] and [${b}]`);
  return shape;
}

/** The value with leading axes of size 1, so that operands have as many axes as the result. */
function ofRank(node: SourceNode, builder: GraphBuilder, name: string, rank: number): string {
  const shape = builder.shapeOf(node, name);
  if (shape.length === rank) return name;
  const output = builder.fresh(`${name}_wide`);
  return builder.reshape(node, name, output, padShape(shape, rank));
}

function add(
  node: SourceNode,
  builder: GraphBuilder,
  kind: Kind,
  inputs: readonly [string, string],
  output: string,
  shape: readonly number[],
): string {
  const activation = { kind: "none" } as const;
  return builder.add(node, { ...named(node, inputs, output), kind, activation }, shape);
}

function binary(kind: Kind): Translator {
  return (node, builder) => {
    const [a, b] = node.inputs;
    addBinary(node, builder, kind, [a, b], node.outputs[0]);
  };
}

/** Any number of inputs, combined one after the other. */
function variadic(kind: Kind): Translator {
  return (node, builder) => {
    const [first, ...others] = node.inputs;
    if (others.length === 0) return builder.alias(node.outputs[0], first);
    others.reduce((total, input, k) => {
      const isLast = k === others.length - 1;
      const output = isLast ? node.outputs[0] : builder.fresh(`${node.outputs[0]}_part`);
      return addBinary(node, builder, kind, [total, input], output);
    }, first);
  };
}

const power: Translator = (node, builder) => {
  const [input] = node.inputs;
  const exponent = builder.needConstant(node, 1, "exponents");
  const [output] = node.outputs;
  const [value] = exponent.data;
  if (exponent.data.some((each) => each !== value)) throw unsupported(node, "with many exponents");
  if (value === 1) return builder.alias(output, input);
  if (value === 2) return void addBinary(node, builder, "mul", [input, input], output);
  if (value === 0.5) return void addUnary(node, builder, input, output, { kind: "sqrt" });
  throw unsupported(node, `with an exponent of ${value}`);
};

const negate: Translator = (node, builder) => {
  addScaled(node, builder, node.inputs[0], -1, node.outputs[0]);
};

const reciprocal: Translator = (node, builder) => {
  const one = { type: OnnxType.FLOAT, shape: [], data: Float32Array.of(1) };
  addConstantFirst(node, builder, "div", one, node.inputs[0], node.outputs[0]);
};

export const ELEMENTWISE: Readonly<Record<string, Translator>> = {
  Add: binary("add"),
  Sub: binary("sub"),
  Mul: binary("mul"),
  Div: binary("div"),
  Max: variadic("max"),
  Min: variadic("min"),
  Sum: variadic("add"),
  Pow: power,
  Neg: negate,
  Reciprocal: reciprocal,
};
