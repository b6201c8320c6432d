import { type ConstantTensor, stridesOf } from "../constant_tensor.ts";
import { type OnnxElementType, OnnxType } from "../onnx_schema.ts";
import { axisOf, intAttribute, nodeError, type SourceNode } from "../source_node.ts";
import { type Folder, input, result } from "./folder.ts";

export interface IntegerRange {
  readonly low: number;
  readonly high: number;
}

/** What an element type that values are quantized to can hold. */
export function integerRange(type: OnnxElementType): IntegerRange | undefined {
  switch (type) {
    case OnnxType.UINT8:
      return { low: 0, high: 255 };
    case OnnxType.INT8:
      return { low: -128, high: 127 };
    case OnnxType.UINT16:
      return { low: 0, high: 65535 };
    case OnnxType.INT16:
      return { low: -32768, high: 32767 };
    case OnnxType.INT32:
      return { low: -(2 ** 31), high: 2 ** 31 - 1 };
    default:
      return undefined;
  }
}

/** For element k of a tensor: which scale and zero point are its. One of each, or one an index of `axis`. */
function parameterIndex(node: SourceNode, shape: readonly number[], scale: ConstantTensor) {
  if (scale.data.length === 1) return () => 0;
  const axis = axisOf(node, intAttribute(node, "axis", 1), shape.length);
  if (intAttribute(node, "block_size", 0) !== 0 || scale.data.length !== shape[axis]) {
    throw nodeError(node, `has ${scale.data.length} scales for a tensor of shape [${shape}]`);
  }
  const stride = stridesOf(shape)[axis];
  return (k: number) => Math.floor(k / stride) % shape[axis];
}

const dequantize: Folder = (node, inputs) => {
  const { shape, data } = input(node, inputs, 0);
  const scale = input(node, inputs, 1);
  const zero = inputs[2]?.data ?? scale.data.map(() => 0);
  const indexOf = parameterIndex(node, shape, scale);
  const real = result(node, OnnxType.FLOAT, shape);
  for (let k = 0; k < data.length; k++) {
    const parameter = indexOf(k);
    real.data[k] = (data[k] - zero[parameter]) * scale.data[parameter];
  }
  return [real];
};

const quantize: Folder = (node, inputs) => {
  const { shape, data } = input(node, inputs, 0);
  const scale = input(node, inputs, 1);
  const type = inputs[2]?.type ?? OnnxType.UINT8;
  const range = integerRange(type);
  if (!range) throw nodeError(node, `to element type ${type} is not supported`);
  const zero = inputs[2]?.data ?? scale.data.map(() => 0);
  const indexOf = parameterIndex(node, shape, scale);
  const whole = result(node, type, shape);
  for (let k = 0; k < data.length; k++) {
    const parameter = indexOf(k);
    const steps = roundEven(data[k] / scale.data[parameter]) + zero[parameter];
    whole.data[k] = Math.min(range.high, Math.max(range.low, steps));
  }
  return [whole];
};

/** To the nearest integer, a half to the even one. */
export function roundEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

export const QUANTIZATION: Readonly<Record<string, Folder>> = {
  DequantizeLinear: dequantize,
  QuantizeLinear: quantize,
};
