/** How kernels want to see the values that they read and write. */
import type { ConvNode } from "./graph.ts";
import { type GridAxes, matrixAxes, plainOrder, spatialAxes } from "./layout.ts";
import type { Lowering } from "./lowering.ts";
import { withLast } from "./placement.ts";

/** Where a convolution's input and output have their rows, columns and channels. */
export function convAxes(lowering: Lowering, node: ConvNode): GridAxes {
  const shape = lowering.shape(node.output);
  return node.isMatrix ? matrixAxes(shape) : spatialAxes(shape);
}

/** The axis as the channels, all others as pixels. */
export function axesWithChannels(shape: readonly number[], axis: number): GridAxes {
  const order = withLast(plainOrder(shape.length), axis);
  if (shape.length > 3 && axis === 1) return spatialAxes(shape);
  return { rows: [], columns: order.slice(0, -1), channels: [axis] };
}

export function softmaxAxes(lowering: Lowering, input: string, axis: number): GridAxes {
  return axesWithChannels(lowering.shape(input), axis);
}
