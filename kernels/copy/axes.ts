import type { CopyOp } from "../plan.ts";

/** One axis of a box: its size, and elements from one index to the next on both sides. */
export interface Axis {
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

const SINGLE: Axis = { size: 1, from: 0, to: 0 };
/** Elements that are moved at once where an axis has as many. */
const SHORT = 4;

export function axesOf({ size, fromStrides, toStrides }: CopyOp): Axis[] {
  return size.map((size, axis) => ({ size, from: fromStrides[axis], to: toStrides[axis] }));
}

/** The least and greatest index that a side of a box, none of its axes empty, reaches. */
export function reachOf(axes: readonly Axis[], side: "from" | "to", start: number) {
  const ends = axes.map((axis) => (axis.size - 1) * axis[side]);
  return {
    low: ends.reduce((low, end) => low + Math.min(end, 0), start),
    high: ends.reduce((high, end) => high + Math.max(end, 0), start),
  };
}

/** Whether no element is written twice: each axis steps over all that the finer ones reach. */
export function isWrittenOnce(axes: readonly Axis[]): boolean {
  let reach = 0;
  return axes.filter(({ size }) => size > 1).sort((a, b) => Math.abs(a.to) - Math.abs(b.to))
    .every(({ size, to }) => {
      const isClear = Math.abs(to) > reach;
      reach += (size - 1) * Math.abs(to);
      return isClear;
    });
}

/**
 * The same box in as few axes as it has, outermost first and at least two. If the last is dense on both
 * sides, it is a row. Else it is what is written most densely, and before it stands what is read most
 * densely; a kernel's inner loop runs over the latter, so they change places where that would be short.
 * As no element is written twice, the order of writing does not matter.
 */
export function simplestAxes(axes: readonly Axis[]): Axis[] {
  const sorted = axes.filter(({ size }) => size > 1)
    .sort((a, b) => Math.abs(b.to) - Math.abs(a.to));
  const merged = sorted.reduce(withAxis, [SINGLE, SINGLE]);
  const last = merged[merged.length - 1];
  const outer = merged.slice(0, -1);
  if (last.from === 1 && last.to === 1) return [...outer, last];
  const read = outer.reduce((best, axis) => isReadMoreDensely(axis, best) ? axis : best);
  const rest = outer.toSpliced(outer.indexOf(read), 1);
  const isShort = read.size < SHORT && read.size < last.size;
  return isShort ? [...rest, last, read] : [...rest, read, last];
}

function isReadMoreDensely(axis: Axis, than: Axis): boolean {
  return than.size === 1 || (axis.size > 1 && Math.abs(axis.from) < Math.abs(than.from));
}

/** The axes and a finer one, as one with the last where nothing lies between them on either side. */
function withAxis(axes: readonly Axis[], axis: Axis): Axis[] {
  const last = axes[axes.length - 1];
  const isOne = last.from === axis.from * axis.size && last.to === axis.to * axis.size;
  if (!isOne) return [...axes, axis];
  return [...axes.slice(0, -1), { ...axis, size: last.size * axis.size }];
}
