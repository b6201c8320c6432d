/**
 * Where the elements of a value lie: a strided view of a buffer, in ONNX's own axes. Transposing, slicing and
 * most reshaping only change the view; what kernels can work on is a view that is a grid (`gridOf`).
 */

export interface View {
  readonly shape: readonly number[];
  /** Elements from one position to the next along each axis. Meaningless where the size is 1. */
  readonly strides: readonly number[];
  /** Elements from the buffer's start. */
  readonly offset: number;
}

/** A view as kernels see it (plan.ts, PlanTensor). */
export interface Grid {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly stride: number;
}

/** Which axes, outer to inner, make the rows, columns and channels of a grid. */
export interface GridAxes {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly channels: readonly number[];
}

/** What a `copy` op takes (plan.ts, CopyOp). */
export interface CopyBox {
  readonly size: readonly number[];
  readonly from: number;
  readonly fromStrides: readonly number[];
  readonly to: number;
  readonly toStrides: readonly number[];
}

/** Axes that a `copy` op can have. */
const COPY_AXES = 6;

export function elementsIn(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** All axes as they are. */
export function plainOrder(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** The order of memory that spatial kernels want: N H W C; of other ranks the channels last. */
export function channelsLast({ length: rank }: readonly number[]): number[] {
  if (rank < 3) return plainOrder(rank);
  return [0, ...plainOrder(rank).slice(2), 1];
}

/** The order of memory for values that no kernel has asked for: of images the channels last. */
export function usualOrder(shape: readonly number[]): number[] {
  return shape.length > 3 ? channelsLast(shape) : plainOrder(shape.length);
}

/** Axes of a value whose second axis is the channels. */
export function spatialAxes({ length: rank }: readonly number[]): GridAxes {
  if (rank < 3) return matrixAxes({ length: rank });
  const inner = plainOrder(rank).slice(2);
  return { rows: [0, ...inner.slice(0, -1)], columns: inner.slice(-1), channels: [1] };
}

/** Axes of a value whose last axis is the channels. */
export function matrixAxes({ length: rank }: { readonly length: number }): GridAxes {
  const axes = plainOrder(rank);
  return { rows: [], columns: axes.slice(0, -1), channels: axes.slice(-1) };
}

export function orderOfAxes({ rows, columns, channels }: GridAxes): number[] {
  return [...rows, ...columns, ...channels];
}

/** A view of a buffer that holds nothing else, axes from outer to inner by `order`. */
export function denseView(shape: readonly number[], order: readonly number[]): View {
  const strides = shape.map(() => 0);
  let stride = 1;
  for (const axis of order.toReversed()) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return { shape, strides, offset: 0 };
}

/** As `denseView`, the pixels `stride` elements apart. */
export function pixelView(shape: readonly number[], axes: GridAxes, stride: number): View {
  const channels = elementsIn(axes.channels.map((axis) => shape[axis]));
  const { strides } = denseView(shape, orderOfAxes(axes));
  const isChannel = new Set(axes.channels);
  return {
    shape,
    strides: strides.map((own, axis) => isChannel.has(axis) ? own : own / channels * stride),
    offset: 0,
  };
}

export function transposeView({ shape, strides, offset }: View, permutation: readonly number[]) {
  return {
    shape: permutation.map((axis) => shape[axis]),
    strides: permutation.map((axis) => strides[axis]),
    offset,
  };
}

/** `shape` positions of each axis, from `starts` in `steps`. */
export function sliceView(
  { strides, offset }: View,
  { starts, steps, shape }: {
    readonly starts: readonly number[];
    readonly steps: readonly number[];
    readonly shape: readonly number[];
  },
): View {
  return {
    shape,
    strides: strides.map((stride, axis) => stride * steps[axis]),
    offset: strides.reduce((sum, stride, axis) => sum + stride * starts[axis], offset),
  };
}

/** Repeats the view to `shape` by ONNX's rules of broadcasting: its axes are the last ones. */
export function broadcastView(
  { shape: own, strides, offset }: View,
  shape: readonly number[],
): View {
  const missing = shape.length - own.length;
  return {
    shape,
    strides: shape.map((_, axis) =>
      axis < missing || own[axis - missing] === 1 ? 0 : strides[axis - missing]
    ),
    offset,
  };
}

/** Another shape for the same elements in the same order; undefined where only a copy gives it. */
export function reshapeView(view: View, shape: readonly number[]): View | undefined {
  const strides = shape.map(() => 0);
  const old = longAxes(view);
  let next = 0;
  for (let axis = 0; axis < shape.length;) {
    const end = groupEnd(shape, axis, old.slice(next).map(({ size }) => size));
    const group = takeGroup(old, next, elementsIn(shape.slice(axis, end)));
    next += group.length;
    const merged = mergeRuns(group);
    if (!merged) return undefined;
    let { stride } = merged;
    for (let inner = end - 1; inner >= axis; inner--) {
      strides[inner] = stride;
      stride *= shape[inner];
    }
    axis = end;
  }
  return { shape, strides, offset: view.offset };
}

interface Run {
  readonly size: number;
  readonly stride: number;
}

function longAxes({ shape, strides }: View): Run[] {
  return shape.map((size, axis) => ({ size, stride: strides[axis] })).filter(({ size }) =>
    size > 1
  );
}

/** Where the shortest group of new axes from `start` ends that holds as much as some of the old axes. */
function groupEnd(shape: readonly number[], start: number, old: readonly number[]): number {
  const products = new Set<number>([1]);
  old.reduce((product, size) => (products.add(product * size), product * size), 1);
  let product = 1;
  for (let end = start; end < shape.length; end++) {
    product *= shape[end];
    if (products.has(product)) return end + 1;
  }
  return shape.length;
}

function takeGroup(old: readonly Run[], start: number, elements: number): Run[] {
  const group: Run[] = [];
  let product = 1;
  while (product < elements) {
    const run = old[start + group.length];
    group.push(run);
    product *= run.size;
  }
  return group;
}

/** Axes, outer to inner, as one; undefined where they do not follow each other evenly. */
function mergeRuns(runs: readonly Run[]): Run | undefined {
  if (runs.length === 0) return { size: 1, stride: 0 };
  let merged = runs[runs.length - 1];
  for (const { size, stride } of runs.slice(0, -1).toReversed()) {
    if (stride !== merged.stride * merged.size) return undefined;
    merged = { size: size * merged.size, stride: merged.stride };
  }
  return merged;
}

function mergeAxes({ shape, strides }: View, axes: readonly number[]): Run | undefined {
  return mergeRuns(
    axes.map((axis) => ({ size: shape[axis], stride: strides[axis] })).filter(({ size }) =>
      size > 1
    ),
  );
}

/** The view as rows, columns and channels; undefined where its elements do not lie so. */
export function gridOf(view: View, axes: GridAxes): Grid | undefined {
  const rows = mergeAxes(view, axes.rows);
  const columns = mergeAxes(view, axes.columns);
  const channels = mergeAxes(view, axes.channels);
  if (!rows || !columns || !channels) return undefined;
  if (channels.size > 1 && channels.stride !== 1) return undefined;
  const stride = columns.size > 1 ? columns.stride : rows.size > 1 ? rows.stride : channels.size;
  if (rows.size > 1 && rows.stride !== stride * columns.size) return undefined;
  if (stride < channels.size) return undefined;
  return { height: rows.size, width: columns.size, channels: channels.size, stride };
}

/**
 * Axes from outer to inner as they lie in memory. Where those of size 1 leave a choice, the usual order: of
 * images the channels last, else the axes as they are.
 */
export function orderOf(view: View): number[] {
  const plain = plainOrder(view.shape.length);
  const usual = plain.length > 3 ? [channelsLast(view.shape), plain] : [plain];
  const reach = (axis: number) => view.shape[axis] === 1 ? Infinity : Math.abs(view.strides[axis]);
  return usual.find((order) => descends(order.map(reach).filter(Number.isFinite))) ??
    plain.sort((a, b) => reach(a) === reach(b) ? a - b : reach(b) - reach(a));
}

function descends(values: readonly number[]): boolean {
  return values.every((value, place) => place === 0 || values[place - 1] >= value);
}

/**
 * Ways to see values of one shape, whose axes lie in `order`, as grids: for kernels that treat all pixels
 * alike. The first has the innermost axis as its channels.
 */
export function elementwiseAxes(shape: readonly number[], order: readonly number[]): GridAxes[] {
  const long = order.filter((axis) => shape[axis] > 1);
  const short = order.filter((axis) => shape[axis] === 1);
  const splits = [1, ...plainOrder(long.length + 1)].filter((inner) => inner <= long.length);
  return [...new Set(splits)].map((inner) => {
    const outer = long.slice(0, long.length - inner);
    return {
      rows: [...short, ...outer.slice(0, -1)],
      columns: outer.slice(-1),
      channels: long.slice(long.length - inner),
    };
  });
}

export function sameView(a: View, b: View): boolean {
  return a.offset === b.offset && a.shape.length === b.shape.length &&
    a.shape.every((size, axis) =>
      size === b.shape[axis] && (size === 1 || a.strides[axis] === b.strides[axis])
    );
}

/** What copies one view to another of the same shape. Throws where it would need more than six axes. */
export function copyBox(from: View, to: View): CopyBox {
  const axes = orderOf(to).filter((axis) => to.shape[axis] > 1);
  const merged: { size: number; from: number; to: number }[] = [];
  for (const axis of axes) {
    const [size, source, target] = [to.shape[axis], from.strides[axis], to.strides[axis]];
    const outer = merged.at(-1);
    if (outer && outer.from === source * size && outer.to === target * size) {
      merged[merged.length - 1] = { size: outer.size * size, from: source, to: target };
    } else merged.push({ size, from: source, to: target });
  }
  if (merged.length > COPY_AXES) {
    throw new Error(`moving it needs ${merged.length} axes, and a copy has ${COPY_AXES}`);
  }
  if (merged.length === 0) merged.push({ size: 1, from: 1, to: 1 });
  return {
    size: merged.map(({ size }) => size),
    from: from.offset,
    fromStrides: merged.map((axis) => axis.from),
    to: to.offset,
    toStrides: merged.map((axis) => axis.to),
  };
}
