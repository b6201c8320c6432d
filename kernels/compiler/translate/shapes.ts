/** ONNX's rules for shapes that other shapes and attributes give. */
import { countOf } from "../constant_tensor.ts";
import type { SourceNode } from "../source_node.ts";
import { axisOf, intAttribute, intsAttribute, nodeError } from "../source_node.ts";

/** `target` may hold 0 (as in the input, unless `allowzero`) and one −1 (whatever is left). */
export function reshapeShape(
  node: SourceNode,
  from: readonly number[],
  target: readonly number[],
): number[] {
  const shape = reshapeTarget(node, from, target);
  const known = countOf(shape.filter((size) => size !== -1));
  const open = shape.indexOf(-1);
  if (open >= 0 && known > 0) shape[open] = countOf(from) / known;
  if (
    !shape.every((size) => Number.isInteger(size) && size >= 0) || countOf(shape) !== countOf(from)
  ) {
    throw nodeError(node, `cannot reshape [${from}] to [${target}]`);
  }
  return shape;
}

/** The target with its zeros replaced. */
export function reshapeTarget(
  node: SourceNode,
  from: readonly number[],
  target: readonly number[],
): number[] {
  const copies = intAttribute(node, "allowzero", 0) === 0;
  return target.map((size, axis) => size === 0 && copies ? from[axis] ?? 0 : size);
}

/** Without axes, all of size 1 go. */
export function squeezeShape(
  node: SourceNode,
  from: readonly number[],
  given: readonly number[] | undefined,
): number[] {
  if (!given) return from.filter((size) => size !== 1);
  const axes = new Set(given.map((axis) => axisOf(node, axis, from.length)));
  const wrong = [...axes].find((axis) => from[axis] !== 1);
  if (wrong !== undefined) throw nodeError(node, `cannot squeeze axis ${wrong} of [${from}]`);
  return from.filter((_, axis) => !axes.has(axis));
}

export function unsqueezeShape(
  node: SourceNode,
  from: readonly number[],
  given: readonly number[] | undefined,
): number[] {
  const rank = from.length + (given ?? []).length;
  const axes = new Set((given ?? []).map((axis) => axisOf(node, axis, rank)));
  if (axes.size !== rank - from.length) throw nodeError(node, `names an axis twice: [${given}]`);
  const rest = from.values();
  return Array.from({ length: rank }, (_, axis) => axes.has(axis) ? 1 : rest.next().value ?? 1);
}

export function flattenShape(node: SourceNode, from: readonly number[]): number[] {
  const given = intAttribute(node, "axis", 1);
  const axis = given === from.length ? given : axisOf(node, given, from.length);
  return [countOf(from.slice(0, axis)), countOf(from.slice(axis))];
}

/** For each axis of the output, the input's. */
export function transposeOrder(node: SourceNode, rank: number): number[] {
  const order = intsAttribute(node, "perm") ?? Array.from({ length: rank }, (_, k) => rank - 1 - k);
  const axes = order.map((axis) => axisOf(node, axis, rank));
  if (axes.length !== rank || new Set(axes).size !== rank) {
    throw nodeError(node, `has a perm of [${order}] for a tensor of ${rank} axes`);
  }
  return axes;
}

export function concatShape(
  node: SourceNode,
  shapes: readonly (readonly number[])[],
  axis: number,
): number[] {
  const [first, ...others] = shapes;
  const fits = others.every((shape) =>
    shape.length === first.length && shape.every((size, k) => k === axis || size === first[k])
  );
  if (!fits) {
    throw nodeError(node, `cannot join shapes ${shapes.map((shape) => `[${shape}]`).join(", ")}`);
  }
  return first.with(axis, shapes.reduce((sum, shape) => sum + shape[axis], 0));
}

/** Sizes of the parts: given as an input or attribute, or equal ones for as many as there are outputs. */
export function splitSizes(
  node: SourceNode,
  size: number,
  given: readonly number[] | undefined,
): readonly number[] {
  const parts = intAttribute(node, "num_outputs", node.outputs.length);
  const each = Math.ceil(size / parts);
  const sizes = given ?? intsAttribute(node, "split") ??
    node.outputs.map((_, k) => k < parts - 1 ? each : size - each * (parts - 1));
  const fits = sizes.every((part) => Number.isInteger(part) && part >= 0) &&
    sizes.length === node.outputs.length && sizes.reduce((sum, part) => sum + part, 0) === size;
  if (!fits) throw nodeError(node, `cannot split ${size} into [${sizes}]`);
  return sizes;
}
