import type { BinaryNode } from "./graph.ts";
import {
  broadcastView,
  elementsIn,
  elementwiseAxes,
  type Grid,
  type GridAxes,
  gridOf,
  orderOf,
  spatialAxes,
  type View,
} from "./layout.ts";
import type { GridOperand, Lowering, Stored } from "./lowering.ts";
import { fullOperand } from "./placement.ts";

/** Operands as kernels of two take them: `a` whole, `b` whole, or one pixel, or one channel, or both. */
export interface BinaryOperands {
  readonly a: GridOperand;
  readonly b: GridOperand;
  readonly axes: GridAxes;
  /** Whether a is the node's second input. */
  readonly isSwapped: boolean;
}

/** What an op's `b` may be. */
export interface BinaryForm {
  readonly oneChannel: boolean;
}

const COMMUTATIVE = new Set(["add", "mul", "max", "min"]);

/** Puts the operands of a node in the form that its kernel takes, by copies where nothing else helps. */
export function binaryOperands(
  lowering: Lowering,
  node: BinaryNode,
  form: BinaryForm,
): BinaryOperands {
  const shape = lowering.shape(node.output);
  const isSwapped = COMMUTATIVE.has(node.kind) &&
    fullOperand(lowering.graph, node) !== node.inputs[0];
  const [nameA, nameB] = isSwapped ? node.inputs.toReversed() : node.inputs;
  const a = whole(lowering, nameA, shape);
  const b = withRank(lowering.read(nameB), shape.length);
  const axes = axesFor(node, a.view, b.view, form);
  const operandA = lowering.operandOf(nameA, a, axes);
  const gridB = gridOf(b.view, axes);
  const operandB = gridB && goesWith(operandA.grid, gridB, form)
    ? lowering.operandOf(nameB, b, axes)
    : lowering.operandOf(nameB, repeated(lowering, nameB, b, shape, axes), axes);
  return { a: operandA, b: operandB, axes, isSwapped };
}

function whole(lowering: Lowering, name: string, shape: readonly number[]): Stored {
  const stored = withRank(lowering.read(name), shape.length);
  if (elementsIn(stored.view.shape) === elementsIn(shape)) return stored;
  const axes = spatialAxes(shape);
  return repeated(lowering, name, stored, shape, axes);
}

function repeated(
  lowering: Lowering,
  name: string,
  stored: Stored,
  shape: readonly number[],
  axes: GridAxes,
): Stored {
  const target = lowering.fresh(shape, axes, stored.numbers);
  lowering.move(name, { ...stored, view: broadcastView(stored.view, shape) }, target);
  return target;
}

/** ONNX aligns shapes at their last axes. */
function withRank(stored: Stored, rank: number): Stored {
  const { shape, strides, offset } = stored.view;
  const missing = Array.from({ length: rank - shape.length }, () => 1);
  return {
    ...stored,
    view: { shape: [...missing, ...shape], strides: [...missing, ...strides], offset },
  };
}

function axesFor({ activation }: BinaryNode, a: View, b: View, form: BinaryForm): GridAxes {
  const hasSlopes = activation.kind === "leaky" && activation.slopes.length > 1;
  if (hasSlopes) return spatialAxes(a.shape);
  const ways = elementwiseAxes(a.shape, orderOf(a));
  const suits = (axes: GridAxes) => {
    const [gridA, gridB] = [gridOf(a, axes), gridOf(b, axes)];
    return gridA && gridB && goesWith(gridA, gridB, form);
  };
  return ways.find(suits) ?? ways.find((axes) => gridOf(a, axes)) ?? ways[0];
}

function goesWith(a: Grid, b: Grid, { oneChannel }: BinaryForm): boolean {
  const samePixels = a.height === b.height && a.width === b.width;
  const onePixel = b.height === 1 && b.width === 1;
  return (samePixels || onePixel) &&
    (a.channels === b.channels || (oneChannel && b.channels === 1));
}
