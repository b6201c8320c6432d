/**
 * Which values are computed right where a concatenation wants them. A concatenation's operands then are views
 * of its own buffer, and it costs nothing.
 */
import type { Graph, GraphNode } from "./graph.ts";
import {
  channelsLast,
  denseView,
  elementsIn,
  type GridAxes,
  gridOf,
  matrixAxes,
  orderOf,
  plainOrder,
  reshapeView,
  sliceView,
  spatialAxes,
  transposeView,
  usualOrder,
  type View,
} from "./layout.ts";
import type { BufferIndex } from "./plan_builder.ts";

export interface Place {
  readonly buffer: BufferIndex;
  readonly view: View;
}

export interface PlacementOptions {
  /** A new buffer for a value. */
  readonly allocate: (value: string) => BufferIndex;
  /** Whether an operand's numbers are the concatenation's, so that it may be written there. */
  readonly isAlike: (operand: string, concat: string) => boolean;
}

/** The place of each value that has one before it is computed. From the end, so that places hand down. */
export function placeValues(graph: Graph, options: PlacementOptions): Map<string, Place> {
  const views = naturalViews(graph);
  const producers = new Map(graph.nodes.map((node) => [node.output, node]));
  const places = new Map<string, Place>();
  for (const node of graph.nodes.toReversed()) {
    const place = places.get(node.output) ??
      (node.kind === "concat" ? newPlace(node, viewOf(views, node.output), options) : undefined);
    if (!place) continue;
    places.set(node.output, place);
    for (const [operand, view] of operandViews(graph, node, place.view)) {
      const producer = producers.get(operand);
      const isAlike = node.kind !== "concat" || options.isAlike(operand, node.output);
      if (producer && isAlike && fits(producer, view)) {
        places.set(operand, { buffer: place.buffer, view });
      }
    }
  }
  return places;
}

function newPlace({ output }: GraphNode, natural: View, { allocate }: PlacementOptions): Place {
  return { buffer: allocate(output), view: denseView(natural.shape, orderOf(natural)) };
}

/** Where a node that moves nothing must find its operands, so that its output lies at `view`. */
function operandViews(graph: Graph, node: GraphNode, view: View): [string, View][] {
  const [input] = node.inputs;
  switch (node.kind) {
    case "concat":
      return concatParts(graph, node, view).map((part, index) => [node.inputs[index], part]);
    case "transpose":
      return [[input, transposeView(view, inverse(node.permutation))]];
    case "reshape": {
      const asInput = reshapeView(view, shapeOf(graph, input));
      return asInput ? [[input, asInput]] : [];
    }
    default:
      return [];
  }
}

function inverse(permutation: readonly number[]): number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis));
}

/** Of each operand the slice of the concatenation that it becomes. */
export function concatParts(
  graph: Graph,
  node: Extract<GraphNode, { kind: "concat" }>,
  whole: View,
): View[] {
  let start = 0;
  return node.inputs.map((operand) => {
    const shape = shapeOf(graph, operand);
    const starts = shape.map((_, axis) => axis === node.axis ? start : 0);
    start += shape[node.axis];
    return sliceView(whole, { starts, steps: shape.map(() => 1), shape });
  });
}

export function shapeOf(graph: Graph, value: string): readonly number[] {
  const shape = graph.shapes.get(value);
  if (!shape) throw new Error(`Cannot compile ${graph.name}: the shape of ${value} is not known`);
  return shape;
}

/** How a value would lie if nobody asked for anything: its axes in the order in which kernels give it. */
function naturalViews(graph: Graph): Map<string, View> {
  const views = new Map<string, View>();
  for (const input of graph.inputs) {
    const shape = shapeOf(graph, input);
    views.set(input, denseView(shape, plainOrder(shape.length)));
  }
  for (const [name, { shape }] of graph.constants) {
    views.set(name, denseView(shape, plainOrder(shape.length)));
  }
  for (const node of graph.nodes) views.set(node.output, naturalView(graph, node, views));
  return views;
}

function naturalView(graph: Graph, node: GraphNode, views: ReadonlyMap<string, View>): View {
  const shape = shapeOf(graph, node.output);
  switch (node.kind) {
    case "conv":
      return denseView(shape, node.isMatrix ? plainOrder(shape.length) : channelsLast(shape));
    case "max_pool":
    case "average_pool":
    case "resize":
      return denseView(shape, channelsLast(shape));
    case "softmax":
      return denseView(shape, withLast(plainOrder(shape.length), node.axis));
    case "transpose":
      return transposeView(viewOf(views, node.inputs[0]), node.permutation);
    case "reshape":
      return reshapeView(viewOf(views, node.inputs[0]), shape) ??
        denseView(shape, usualOrder(shape));
    case "concat":
    case "slice":
    case "pad":
    case "unary":
      return denseView(shape, orderOf(viewOf(views, node.inputs[0])));
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "max":
    case "min":
      return denseView(shape, orderOf(viewOf(views, fullOperand(graph, node))));
  }
}

/** The operand whose layout a binary node's output takes: the first of the full shape that is computed. */
export function fullOperand(graph: Graph, node: GraphNode): string {
  const count = elementsIn(shapeOf(graph, node.output));
  const rank = shapeOf(graph, node.output).length;
  const isFull = (name: string) => {
    const shape = shapeOf(graph, name);
    return shape.length === rank && elementsIn(shape) === count && !graph.constants.has(name);
  };
  return node.inputs.find(isFull) ??
    node.inputs.find((name) => shapeOf(graph, name).length === rank) ?? node.inputs[0];
}

export function withLast(order: readonly number[], axis: number): number[] {
  return [...order.filter((other) => other !== axis), axis];
}

function viewOf(views: ReadonlyMap<string, View>, value: string): View {
  const view = views.get(value);
  if (!view) throw new Error(`${value} is used before it is computed`);
  return view;
}

/** Whether the node's kernel, or a node without one, can leave its output there. */
function fits(producer: GraphNode, view: View): boolean {
  switch (producer.kind) {
    case "conv":
      return isGrid(view, producer.isMatrix ? matrixAxes(view.shape) : spatialAxes(view.shape));
    case "max_pool":
    case "average_pool":
    case "resize":
      return isGrid(view, spatialAxes(view.shape));
    default:
      return true;
  }
}

function isGrid(view: View, axes: GridAxes): boolean {
  return gridOf(view, axes) !== undefined;
}
