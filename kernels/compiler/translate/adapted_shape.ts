import { countOf } from "../constant_tensor.ts";
import type { GraphBuilder } from "../graph_builder.ts";
import type { SourceNode } from "../source_node.ts";
import { reshapeShape, reshapeTarget } from "./shapes.ts";

/**
 * The shape for a Reshape whose target was written for the file's input size, where the network is compiled
 * at another: axes of the target that stem from axes that changed change with them. [1, 80, 52, 52] to
 * [1, 80, 2704] becomes [1, 80, 40, 40] to [1, 80, 1600]. Undefined where the target fits as it is, or
 * cannot be made to.
 */
export function adaptedShape(
  node: SourceNode,
  builder: GraphBuilder,
  from: readonly number[],
  target: readonly number[],
): readonly number[] | undefined {
  const was = builder.original?.shapes.get(node.inputs[0]);
  const fits = target.includes(-1) || countOf(reshapeTarget(node, from, target)) === countOf(from);
  if (!was || was.length !== from.length || fits) return undefined;
  const shape = reshapeShape(node, was, target);
  for (const { sources, targets } of matchAxes(was, shape)) {
    const before = countOf(sources.map((axis) => was[axis]));
    const now = countOf(sources.map((axis) => from[axis]));
    const axis = targets.find((each) => (shape[each] * now) % before === 0);
    if (axis !== undefined) shape[axis] = shape[axis] * now / before;
  }
  return countOf(shape) === countOf(from) ? shape : undefined;
}

interface AxisGroup {
  readonly sources: readonly number[];
  readonly targets: readonly number[];
}

/** Shortest runs of axes, of more than one element, with the same number of elements on both sides. */
function matchAxes(from: readonly number[], to: readonly number[]): AxisGroup[] {
  const sources = [...from.keys()].filter((axis) => from[axis] !== 1);
  const targets = [...to.keys()].filter((axis) => to[axis] !== 1);
  const groups: AxisGroup[] = [];
  while (sources.length && targets.length) {
    const group = { sources: [sources.shift() ?? 0], targets: [targets.shift() ?? 0] };
    const rest = () =>
      countOf(group.sources.map((axis) => from[axis])) -
      countOf(group.targets.map((axis) => to[axis]));
    while (rest() !== 0) {
      const next = rest() > 0 ? targets.shift() : sources.shift();
      if (next === undefined) return groups;
      (rest() > 0 ? group.targets : group.sources).push(next);
    }
    groups.push(group);
  }
  return groups;
}
