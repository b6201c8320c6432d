/** Nodes that only move elements: most become another view of what is there, the rest `copy` ops. */
import type {
  ConcatNode,
  GraphNode,
  PadNode,
  ReshapeNode,
  SliceNode,
  TransposeNode,
} from "./graph.ts";
import {
  denseView,
  plainOrder,
  reshapeView,
  sameView,
  sliceView,
  transposeView,
  usualOrder,
} from "./layout.ts";
import { type Lowering, sameNumbers } from "./lowering.ts";
import { concatParts } from "./placement.ts";

export type MoveNode = ConcatNode | PadNode | ReshapeNode | SliceNode | TransposeNode;

export function isMove(node: GraphNode): node is MoveNode {
  return ["concat", "pad", "reshape", "slice", "transpose"].includes(node.kind);
}

/** `quantized` turns a pad's value into elements. */
export function lowerMove(
  lowering: Lowering,
  node: MoveNode,
  quantized: (value: number) => number,
): void {
  switch (node.kind) {
    case "concat":
      return lowerConcat(lowering, node);
    case "pad":
      return lowerPad(lowering, node, quantized);
    case "reshape":
      return lowerReshape(lowering, node);
    case "slice":
      return lowerSlice(lowering, node);
    case "transpose":
      return lowerTranspose(lowering, node);
  }
}

function lowerTranspose(lowering: Lowering, { inputs, output, permutation }: TransposeNode): void {
  const stored = lowering.read(inputs[0]);
  lowering.settle(output, { ...stored, view: transposeView(stored.view, permutation) });
}

function lowerSlice(lowering: Lowering, { inputs, output, starts, steps }: SliceNode): void {
  const stored = lowering.read(inputs[0]);
  const view = sliceView(stored.view, { starts, steps, shape: lowering.shape(output) });
  lowering.settle(output, { ...stored, view });
}

function lowerReshape(lowering: Lowering, { inputs, output }: ReshapeNode): void {
  const stored = lowering.read(inputs[0]);
  const shape = lowering.shape(output);
  const view = reshapeView(stored.view, shape);
  if (view) return lowering.settle(output, { ...stored, view });
  lowering.settle(output, rearranged(lowering, output, inputs[0]));
}

/** A copy of the elements such that the new shape lies as kernels like it. */
function rearranged(lowering: Lowering, output: string, input: string) {
  const stored = lowering.read(input);
  const shape = lowering.shape(output);
  const target = lowering.target(output);
  const asInput = reshapeView(target.view, stored.view.shape);
  if (asInput) {
    lowering.move(output, stored, { ...target, view: asInput });
    return target;
  }
  // Neither layout can be seen in the other's shape: through ONNX's own order.
  const plain = lowering.freshPort(stored.view.shape, stored.numbers);
  lowering.move(output, stored, plain);
  return { ...plain, view: denseView(shape, plainOrder(shape.length)) };
}

function lowerConcat(lowering: Lowering, node: ConcatNode): void {
  const whole = lowering.target(node.output);
  concatParts(lowering.graph, node, whole.view).forEach((view, index) => {
    const stored = lowering.read(node.inputs[index]);
    const isThere = stored.buffer === whole.buffer && sameView(stored.view, view) &&
      sameNumbers(stored.numbers, whole.numbers);
    if (!isThere) lowering.move(node.inputs[index], stored, { ...whole, view });
  });
  lowering.define(node.output, whole);
}

function lowerPad(
  lowering: Lowering,
  { inputs, output, before, value }: PadNode,
  quantized: (value: number) => number,
): void {
  const stored = lowering.read(inputs[0]);
  const shape = lowering.shape(output);
  // Never in its place: the fill would wipe out what else lies in a wider tensor.
  const target = lowering.freshView(denseView(shape, usualOrder(shape)), stored.numbers);
  lowering.fill(output, target, quantized(value));
  const inside = sliceView(target.view, {
    starts: before,
    steps: before.map(() => 1),
    shape: lowering.shape(inputs[0]),
  });
  lowering.move(output, stored, { ...target, view: inside });
  lowering.settle(output, target);
}
