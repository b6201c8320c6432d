import {
  broadcastShape,
  broadcastTo,
  type ConstantTensor,
  isFloat,
  tensorOf,
} from "../constant_tensor.ts";
import { type OnnxElementType, OnnxType } from "../onnx_schema.ts";
import { intAttribute, nodeError, type SourceNode } from "../source_node.ts";
import { checkedShape, type Folder, input, result } from "./folder.ts";
import { roundEven } from "./quantization.ts";

type Operation = (a: number, b: number) => number;

const truth = (condition: boolean) => condition ? 1 : 0;

function commonShape(
  node: SourceNode,
  a: readonly number[],
  b: readonly number[],
): readonly number[] {
  const shape = broadcastShape(a, b);
  if (!shape) throw nodeError(node, `cannot combine shapes [${a}] and [${b}]`);
  return checkedShape(node, shape);
}

function pairwise(
  node: SourceNode,
  a: ConstantTensor,
  b: ConstantTensor,
  operation: Operation,
  type: OnnxElementType = a.type,
): ConstantTensor {
  const shape = commonShape(node, a.shape, b.shape);
  const left = broadcastTo(a, shape).data;
  const right = broadcastTo(b, shape).data;
  const combined = result(node, type, shape);
  for (let k = 0; k < combined.data.length; k++) combined.data[k] = operation(left[k], right[k]);
  return combined;
}

function binary(operation: Operation, type?: OnnxElementType): Folder {
  return (node, inputs) => [
    pairwise(node, input(node, inputs, 0), input(node, inputs, 1), operation, type),
  ];
}

/** Any number of inputs. */
function reduced(operation: Operation): Folder {
  return (node, inputs) => {
    let total = input(node, inputs, 0);
    for (let at = 1; at < inputs.length; at++) {
      total = pairwise(node, total, input(node, inputs, at), operation);
    }
    return [total];
  };
}

function unary(operation: (x: number) => number): Folder {
  return (node, inputs) => {
    const { type, shape, data } = input(node, inputs, 0);
    return [tensorOf(type, shape, Float64Array.from(data, operation))];
  };
}

/** Integers are divided towards zero. */
const divide: Folder = (node, inputs) => {
  const whole = !isFloat(input(node, inputs, 0));
  return binary(whole ? (a, b) => Math.trunc(a / b) : (a, b) => a / b)(node, inputs);
};

/** With `fmod` the sign of the dividend, else of the divisor. */
const modulo: Folder = (node, inputs) => {
  const likeC = intAttribute(node, "fmod", 0) !== 0;
  return binary(likeC ? (a, b) => a % b : (a, b) => a - b * Math.floor(a / b))(node, inputs);
};

const cast: Folder = (node, inputs) => {
  const { shape, data } = input(node, inputs, 0);
  const wanted = intAttribute(node, "to", OnnxType.FLOAT);
  const type = Object.values(OnnxType).find((known) => known === wanted);
  if (type === undefined) throw nodeError(node, `to element type ${wanted} is not supported`);
  if (type === OnnxType.BOOL) return [tensorOf(type, shape, Array.from(data, (x) => x ? 1 : 0))];
  const real = type === OnnxType.FLOAT || type === OnnxType.FLOAT16 || type === OnnxType.DOUBLE;
  return [tensorOf(type, shape, real ? data : Float64Array.from(data, Math.trunc))];
};

const where: Folder = (node, inputs) => {
  const operands = [0, 1, 2].map((at) => input(node, inputs, at));
  const shape = operands.reduce<readonly number[]>(
    (shape, operand) => commonShape(node, shape, operand.shape),
    [],
  );
  const [condition, a, b] = operands.map((operand) => broadcastTo(operand, shape).data);
  const chosen = result(node, operands[1].type, shape);
  for (let k = 0; k < chosen.data.length; k++) chosen.data[k] = condition[k] ? a[k] : b[k];
  return [chosen];
};

const { BOOL } = OnnxType;

export const ARITHMETIC: Readonly<Record<string, Folder>> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: divide,
  Mod: modulo,
  Pow: binary((a, b) => a ** b),
  Min: reduced(Math.min),
  Max: reduced(Math.max),
  Sum: reduced((a, b) => a + b),
  Equal: binary((a, b) => truth(a === b), BOOL),
  Less: binary((a, b) => truth(a < b), BOOL),
  LessOrEqual: binary((a, b) => truth(a <= b), BOOL),
  Greater: binary((a, b) => truth(a > b), BOOL),
  GreaterOrEqual: binary((a, b) => truth(a >= b), BOOL),
  And: binary((a, b) => a & b, BOOL),
  Or: binary((a, b) => a | b, BOOL),
  Xor: binary((a, b) => a ^ b, BOOL),
  Not: unary((x) => x ? 0 : 1),
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Sign: unary(Math.sign),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Round: unary(roundEven),
  Sqrt: unary(Math.sqrt),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Reciprocal: unary((x) => 1 / x),
  Relu: unary((x) => Math.max(0, x)),
  Cast: cast,
  Where: where,
};
