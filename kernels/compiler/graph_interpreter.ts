/**
 * What a graph means, in the plainest code: for tests only, and slow. Values are row-major with ONNX's axes;
 * sums are kept in float64.
 */
import { broadcastTo, countOf, gather, stridesOf } from "./constant_tensor.ts";
import type {
  Activation,
  BinaryNode,
  ConcatNode,
  ConvNode,
  Graph,
  GraphConstant,
  GraphNode,
  PadNode,
  PoolNode,
  ResizeNode,
  SoftmaxNode,
} from "./graph.ts";
import { interpretConv } from "./interpret_conv.ts";
import { OnnxType } from "./onnx_schema.ts";

/** All outputs of the graph for these inputs. */
export function interpretGraph(
  graph: Graph,
  inputs: Readonly<Record<string, Float32Array>>,
): Record<string, GraphConstant> {
  const values = new Map<string, GraphConstant>(graph.constants);
  for (const name of graph.inputs) {
    values.set(name, { shape: shapeOf(graph, name), data: inputs[name] });
  }
  const read = (name: string) => {
    const value = values.get(name);
    if (!value) throw new Error(`${name} is read before it is made`);
    return value;
  };
  for (const node of graph.nodes) {
    const shape = shapeOf(graph, node.output);
    const data = Float32Array.from(compute(node, node.inputs.map(read), shape));
    if (data.length !== countOf(shape)) throw new Error(`${node.output} is not of its shape`);
    values.set(node.output, { shape, data });
  }
  return Object.fromEntries(graph.outputs.map((name) => [name, read(name)]));
}

function shapeOf(graph: Graph, name: string): readonly number[] {
  const shape = graph.shapes.get(name);
  if (!shape) throw new Error(`${name} has no shape`);
  return shape;
}

type Values = ArrayLike<number> & Iterable<number>;

function compute(
  node: GraphNode,
  inputs: readonly GraphConstant[],
  shape: readonly number[],
): Values {
  const [x] = inputs;
  switch (node.kind) {
    case "conv":
      return activate(
        node.activation,
        interpretConv(node, inputs, shape),
        channelStep(node, shape),
      );
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "max":
    case "min":
      return activate(node.activation, combine(node, inputs, shape), countOf(shape.slice(2)));
    case "unary":
      return activate(node.activation, x.data, countOf(shape.slice(2)));
    case "max_pool":
    case "average_pool":
      return pool(node, x, shape);
    case "resize":
      return resize(node, x, shape);
    case "concat":
      return concat(node, inputs, shape);
    case "slice":
      return move(x, shape, node.starts, node.steps);
    case "pad":
      return pad(node, x, shape);
    case "reshape":
      return x.data;
    case "transpose": {
      const strides = stridesOf(x.shape);
      return pick(x, shape, 0, node.permutation.map((axis) => strides[axis]));
    }
    case "softmax":
      return softmax(node, x);
  }
}

/** Elements from one channel to the next. */
function channelStep(node: ConvNode, shape: readonly number[]): number {
  return node.isMatrix ? 1 : countOf(shape.slice(2));
}

function activate(activation: Activation, values: Values, step: number): Float64Array {
  return Float64Array.from(values, (x, at) => activated(activation, x, Math.floor(at / step)));
}

function activated(activation: Activation, x: number, channel: number): number {
  const sigmoid = 1 / (1 + Math.exp(-x));
  switch (activation.kind) {
    case "none":
      return x;
    case "sigmoid":
      return sigmoid;
    case "tanh":
      return Math.tanh(x);
    case "silu":
      return x * sigmoid;
    case "hard_swish":
      return x * Math.min(1, Math.max(0, x / 6 + 0.5));
    case "exp":
      return Math.exp(x);
    case "sqrt":
      return Math.sqrt(x);
    case "abs":
      return Math.abs(x);
    case "hard_sigmoid":
      return Math.min(1, Math.max(0, activation.alpha * x + activation.beta));
    case "clip":
      return Math.min(activation.high, Math.max(activation.low, x));
    case "leaky":
      return x < 0 ? x * activation.slopes[channel % activation.slopes.length] : x;
  }
}

function combine(
  { kind }: BinaryNode,
  inputs: readonly GraphConstant[],
  shape: readonly number[],
): Float64Array {
  const [a, b] = inputs.map((value) => broadcastTo({ type: OnnxType.FLOAT, ...value }, shape).data);
  return Float64Array.from(a, (left, at) => combined(kind, left, b[at]));
}

function combined(kind: BinaryNode["kind"], a: number, b: number): number {
  switch (kind) {
    case "add":
      return a + b;
    case "sub":
      return a - b;
    case "mul":
      return a * b;
    case "div":
      return a / b;
    case "max":
      return Math.max(a, b);
    case "min":
      return Math.min(a, b);
  }
}

function pool(node: PoolNode, x: GraphConstant, shape: readonly number[]): Float64Array {
  const [, , height, width] = shape;
  const [, , inHeight, inWidth] = x.shape;
  return Float64Array.from({ length: countOf(shape) }, (_, at) => {
    const column = at % width;
    const row = Math.floor(at / width) % height;
    const channel = Math.floor(at / (width * height));
    const seen: number[] = [];
    for (let dy = 0; dy < node.kernel[0]; dy++) {
      for (let dx = 0; dx < node.kernel[1]; dx++) {
        const y = row * node.stride[0] - node.padding[0] + dy * node.dilation[0];
        const z = column * node.stride[1] - node.padding[1] + dx * node.dilation[1];
        const isInside = y >= 0 && y < inHeight && z >= 0 && z < inWidth;
        if (isInside) seen.push(x.data[(channel * inHeight + y) * inWidth + z]);
        else if (node.countPadding) seen.push(0);
      }
    }
    if (node.kind === "max_pool") return Math.max(...seen);
    return seen.reduce((sum, value) => sum + value, 0) / seen.length;
  });
}

function resize(node: ResizeNode, x: GraphConstant, shape: readonly number[]): Float64Array {
  const [, , height, width] = shape;
  const [, , inHeight, inWidth] = x.shape;
  return Float64Array.from({ length: countOf(shape) }, (_, at) => {
    const columns = node.columns[at % width];
    const rows = node.rows[Math.floor(at / width) % height];
    const plane = Math.floor(at / (width * height)) * inHeight;
    const pixel = (y: number, z: number) => x.data[(plane + y) * inWidth + z];
    const blend = (y: number) =>
      pixel(y, columns.first) * (1 - columns.share) + pixel(y, columns.second) * columns.share;
    return blend(rows.first) * (1 - rows.share) + blend(rows.second) * rows.share;
  });
}

function concat(
  { axis }: ConcatNode,
  inputs: readonly GraphConstant[],
  shape: readonly number[],
): number[] {
  const rows = countOf(shape.slice(0, axis));
  return Array.from({ length: rows }, (_, row) =>
    inputs.flatMap(({ data }) => {
      const length = data.length / rows;
      return Array.from(data.subarray(row * length, (row + 1) * length));
    })).flat();
}

function move(
  x: GraphConstant,
  shape: readonly number[],
  starts: readonly number[],
  steps: readonly number[],
): Values {
  const strides = stridesOf(x.shape);
  const start = starts.reduce((sum, from, axis) => sum + from * strides[axis], 0);
  return pick(x, shape, start, steps.map((step, axis) => step * strides[axis]));
}

function pick(
  x: GraphConstant,
  shape: readonly number[],
  start: number,
  steps: readonly number[],
): Values {
  return gather({ type: OnnxType.FLOAT, ...x }, shape, start, steps).data;
}

function pad({ before, value }: PadNode, x: GraphConstant, shape: readonly number[]): Float64Array {
  const strides = stridesOf(shape);
  const from = stridesOf(x.shape);
  return Float64Array.from({ length: countOf(shape) }, (_, at) => {
    const index = strides.map((stride, axis) =>
      Math.floor(at / stride) % shape[axis] - before[axis]
    );
    if (index.some((position, axis) => position < 0 || position >= x.shape[axis])) return value;
    return x.data[index.reduce((sum, position, axis) => sum + position * from[axis], 0)];
  });
}

function softmax({ axis }: SoftmaxNode, { shape, data }: GraphConstant): Float64Array {
  const step = countOf(shape.slice(axis + 1));
  const size = shape[axis];
  const result = new Float64Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const first = at - Math.floor(at / step) % size * step;
    const line = Array.from({ length: size }, (_, k) => data[first + k * step]);
    const highest = Math.max(...line);
    const total = line.reduce((sum, value) => sum + Math.exp(value - highest), 0);
    result[at] = Math.exp(data[at] - highest) / total;
  }
  return result;
}
