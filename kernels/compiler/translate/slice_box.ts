import { axisOf, intsAttribute, nodeError, type SourceNode } from "../source_node.ts";

/** What a Slice takes: of every axis where it starts, its step, and how many. */
export interface SliceBox {
  readonly starts: readonly number[];
  readonly steps: readonly number[];
  readonly shape: readonly number[];
}

/**
 * `given`: the inputs starts, ends, axes, steps since opset 10; before it they are attributes.
 * Starts and ends count from the end if negative, and are cut at the tensor's edges.
 */
export function sliceBox(
  node: SourceNode,
  from: readonly number[],
  given: readonly (readonly number[] | undefined)[],
): SliceBox {
  const starts = given[0] ?? intsAttribute(node, "starts") ?? [];
  const ends = given[1] ?? intsAttribute(node, "ends") ?? [];
  const axes = given[2] ?? intsAttribute(node, "axes") ?? [...starts.keys()];
  const steps = given[3] ?? starts.map(() => 1);
  const lengths = new Set([starts.length, ends.length, axes.length, steps.length]);
  if (lengths.size !== 1) throw nodeError(node, "has starts, ends, axes, steps of unequal length");
  const box = { starts: from.map(() => 0), steps: from.map(() => 1), shape: [...from] };
  axes.forEach((named, k) => {
    const axis = axisOf(node, named, from.length);
    const step = steps[k];
    if (!Number.isInteger(step) || step === 0) throw nodeError(node, `has a step of ${step}`);
    const size = from[axis];
    const start = clampTo(starts[k], size, step < 0 ? -1 : 0);
    const end = ends[k] < -size && step < 0 ? -1 : clampTo(ends[k], size, step < 0 ? -1 : 0, true);
    box.starts[axis] = start;
    box.steps[axis] = step;
    box.shape[axis] = Math.max(0, Math.ceil((end - start) / step));
  });
  return box;
}

/** Going backwards a slice starts at the last position at most, and may end before the first. */
function clampTo(position: number, size: number, lowest: -1 | 0, isEnd = false): number {
  const absolute = position < 0 ? position + size : position;
  const backwards = lowest < 0;
  const low = backwards && isEnd ? -1 : 0;
  const high = backwards ? size - 1 : size;
  return Math.min(high, Math.max(low, absolute));
}
