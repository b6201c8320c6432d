import type { PlanPort, TensorIndex, Window } from "../plan.ts";
import type { Graph, GraphNode } from "./graph.ts";
import {
  copyBox,
  denseView,
  elementsIn,
  elementwiseAxes,
  type Grid,
  type GridAxes,
  gridOf,
  matrixAxes,
  orderOf,
  orderOfAxes,
  pixelView,
  plainOrder,
  sameView,
  usualOrder,
  type View,
} from "./layout.ts";
import { type Place, placeValues, shapeOf } from "./placement.ts";
import {
  type BufferIndex,
  FLOATS,
  type Numbers,
  type PlanBody,
  PlanBuilder,
  type Ports,
} from "./plan_builder.ts";

/** A value that has been computed: which elements of which buffer, and what they stand for. */
export interface Stored {
  readonly buffer: BufferIndex;
  readonly view: View;
  readonly numbers: Numbers;
}

/** A value as an operand of a kernel. */
export interface GridOperand {
  readonly tensor: TensorIndex;
  readonly grid: Grid;
  readonly stored: Stored;
}

/** Tensors of the same pixels and channels. */
export interface Alike {
  readonly axes: GridAxes;
  readonly tensors: readonly TensorIndex[];
}

/** What differs between precisions. */
export interface Precision {
  /** How a value is stored. */
  numbersOf(value: string): Numbers;
  /** u7 of one scale to u7 of another: 128 entries for `copy`. Called only where they differ. */
  convert(from: Numbers, to: Numbers): Uint8Array;
  /** Makes a constant a value in the arena. */
  materialize(lowering: Lowering, name: string): Stored;
}

/** Pixels of three channels are kept four elements apart: aligned, and kernels read fours. */
const IMAGE_CHANNELS = 3;
const IMAGE_STRIDE = 4;
/** No side of a tensor is longer (check_plan.ts). */
const MAX_SIDE = 2 ** 20;

/** The state of turning a graph into a plan: where each value lies, and the ops so far. */
export class Lowering {
  readonly builder = new PlanBuilder();
  readonly #places: ReadonlyMap<string, Place>;
  readonly #values = new Map<string, Stored>();
  /** Copies of values in another layout: made once. */
  readonly #copies = new Map<string, Stored>();

  constructor(readonly graph: Graph, readonly precision: Precision) {
    this.#places = placeValues(graph, {
      allocate: (value) => this.#newBuffer(precision.numbersOf(value), this.shape(value)),
      isAlike: (operand, concat) =>
        sameNumbers(precision.numbersOf(operand), precision.numbersOf(concat)),
    });
  }

  shape(value: string): readonly number[] {
    return shapeOf(this.graph, value);
  }

  /** The value where it lies. */
  read(value: string): Stored {
    const stored = this.#values.get(value);
    if (stored) return stored;
    if (!this.graph.constants.has(value)) throw new Error(`${value} is used before it is computed`);
    const made = this.precision.materialize(this, value);
    this.#values.set(value, made);
    return made;
  }

  define(value: string, stored: Stored): void {
    this.#values.set(value, stored);
  }

  /** The value on a grid of the given axes: where it lies, or in a copy. */
  operand(value: string, axes: GridAxes): GridOperand {
    return this.operandOf(value, this.read(value), axes);
  }

  operandOf(name: string, stored: Stored, axes: GridAxes): GridOperand {
    const grid = gridOf(stored.view, axes);
    if (grid) return { tensor: this.tensor(name, stored, grid), grid, stored };
    const key = JSON.stringify([stored, axes]);
    const copy = this.#copies.get(key) ?? this.#copied(name, stored, axes);
    this.#copies.set(key, copy);
    return this.operandOf(name, copy, axes);
  }

  /** Values of one shape on grids alike, as kernels that treat all pixels alike want them. */
  alike(name: string, ...values: readonly Stored[]): Alike {
    const [{ view: first }] = values;
    const ways = elementwiseAxes(first.shape, orderOf(first));
    const axes = ways.find((axes) => values.every(({ view }) => gridOf(view, axes))) ??
      ways.find((axes) => gridOf(first, axes)) ?? ways[0];
    return { axes, tensors: values.map((value) => this.operandOf(name, value, axes).tensor) };
  }

  tensor(name: string, { buffer, view, numbers }: Stored, grid: Grid): TensorIndex {
    return this.builder.tensor({ name, buffer, offset: view.offset, grid, numbers });
  }

  /** Computes a value by one op onto a grid of the given axes, in its place if it has one. */
  produce(value: string, axes: GridAxes, run: (output: TensorIndex, grid: Grid) => void): void {
    const place = this.#places.get(value);
    const numbers = this.precision.numbersOf(value);
    const target = place && gridOf(place.view, axes)
      ? { ...place, numbers }
      : this.fresh(this.shape(value), axes, numbers);
    const { tensor, grid } = this.operandOf(value, target, axes);
    run(tensor, grid);
    this.settle(value, target);
  }

  /** Says where a value lies; moves it where it has a place elsewhere. */
  settle(value: string, stored: Stored): void {
    const place = this.#places.get(value);
    const isThere = !place ||
      (place.buffer === stored.buffer && sameView(place.view, stored.view));
    if (isThere) return this.define(value, stored);
    const target = { ...place, numbers: this.precision.numbersOf(value) };
    this.move(value, stored, target);
    this.define(value, target);
  }

  /** Where a value of a new buffer may be built up by several ops. */
  target(value: string): Stored {
    const numbers = this.precision.numbersOf(value);
    const place = this.#places.get(value);
    if (place) return { ...place, numbers };
    const shape = this.shape(value);
    return this.freshView(denseView(shape, usualOrder(shape)), numbers);
  }

  fresh(shape: readonly number[], axes: GridAxes, numbers: Numbers): Stored {
    return this.freshView(denseView(shape, orderOfAxes(axes)), numbers);
  }

  /** As `fresh`, with room for a fourth channel of images. */
  freshImage(shape: readonly number[], axes: GridAxes, numbers: Numbers): Stored {
    const channels = elementsIn(axes.channels.map((axis) => shape[axis]));
    const stride = channels === IMAGE_CHANNELS ? IMAGE_STRIDE : channels;
    const buffer = this.builder.buffer(numbers.type, elementsIn(shape) / channels * stride);
    return { buffer, view: pixelView(shape, axes, stride), numbers };
  }

  freshView(view: View, numbers: Numbers): Stored {
    return { buffer: this.#newBuffer(numbers, view.shape), view, numbers };
  }

  /** Copies elements to another place, through a table where the numbers differ. */
  move(name: string, from: Stored, to: Stored): void {
    const input = this.#whole(name, from);
    const output = this.#whole(name, to);
    const box = copyBox(from.view, to.view);
    if (sameNumbers(from.numbers, to.numbers)) {
      return this.builder.op({ op: "copy", input, output, ...box });
    }
    const table = this.builder.constants.add(this.precision.convert(from.numbers, to.numbers));
    this.builder.op({ op: "copy", input, output, ...box, table });
  }

  fill(name: string, stored: Stored, value: number): void {
    this.builder.op({ op: "fill", output: this.#whole(name, stored), value });
  }

  /** A port of the network: dense, the axes in ONNX's order. */
  port(name: string, stored: Stored): PlanPort {
    const { tensor } = this.operandOf(name, stored, matrixAxes(stored.view.shape));
    return { name, tensor, shape: stored.view.shape };
  }

  /** The value as callers get it: copied where it does not lie so, and in floats. */
  outputPort(name: string, stored: Stored): PlanPort {
    const dense = this.#dense(name, stored);
    if (isFloat(dense.numbers)) return this.port(name, dense);
    const floats = this.freshPort(dense.view.shape, FLOATS);
    const { tensors: [input, output] } = this.alike(name, dense, floats);
    this.builder.op({ op: "dequantize", input, output });
    return this.port(name, floats);
  }

  #dense(name: string, stored: Stored): Stored {
    const { shape } = stored.view;
    const plain = { ...denseView(shape, plainOrder(shape.length)), offset: stored.view.offset };
    if (sameView(stored.view, plain)) return stored;
    const copy = this.freshPort(shape, stored.numbers);
    this.move(name, stored, copy);
    return copy;
  }

  /** A new buffer that a port fills or empties. */
  freshPort(shape: readonly number[], numbers: Numbers): Stored {
    return this.freshView(denseView(shape, plainOrder(shape.length)), numbers);
  }

  finish(ports: Ports): PlanBody {
    return this.builder.finish(ports);
  }

  #copied(name: string, stored: Stored, axes: GridAxes): Stored {
    const copy = this.freshImage(stored.view.shape, axes, stored.numbers);
    this.move(name, stored, copy);
    return copy;
  }

  #newBuffer({ type }: Numbers, shape: readonly number[]): BufferIndex {
    return this.builder.buffer(type, elementsIn(shape));
  }

  /** The whole buffer as one tensor, for ops that know strides themselves. */
  #whole(name: string, { buffer, numbers }: Stored): TensorIndex {
    const elements = this.builder.bufferElements(buffer);
    const channels = largestSide(elements);
    const width = elements / channels;
    const grid = { height: 1, width, channels, stride: channels };
    return this.builder.tensor({ name, buffer, offset: 0, grid, numbers });
  }
}

/** The largest divisor that a side of a tensor may have. Throws where both sides cannot be that short. */
function largestSide(elements: number): number {
  for (let divisor = 1; divisor <= MAX_SIDE; divisor++) {
    const side = elements / divisor;
    if (Number.isInteger(side) && side <= MAX_SIDE && side > 0) return side;
  }
  throw new Error(`no tensor holds its ${elements} elements`);
}

export function sameNumbers(a: Numbers, b: Numbers): boolean {
  return a.type === b.type && a.scale === b.scale && a.zero === b.zero;
}

export function isFloat({ type }: Numbers): boolean {
  return type === FLOATS.type;
}

/** ONNX's padding has four sides; what follows the last row and column is the output's size. */
export function windowOf(
  { kernel, stride, dilation, padding }: Extract<GraphNode, { padding: unknown }>,
): Window {
  return { kernel, stride, dilation, padding: [padding[0], padding[1]] };
}
