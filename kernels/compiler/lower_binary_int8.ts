import type { DataOffset, TensorIndex } from "../plan.ts";
import { elementwiseEnding, type Ending } from "./activation_int8.ts";
import { type BinaryOperands, binaryOperands } from "./broadcast.ts";
import { applyActivation } from "./curves.ts";
import type { BinaryNode, GraphConstant } from "./graph.ts";
import type { Int8Lowering } from "./int8_lowering.ts";
import { integerSteps, roundedZero } from "./integer_steps.ts";
import { elementsIn } from "./layout.ts";
import type { GridOperand } from "./lowering.ts";
import { lowerChannelwise, lowerCurve } from "./lower_curve_int8.ts";
import { numbersFor } from "./numbers.ts";

type Arithmetic = (a: number, b: number) => number;

const ARITHMETIC: Readonly<Record<BinaryNode["kind"], Arithmetic>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  max: Math.max,
  min: Math.min,
};

export function lowerBinary(lowering: Int8Lowering, node: BinaryNode): void {
  const { constants } = lowering.graph;
  const place = node.inputs.findIndex((name) => constants.has(name));
  const constant = place < 0 ? undefined : constants.get(node.inputs[place]);
  if (constant && byConstant(lowering, node, constant, place)) return;
  const { activation } = node;
  if (activation.kind === "leaky" && activation.slopes.length > 1) return byTwoOps(lowering, node);
  const output = lowering.precision.numbersOf(node.output);
  const ending = elementwiseEnding(activation, output, lowering.sumRange(node));
  const operands = binaryOperands(lowering, node, { oneChannel: node.kind === "mul" });
  lowering.produce(
    node.output,
    operands.axes,
    (tensor) => binaryOp(lowering, node, operands, tensor, ending),
  );
}

function binaryOp(
  lowering: Int8Lowering,
  { kind }: BinaryNode,
  { a, b }: BinaryOperands,
  output: TensorIndex,
  ending: Ending,
): void {
  switch (kind) {
    case "add":
      return addOp(lowering, { a, b, signOfB: 1, output, ending });
    case "sub":
      return addOp(lowering, { a, b, signOfB: -1, output, ending });
    case "mul":
      return mulOp(lowering, { a, b, output, ending });
    default:
      throw new Error(`${kind} of two computed values has no integer form: compile with --fp32`);
  }
}

interface Operation {
  readonly a: GridOperand;
  readonly b: GridOperand;
  readonly output: TensorIndex;
  readonly ending: Ending;
}

export function addOp(
  { builder }: Int8Lowering,
  { a, b, signOfB, output, ending }: Operation & { readonly signOfB: 1 | -1 },
): void {
  const [from, other] = [a.stored.numbers, b.stored.numbers];
  const { shift, multipliers: [multiplierA, multiplierB] } = integerSteps([
    from.scale / ending.unit,
    signOfB * other.scale / ending.unit,
  ]);
  builder.op({
    op: "add",
    a: a.tensor,
    b: b.tensor,
    output,
    multiplierA,
    multiplierB,
    bias: roundedZero(ending, shift) - from.zero * multiplierA - other.zero * multiplierB,
    shift,
    ...clampOf(ending, builder.constants),
  });
}

function mulOp({ builder }: Int8Lowering, { a, b, output, ending }: Operation): void {
  const factor = a.stored.numbers.scale * b.stored.numbers.scale / ending.unit;
  const { shift, multipliers: [multiplier] } = integerSteps([factor]);
  builder.op({
    op: "mul",
    a: a.tensor,
    b: b.tensor,
    output,
    multiplier,
    bias: roundedZero(ending, shift),
    shift,
    ...clampOf(ending, builder.constants),
  });
}

function clampOf(
  { low, high, table }: Ending,
  constants: { add(table: Uint8Array): DataOffset },
) {
  return { low, high, ...(table && { table: constants.add(table) }) };
}

/** One operand that never changes: a function of the other, or of each of its channels. */
function byConstant(
  lowering: Int8Lowering,
  node: BinaryNode,
  constant: GraphConstant,
  place: number,
): boolean {
  const { output, activation, kind } = node;
  const input = node.inputs[1 - place];
  const shape = lowering.shape(output);
  const isWhole = lowering.shape(input).length === shape.length &&
    elementsIn(lowering.shape(input)) === elementsIn(shape);
  if (!isWhole || lowering.graph.constants.has(input)) return false;
  const operate = ARITHMETIC[kind];
  const apply = (x: number, c: number) => place === 0 ? operate(c, x) : operate(x, c);
  const isByChannel = activation.kind === "leaky" && activation.slopes.length > 1;
  if (constant.data.every((value) => value === constant.data[0]) && !isByChannel) {
    const [value] = constant.data;
    lowerCurve(lowering, input, output, (x) => applyActivation(activation, apply(x, value)));
    return true;
  }
  const axis = varyingAxis(constant.shape, shape.length);
  const isLinear = kind === "add" || kind === "sub" || kind === "mul" ||
    (kind === "div" && place === 1);
  if (axis === undefined || !isLinear) return false;
  const offsets = constant.data.map((c) => apply(0, c));
  const factors = constant.data.map((c, at) => apply(1, c) - offsets[at]);
  lowerChannelwise(lowering, { input, output, axis, factors, offsets, activation });
  return true;
}

/** The only axis of the output along which the constant is longer than 1. */
function varyingAxis(shape: readonly number[], rank: number): number | undefined {
  const long = shape.flatMap((size, axis) => size > 1 ? [axis + rank - shape.length] : []);
  return long.length === 1 ? long[0] : undefined;
}

/** A slope a channel is more than the end of an elementwise op can do: the sum first, then the slopes. */
function byTwoOps(lowering: Int8Lowering, node: BinaryNode): void {
  const range = lowering.sumRange(node);
  if (!range) {
    throw new Error("its range is not known: calibrate with pictures, or compile with --fp32");
  }
  const numbers = numbersFor(range);
  const ending = elementwiseEnding({ kind: "none" }, numbers, range);
  const operands = binaryOperands(lowering, node, { oneChannel: node.kind === "mul" });
  const sum = lowering.fresh(lowering.shape(node.output), operands.axes, numbers);
  const { tensor } = lowering.operandOf(node.output, sum, operands.axes);
  binaryOp(lowering, node, operands, tensor, ending);
  const name = `${node.output}, before its slopes`;
  lowering.define(name, sum);
  lowerChannelwise(lowering, {
    input: name,
    output: node.output,
    activation: node.activation,
    axis: 1,
  });
}
