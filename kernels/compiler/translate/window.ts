import {
  intAttribute,
  intsAttribute,
  nodeError,
  type SourceNode,
  textAttribute,
} from "../source_node.ts";

type Pair = readonly [number, number];
type Edges = readonly [top: number, left: number, bottom: number, right: number];

export interface Placement {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: Edges;
  /** The output's height and width. */
  readonly size: Pair;
  /** Positions of windows beyond the padding, that rounding up (`ceil_mode`) adds: bottom, right. */
  readonly overhang: Pair;
}

/** A window's attributes, as of an N C H W tensor; `axes` is 1 for N C L, seen as of height 1. */
export interface WindowAttributes {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: Edges;
}

/** Of a kernel, a stride, a dilation, pads: far more than any network has. */
const MAX_STEP = 2 ** 16;

export function windowAttributes(
  node: SourceNode,
  kernel: readonly number[],
  axes: number,
): WindowAttributes {
  const pads = intsAttribute(node, "pads") ?? new Array<number>(axes * 2).fill(0);
  if (pads.length !== axes * 2 || !pads.every((pad) => pad >= 0 && pad <= MAX_STEP)) {
    throw nodeError(node, `has pads of [${pads}], which are not supported`);
  }
  const [top, left, bottom, right] = axes === 1 ? [0, pads[0], 0, pads[1]] : pads;
  return {
    kernel: pair(node, "kernel_shape", kernel, axes),
    stride: pair(node, "strides", intsAttribute(node, "strides"), axes),
    dilation: pair(node, "dilations", intsAttribute(node, "dilations"), axes),
    padding: [top, left, bottom, right],
  };
}

/** Vertical and horizontal; of one axis the horizontal. */
export function pair(
  node: SourceNode,
  name: string,
  given: readonly number[] | undefined,
  axes: number,
  fallback = 1,
): Pair {
  const values = given ?? new Array<number>(axes).fill(fallback);
  if (values.length !== axes || !values.every((value) => value >= fallback && value <= MAX_STEP)) {
    throw nodeError(node, `has ${name} of [${values}], which are not supported`);
  }
  return axes === 1 ? [fallback, values[0]] : [values[0], values[1]];
}

/** Where the windows lie on an input of this height and width, by the ONNX operators' rules. */
export function placeWindow(
  node: SourceNode,
  input: Pair,
  kernel: readonly number[],
  axes: number,
): Placement {
  const attributes = windowAttributes(node, kernel, axes);
  const edges = [0, 1].map((axis) => placeAxis(node, attributes, axis, input[axis]));
  const [rows, columns] = edges;
  return {
    ...attributes,
    padding: [rows.before, columns.before, rows.after, columns.after],
    size: [rows.size, columns.size],
    overhang: [rows.overhang, columns.overhang],
  };
}

function placeAxis(node: SourceNode, window: WindowAttributes, axis: number, input: number) {
  const stride = window.stride[axis];
  const extent = (window.kernel[axis] - 1) * window.dilation[axis] + 1;
  const mode = textAttribute(node, "auto_pad", "NOTSET");
  if (mode === "SAME_UPPER" || mode === "SAME_LOWER") {
    const size = Math.ceil(input / stride);
    const total = Math.max(0, (size - 1) * stride + extent - input);
    const less = Math.floor(total / 2);
    const before = mode === "SAME_UPPER" ? less : total - less;
    return { before, after: total - before, size, overhang: 0 };
  }
  if (mode !== "NOTSET" && mode !== "VALID") throw nodeError(node, `has an auto_pad of ${mode}`);
  const [before, after] = mode === "VALID"
    ? [0, 0]
    : [window.padding[axis], window.padding[axis + 2]];
  return { before, after, ...windowCount(node, { input, before, after, extent, stride }) };
}

interface Axis {
  readonly input: number;
  readonly before: number;
  readonly after: number;
  readonly extent: number;
  readonly stride: number;
}

function windowCount(node: SourceNode, { input, before, after, extent, stride }: Axis) {
  const room = input + before + after - extent;
  if (room < 0) {
    throw nodeError(node, `has a window of ${extent} on an input of ${input} with its padding`);
  }
  if (intAttribute(node, "ceil_mode", 0) === 0) {
    return { size: Math.floor(room / stride) + 1, overhang: 0 };
  }
  const rounded = Math.ceil(room / stride) + 1;
  // A window that would begin in the padding behind the input is dropped (ONNX 1.16, as PyTorch).
  const size = (rounded - 1) * stride >= input + before ? rounded - 1 : rounded;
  return { size, overhang: Math.max(0, (size - 1) * stride - room) };
}
