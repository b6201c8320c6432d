/** TensorFlow Lite's operators in ONNX's: one function an operator, looked up in {@link TFLITE_TRANSLATORS}. */
import type { OnnxWriter } from "./onnx_writer.ts";
import { permuted } from "./permuted.ts";
import type { TfConstant } from "./tfjs_graph.ts";
import type { TfliteOperator } from "./tflite_graph.ts";
import {
  asConstant,
  asStored,
  NHWC_STORED_AS_NCHW,
  stored,
  storedAxis,
  storedInOrder,
  type StoredValue,
  type Value,
} from "./value.ts";

export interface TfliteSite {
  readonly operator: TfliteOperator;
  /** Undefined where an optional input is left out. */
  readonly inputs: readonly (Value | undefined)[];
  /** Of the first output, axes as TensorFlow has them. */
  readonly outputShape: readonly number[];
  readonly writer: OnnxWriter;
  /** The first output's name as ONNX tensors made for it are called. */
  readonly name: string;
}

/** Writes what an operator does; returns its first output. Throws `Error("Cannot convert …")`. */
export type TfliteTranslator = (site: TfliteSite) => Value;

export const TFLITE_TRANSLATORS: Readonly<Record<string, TfliteTranslator>> = {
  ADD: add,
  CONCATENATION: concatenate,
  CONV_2D: convolve,
  DEPTHWISE_CONV_2D: convolveDepthwise,
  DEQUANTIZE: dequantize,
  RESHAPE: reshape,
};

/** Fields of the operators' options. */
const CONV = { activation: 3, dilation: [5, 4] } as const;
const DEPTHWISE = { activation: 4, dilation: [6, 5] } as const;
const PADDING = 0;
const STRIDES = [2, 1] as const;
const ADD_ACTIVATION = 0;
const CONCATENATION = { axis: 0, activation: 1 } as const;

/** `ActivationFunctionType`; of those that clip, the bounds. */
const ACTIVATION = { none: 0, relu: 1 };
const CLIPS: Readonly<Record<number, readonly [low: number, high: number]>> = {
  2: [-1, 1],
  3: [0, 6],
};

/** Filters as TensorFlow Lite keeps them, out, height, width, in, in ONNX's order. */
const OHWI_AS_OIHW = [0, 3, 1, 2] as const;
/** Those of a depthwise convolution: one, height, width, channels. */
const IHWO_AS_OIHW = [3, 0, 1, 2] as const;

function convolve(site: TfliteSite): Value {
  const filter = permuted(asConstant(site.inputs[1], site.name), OHWI_AS_OIHW);
  return convolution(site, filter, CONV);
}

function convolveDepthwise(site: TfliteSite): Value {
  const filter = permuted(asConstant(site.inputs[1], site.name), IHWO_AS_OIHW);
  return convolution(site, filter, DEPTHWISE);
}

function convolution(
  site: TfliteSite,
  filter: TfConstant,
  fields: { readonly activation: number; readonly dilation: readonly number[] },
): Value {
  const { operator, inputs, writer, name } = site;
  const source = storedInOrder(writer, asStored(inputs[0], name), NHWC_STORED_AS_NCHW, name);
  const [filters, channels, ...kernel] = filter.shape;
  const strides = STRIDES.map((field) => operator.intOption(field, 1));
  const dilations = fields.dilation.map((field) => operator.intOption(field, 1));
  const reach = kernel.map((size, k) => (size - 1) * dilations[k] + 1);
  const activation = operator.byteOption(fields.activation);
  const result = activation === ACTIVATION.none ? name : `${name}/linear`;
  const operands = [source.tensor, writer.floats(`${name}_weights`, filter)];
  if (inputs[2]) operands.push(writer.floats(`${name}_bias`, asConstant(inputs[2], name)));
  const [tensor] = writer.node("Conv", result, operands, {
    kernel_shape: kernel,
    strides,
    dilations,
    pads: padsOf(site, source.shape.slice(2), reach, strides),
    group: source.shape[1] / channels,
  });
  const shape = [1, filters, ...site.outputShape.slice(1, 3)];
  return activated(site, stored(tensor, shape, NHWC_STORED_AS_NCHW), activation);
}

/** `Padding`: SAME is 0, VALID 1. SAME puts the odd pixel behind. */
function padsOf(
  { operator, name }: TfliteSite,
  size: readonly number[],
  reach: readonly number[],
  strides: readonly number[],
): number[] {
  const padding = operator.byteOption(PADDING);
  if (padding === 1) return [0, 0, 0, 0];
  if (padding !== 0) throw new Error(`Cannot convert ${name}: unknown padding ${padding}`);
  const missing = size.map((pixels, k) =>
    Math.max((Math.ceil(pixels / strides[k]) - 1) * strides[k] + reach[k] - pixels, 0)
  );
  const before = missing.map((pixels) => pixels >> 1);
  return [...before, ...missing.map((pixels, k) => pixels - before[k])];
}

/** What TensorFlow Lite fused into an operator, as a node of its own that is called as the operator is. */
function activated(site: TfliteSite, value: StoredValue, activation: number): StoredValue {
  const { writer, name } = site;
  if (activation === ACTIVATION.none) return value;
  if (activation === ACTIVATION.relu) {
    return { ...value, tensor: writer.node("Relu", name, [value.tensor])[0] };
  }
  if (!Object.hasOwn(CLIPS, activation)) {
    throw new Error(`Cannot convert ${name}: unknown activation ${activation}`);
  }
  const [low, high] = CLIPS[activation];
  const bounds = [writer.scalar(`${name}_low`, low), writer.scalar(`${name}_high`, high)];
  return { ...value, tensor: writer.node("Clip", name, [value.tensor, ...bounds])[0] };
}

function add(site: TfliteSite): Value {
  const { operator, inputs, writer, name } = site;
  const left = asStored(inputs[0], name);
  const right = storedInOrder(writer, asStored(inputs[1], name), left.order, name);
  if (left.shape.join() !== right.shape.join()) {
    throw new Error(`Cannot convert ${name}: a sum of shapes ${left.shape} and ${right.shape}`);
  }
  const activation = operator.byteOption(ADD_ACTIVATION);
  const result = activation === ACTIVATION.none ? name : `${name}/linear`;
  const [tensor] = writer.node("Add", result, [left.tensor, right.tensor]);
  return activated(site, stored(tensor, left.shape, left.order), activation);
}

function concatenate({ operator, inputs, writer, name }: TfliteSite): Value {
  if (operator.byteOption(CONCATENATION.activation) !== ACTIVATION.none) {
    throw new Error(`Cannot convert ${name}: a concatenation with an activation`);
  }
  const values = inputs.map((input) => asStored(input, name));
  const { order } = values[0];
  const parts = values.map((value, k) => storedInOrder(writer, value, order, `${name}_part${k}`));
  const axis = storedAxis(parts[0], operator.intOption(CONCATENATION.axis));
  const [tensor] = writer.node("Concat", name, parts.map((part) => part.tensor), { axis });
  const shape = parts[0].shape.with(axis, parts.reduce((sum, part) => sum + part.shape[axis], 0));
  return stored(tensor, shape, order);
}

function reshape({ inputs, outputShape, writer, name }: TfliteSite): Value {
  const value = asStored(inputs[0], name);
  const source = storedInOrder(writer, value, value.order.map((_, axis) => axis), name);
  const shape = writer.integers(`${name}_shape`, outputShape);
  return stored(writer.node("Reshape", name, [source.tensor, shape])[0], outputShape);
}

/** Of half-precision weights: they stay 16 bits in the file. */
function dequantize({ inputs, name }: TfliteSite): Value {
  const constant = asConstant(inputs[0], name);
  if (constant.elements.type === "float16") return { kind: "constant", constant };
  throw new Error(`Cannot convert ${name}: DEQUANTIZE of other than half-precision weights`);
}
