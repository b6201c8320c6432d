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
    const isForward = step > 0;
    const start = inside(starts[k], size, isForward);
    // Going backwards, only an end before the first position takes that as well.
    const end = !isForward && ends[k] < -size ? -1 : inside(ends[k], size, isForward);
    box.starts[axis] = start;
    box.steps[axis] = step;
    box.shape[axis] = Math.max(0, Math.ceil((end - start) / step));
  });
  return box;
}

/** A position counted from the front, cut at the edges; going forwards the place behind the last is one. */
function inside(position: number, size: number, isForward: boolean): number {
  const absolute = position < 0 ? position + size : position;
  return Math.max(0, Math.min(isForward ? size : size - 1, absolute));
}
