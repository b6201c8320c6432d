import { elementCount, type TfConstant, type TfValues } from "./tfjs_graph.ts";

/** The constant with its axes in another order: axis `k` of the result is axis `axes[k]`. */
export function permuted({ shape, elements }: TfConstant, axes: readonly number[]): TfConstant {
  const strides = shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
  let sources = new Int32Array(1);
  for (const axis of axes) sources = alongAxis(sources, shape[axis], strides[axis]);
  return { shape: axes.map((axis) => shape[axis]), elements: picked(elements, sources) };
}

/** For each start, `size` places that are `stride` apart. */
function alongAxis(starts: Int32Array, size: number, stride: number) {
  const places = new Int32Array(starts.length * size);
  for (let k = 0; k < starts.length; k++) {
    for (let at = 0; at < size; at++) places[k * size + at] = starts[k] + at * stride;
  }
  return places;
}

function picked(elements: TfValues, sources: Int32Array): TfValues {
  switch (elements.type) {
    case "float16":
      return { type: "float16", values: Uint16Array.from(sources, (at) => elements.values[at]) };
    case "float32":
      return { type: "float32", values: Float32Array.from(sources, (at) => elements.values[at]) };
    case "int":
      return { type: "int", values: Int32Array.from(sources, (at) => elements.values[at]) };
  }
}
