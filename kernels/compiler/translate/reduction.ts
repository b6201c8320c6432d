import { countOf } from "../constant_tensor.ts";
import type { PoolNode } from "../graph.ts";
import { type GraphBuilder, named } from "../graph_builder.ts";
import {
  axisOf,
  intAttribute,
  intsAttribute,
  nodeError,
  type SourceNode,
  unsupported,
} from "../source_node.ts";
import { addScaled } from "./elementwise.ts";
import { wholeWindow } from "./pooling.ts";
import type { Translator } from "./translator.ts";

/** A reduction over neighbouring axes is one pooling window over them. */
function reduction(kind: PoolNode["kind"], isSum = false): Translator {
  return (node, builder) => {
    const [input] = node.inputs;
    const from = builder.shapeOf(node, input);
    const axes = reducedAxes(node, builder, from);
    if (axes.size === 0) return builder.alias(node.outputs[0], input);
    const large = [...axes].filter((axis) => from[axis] > 1).sort((a, b) => a - b);
    const keep = intAttribute(node, "keepdims", 1) !== 0;
    const kept = from.map((size, axis) => axes.has(axis) ? 1 : size);
    const shape = keep ? kept : kept.filter((_, axis) => !axes.has(axis));
    const pooled = large.length ? addWindow(node, builder, kind, input, large) : input;
    const count = countOf(large.map((axis) => from[axis]));
    const total = isSum && count > 1
      ? addScaled(node, builder, pooled, count, builder.fresh(`${node.outputs[0]}_sum`))
      : pooled;
    builder.reshape(node, total, node.outputs[0], shape);
  };
}

/** Given as an input (ReduceSum since opset 13, the others since 18) or attribute; none means all. */
function reducedAxes(
  node: SourceNode,
  builder: GraphBuilder,
  from: readonly number[],
): Set<number> {
  const given = builder.optionalConstant(node, 1, "axes");
  const axes = given ? Array.from(given.data) : intsAttribute(node, "axes") ?? [];
  if (axes.length) return new Set(axes.map((axis) => axisOf(node, axis, from.length)));
  const none = intAttribute(node, "noop_with_empty_axes", 0) !== 0;
  return new Set(none ? [] : from.keys());
}

/** Rows, columns or both of an image as they are; other axes, if they are neighbours, seen as columns. */
function addWindow(
  node: SourceNode,
  builder: GraphBuilder,
  kind: PoolNode["kind"],
  input: string,
  axes: readonly number[],
): string {
  const from = builder.shapeOf(node, input);
  const [first] = axes;
  const last = axes[axes.length - 1];
  const isImage = from.length === 4 && first >= 2;
  const image = isImage ? input : builder.knownImage(input);
  if (image !== undefined && first >= 2) {
    const [batch, channels, height, width] = builder.shapeOf(node, image);
    const rows = isImage && first === 2 ? height : 1;
    const columns = last === 3 || !isImage ? width : 1;
    return addPool(node, builder, kind, image, [rows, columns], [
      batch,
      channels,
      height / rows,
      width / columns,
    ]);
  }
  if (last - first + 1 !== axes.length) throw unsupported(node, `over axes [${axes}] of [${from}]`);
  const before = countOf(from.slice(0, first));
  const after = countOf(from.slice(last + 1));
  const middle = countOf(from.slice(first, last + 1));
  const view = [1, before, middle, after];
  const apart = builder.reshape(node, input, builder.fresh(`${node.outputs[0]}_view`), view);
  return addPool(node, builder, kind, apart, [middle, 1], [1, before, 1, after]);
}

function addPool(
  node: SourceNode,
  builder: GraphBuilder,
  kind: PoolNode["kind"],
  image: string,
  kernel: readonly [number, number],
  shape: readonly number[],
): string {
  if (kernel[0] * kernel[1] > MAX_WINDOW) {
    throw nodeError(node, `reduces ${kernel} elements at once`);
  }
  const { stride, dilation, padding, countPadding } = wholeWindow(kernel);
  return builder.add(node, {
    ...named(node, [image], builder.fresh(`${node.outputs[0]}_pooled`)),
    ...{ kind, kernel, stride, dilation, padding, countPadding },
  }, shape);
}

const MAX_WINDOW = 2 ** 24;

export const REDUCTIONS: Readonly<Record<string, Translator>> = {
  ReduceMean: reduction("average_pool"),
  ReduceSum: reduction("average_pool", true),
  ReduceMax: reduction("max_pool"),
};
