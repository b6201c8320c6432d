/** TensorFlow's operations in ONNX's: one function an operation, looked up by name in {@link TRANSLATORS}. */
import type { OnnxWriter } from "./onnx_writer.ts";
import { permuted } from "./permuted.ts";
import { elementCount, type TfConstant, type TfNode } from "./tfjs_graph.ts";
import {
  asConstant,
  asStored,
  integerConstant,
  NHWC_STORED_AS_NCHW,
  numbersOf,
  type Padding,
  stored,
  storedAxis,
  storedInOrder,
  type StoredValue,
  turned,
  type Value,
} from "./value.ts";

export interface Site {
  readonly node: TfNode;
  readonly inputs: readonly Value[];
  readonly writer: OnnxWriter;
  /** The node's name as ONNX tensors made for it are called. */
  readonly name: string;
  /** How many nodes read the output of the node behind input `index`. */
  readers(index: number): number;
}

/** Writes what a node does; returns its outputs. Throws `Error("Cannot convert …")`. */
export type Translator = (site: Site) => readonly Value[];

export const TRANSLATORS: Readonly<Record<string, Translator>> = {
  Add: add,
  AddV2: add,
  ConcatV2: concatenate,
  Conv2D: convolve,
  Identity: ({ inputs }) => inputs,
  LeakyRelu: leakyRelu,
  MaxPool: maxPool,
  Pad: pad,
  PadV2: pad,
  Reshape: reshape,
  ResizeBilinear: resizeBilinear,
  Sigmoid: sigmoid,
  SparseToDense: sparseToDense,
  SplitV: split,
  Transpose: transpose,
};

function transpose({ inputs, name }: Site): Value[] {
  return [turned(asStored(inputs[0], name), numbersOf(inputs[1], name))];
}

function pad({ inputs, name }: Site): Value[] {
  const value = asStored(inputs[0], name);
  if (value.padding) throw new Error(`Cannot convert ${name}: its input is already padded`);
  const amounts = numbersOf(inputs[1], name);
  const before: number[] = [];
  const after: number[] = [];
  value.order.forEach((axis, k) => {
    before[axis] = amounts[2 * k];
    after[axis] = amounts[2 * k + 1];
  });
  const fill = inputs.length > 2 ? numbersOf(inputs[2], name)[0] : 0;
  return [{ ...value, padding: { before, after, fill } }];
}

/** The bias is a separate `Add` in TensorFlow: {@link add} moves it in. */
function convolve(site: Site): Value[] {
  const { node, inputs, writer, name } = site;
  const { source, pads } = windowInput(site, 0);
  const filter = asConstant(inputs[1], name);
  const [height, width, channels, filters] = filter.shape;
  const window = { ...windowAttributes(node, [height, width]), pads };
  const dilations = spatial(node.attributes.integers("dilations"));
  const weights = writer.floats(`${name}_weights`, permuted(filter, HWIO_AS_OIHW));
  const group = source.shape[1] / channels;
  const [tensor] = writer.node("Conv", name, [source.tensor, weights], {
    ...window,
    dilations,
    group,
  });
  const shape = [1, filters, ...windowOutput(source.shape, window, dilations)];
  return [stored(tensor, shape, NHWC_STORED_AS_NCHW)];
}

function maxPool(site: Site): Value[] {
  const { node, writer, name } = site;
  const { source, pads } = windowInput(site, -Infinity);
  const window = {
    ...windowAttributes(node, spatial(node.attributes.integers("ksize"))),
    pads,
  };
  const [tensor] = writer.node("MaxPool", name, [source.tensor], window);
  const shape = [1, source.shape[1], ...windowOutput(source.shape, window, [1, 1])];
  return [stored(tensor, shape, NHWC_STORED_AS_NCHW)];
}

interface Window {
  readonly kernel_shape: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
}

/** Input of a sliding window, in NCHW, its padding as ONNX's `pads`: those in front, then those behind. */
function windowInput(
  { inputs, writer, name }: Site,
  neutral: number,
): { source: StoredValue; pads: number[] } {
  const value = asStored(inputs[0], name);
  const { padding, ...unpadded } = value;
  if (padding && !isSpatial(padding, value, neutral)) {
    // As a Pad of its own it would be right, but onnxruntime 1.30 melts that into the window, fill or not.
    throw new Error(`Cannot convert ${name}: padding other than a window's own`);
  }
  const [top, left] = [1, 2].map((axis) => padding?.before[storedAxis(value, axis)] ?? 0);
  const [bottom, right] = [1, 2].map((axis) => padding?.after[storedAxis(value, axis)] ?? 0);
  const source = storedInOrder(writer, unpadded, NHWC_STORED_AS_NCHW, name);
  return { source, pads: [top, left, bottom, right] };
}

/** Whether padding touches only height and width, with what the window itself pads with. */
function isSpatial(padding: Padding, value: StoredValue, neutral: number): boolean {
  const outer = [0, 3].map((axis) => storedAxis(value, axis));
  return padding.fill === neutral &&
    outer.every((axis) => padding.before[axis] === 0 && padding.after[axis] === 0);
}

function windowAttributes(node: TfNode, kernel: readonly number[]) {
  const { attributes } = node;
  if (attributes.text("padding") !== "VALID" || attributes.text("data_format") !== "NHWC") {
    throw new Error(`Cannot convert ${node.name}: ${node.op} other than NHWC with VALID padding`);
  }
  return { kernel_shape: kernel, strides: spatial(attributes.integers("strides")) };
}

function windowOutput(
  inputShape: readonly number[],
  { kernel_shape, strides, pads }: Window,
  dilations: readonly number[],
): number[] {
  return [0, 1].map((k) => {
    const reach = (kernel_shape[k] - 1) * dilations[k] + 1;
    const size = inputShape[2 + k] + pads[k] + pads[2 + k];
    return Math.floor((size - reach) / strides[k]) + 1;
  });
}

/** Height and width of a list that has one number for each axis of NHWC. */
function spatial(nhwc: readonly number[]): number[] {
  return nhwc.slice(1, 3);
}

/** TensorFlow keeps filters as height, width, in, out; ONNX as out, in, height, width. */
const HWIO_AS_OIHW = [3, 2, 0, 1] as const;

function add(site: Site): Value[] {
  const [left, right] = site.inputs;
  if (left.kind === "constant" && right.kind === "constant") return [addConstants(site)];
  if (right.kind === "constant") return [addBias(site, asStored(left, site.name), right.constant)];
  return [addTensors(site, asStored(left, site.name), right)];
}

/** Sums of integers only: they are shapes. */
function addConstants({ inputs, name }: Site): Value {
  const [left, right] = inputs.map((input) => asConstant(input, name));
  if (left.elements.type !== "int" || left.shape.join() !== right.shape.join()) {
    throw new Error(`Cannot convert ${name}: a sum of constants that are not integers alike`);
  }
  const addends = numbersOf(inputs[1], name);
  return integerConstant(left.shape, numbersOf(inputs[0], name).map((v, k) => v + addends[k]));
}

/** A vector added to a convolution's channels is its bias. */
function addBias({ writer, name, readers }: Site, value: StoredValue, bias: TfConstant): Value {
  const convolution = writer.producerOf(value.tensor);
  const channels = value.shape[storedAxis(value, -1)];
  const movable = convolution?.opType === "Conv" && convolution.inputs.length === 2 &&
    readers(0) === 1 && storedAxis(value, -1) === 1;
  if (!movable || bias.shape.join() !== String(channels)) {
    throw new Error(`Cannot convert ${name}: a constant added to other than a convolution`);
  }
  convolution.inputs.push(writer.floats(`${name}_bias`, bias));
  return value;
}

function addTensors({ writer, name }: Site, left: StoredValue, right: StoredValue): Value {
  const first = storedInOrder(writer, left, left.order, `${name}_left`);
  const second = storedInOrder(writer, right, left.order, `${name}_right`);
  if (first.shape.join() !== second.shape.join()) {
    throw new Error(`Cannot convert ${name}: a sum of shapes ${first.shape} and ${second.shape}`);
  }
  const [tensor] = writer.node("Add", name, [first.tensor, second.tensor]);
  return stored(tensor, first.shape, first.order);
}

function leakyRelu(site: Site): Value[] {
  return elementwise(site, "LeakyRelu", { alpha: { float: site.node.attributes.number("alpha") } });
}

function sigmoid(site: Site): Value[] {
  return elementwise(site, "Sigmoid", {});
}

function elementwise(
  { inputs, writer, name }: Site,
  opType: string,
  attributes: Readonly<Record<string, { float: number }>>,
): Value[] {
  const value = asStored(inputs[0], name);
  const source = storedInOrder(writer, value, value.order, name);
  const [tensor] = writer.node(opType, name, [source.tensor], attributes);
  return [stored(tensor, source.shape, source.order)];
}

function concatenate({ inputs, writer, name }: Site): Value[] {
  const values = inputs.slice(0, -1).map((input) => asStored(input, name));
  const { order } = values[0];
  const parts = values.map((value, k) => storedInOrder(writer, value, order, `${name}_part${k}`));
  const axis = storedAxis(parts[0], numbersOf(inputs.at(-1), name)[0]);
  const [tensor] = writer.node("Concat", name, parts.map((part) => part.tensor), { axis });
  const shape = parts[0].shape.with(axis, parts.reduce((sum, part) => sum + part.shape[axis], 0));
  return [stored(tensor, shape, order)];
}

function split({ inputs, writer, name }: Site): Value[] {
  const value = asStored(inputs[0], name);
  const source = storedInOrder(writer, value, value.order, name);
  const sizes = numbersOf(inputs[1], name);
  const axis = storedAxis(source, numbersOf(inputs[2], name)[0]);
  const sizesTensor = writer.integers(`${name}_sizes`, sizes);
  const tensors = writer.node("Split", name, [source.tensor, sizesTensor], { axis }, sizes.length);
  return sizes.map((size, k) => stored(tensors[k], source.shape.with(axis, size), source.order));
}

function reshape({ inputs, writer, name }: Site): Value[] {
  const value = asStored(inputs[0], name);
  const source = storedInOrder(writer, value, value.order.map((_, axis) => axis), name);
  const asked = numbersOf(inputs[1], name);
  const known = elementCount(asked.filter((size) => size !== -1));
  const shape = asked.map((size) => size === -1 ? elementCount(source.shape) / known : size);
  const [tensor] = writer.node("Reshape", name, [
    source.tensor,
    writer.integers(`${name}_shape`, asked),
  ]);
  return [stored(tensor, shape)];
}

function resizeBilinear(site: Site): Value[] {
  const { node, inputs, writer, name } = site;
  if (!node.attributes.flag("half_pixel_centers")) {
    throw new Error(`Cannot convert ${name}: ResizeBilinear without half-pixel centres`);
  }
  const value = asStored(inputs[0], name);
  const source = storedInOrder(writer, value, NHWC_STORED_AS_NCHW, name);
  const shape = [...source.shape.slice(0, 2), ...numbersOf(inputs[1], name)];
  const target = resizeTarget(site, shape, source.shape);
  const [tensor] = writer.node("Resize", name, [source.tensor, "", ...target], {
    mode: "linear",
    coordinate_transformation_mode: "half_pixel",
  });
  return [stored(tensor, shape, NHWC_STORED_AS_NCHW)];
}

/** The inputs `scales` and `sizes` of a Resize: a scale, where there is one, fits other input sizes too. */
function resizeTarget(
  { writer, name }: Site,
  shape: readonly number[],
  from: readonly number[],
): string[] {
  const scales = shape.map((size, axis) => size / from[axis]);
  const isExact = scales.every((scale) => Math.fround(scale) === scale);
  if (!isExact) return ["", writer.integers(`${name}_sizes`, shape)];
  const values = Float32Array.from(scales);
  const elements = { type: "float32", values } as const;
  return [writer.floats(`${name}_scales`, { shape: [scales.length], elements })];
}

/** Vectors only: it builds shapes. */
function sparseToDense({ inputs, name }: Site): Value[] {
  const [indices, length, values, filler] = inputs.map((input) => numbersOf(input, name));
  if (length.length !== 1) throw new Error(`Cannot convert ${name}: SparseToDense of a matrix`);
  const dense = new Array<number>(length[0]).fill(filler[0]);
  indices.forEach((index, k) => dense[index] = values[k]);
  return [integerConstant(length, dense)];
}
