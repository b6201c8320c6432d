import { type ConstantTensor, countOf, stridesOf, tensorOf } from "../constant_tensor.ts";
import { axisOf, intAttribute, intsAttribute } from "../source_node.ts";
import { type Folder, input } from "./folder.ts";

function reduction(
  first: number,
  combine: (sum: number, x: number) => number,
  finish: (sum: number, count: number) => number = (sum) => sum,
): Folder {
  return (node, inputs) => {
    const tensor = input(node, inputs, 0);
    const rank = tensor.shape.length;
    const given = inputs[1] ? Array.from(inputs[1].data) : intsAttribute(node, "axes") ?? [];
    const all = given.length === 0 && intAttribute(node, "noop_with_empty_axes", 0) === 0;
    const axes = new Set(all ? tensor.shape.keys() : given.map((axis) => axisOf(node, axis, rank)));
    const kept = tensor.shape.map((size, axis) => axes.has(axis) ? 1 : size);
    const totals = new Float64Array(countOf(kept)).fill(first);
    accumulate(tensor, kept, totals, combine);
    const count = tensor.data.length / totals.length;
    const keep = intAttribute(node, "keepdims", 1) !== 0;
    const shape = keep ? kept : kept.filter((_, axis) => !axes.has(axis));
    return [tensorOf(tensor.type, shape, totals.map((total) => finish(total, count)))];
  };
}

/** Combines each element of `from` into that of `totals`, whose shape `kept` has reduced axes of size 1. */
function accumulate(
  from: ConstantTensor,
  kept: readonly number[],
  totals: Float64Array,
  combine: (sum: number, x: number) => number,
): void {
  const strides = stridesOf(from.shape);
  const targets = stridesOf(kept).map((stride, axis) => kept[axis] === 1 ? 0 : stride);
  for (let k = 0; k < from.data.length; k++) {
    let to = 0;
    for (let axis = 0; axis < strides.length; axis++) {
      to += Math.floor(k / strides[axis]) % from.shape[axis] * targets[axis];
    }
    totals[to] = combine(totals[to], from.data[k]);
  }
}

export const REDUCTIONS: Readonly<Record<string, Folder>> = {
  ReduceSum: reduction(0, (sum, x) => sum + x),
  ReduceMean: reduction(0, (sum, x) => sum + x, (sum, count) => sum / count),
  ReduceProd: reduction(1, (product, x) => product * x),
  ReduceMax: reduction(-Infinity, Math.max),
  ReduceMin: reduction(Infinity, Math.min),
};
