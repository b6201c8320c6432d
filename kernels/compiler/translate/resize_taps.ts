import type { ResizeTap } from "../graph.ts";

/** How an output position finds its place in the input: the attributes of ONNX's Resize. */
export interface Sampling {
  readonly isLinear: boolean;
  /** `coordinate_transformation_mode` */
  readonly coordinates: string;
  /** `nearest_mode`, or "simple": that of Upsample and of Resize before opset 11. */
  readonly nearest: string;
}

export interface ResizedAxis {
  readonly from: number;
  readonly size: number;
  readonly scale: number;
}

const { fround } = Math;

/** A tap an output position; undefined for modes that we do not know. float32, as ONNX's reference rounds. */
export function resizeTaps(sampling: Sampling, axis: ResizedAxis): ResizeTap[] | undefined {
  const position = positionFor(sampling.coordinates, axis);
  const round = sampling.isLinear ? undefined : nearestFor(sampling.nearest, axis.scale);
  if (!position || (!sampling.isLinear && !round)) return undefined;
  const last = axis.from - 1;
  return Array.from({ length: axis.size }, (_, index) => {
    // Same size, same pixels: the formulas may be off by a rounding.
    const place = axis.scale === 1 ? index : position(index);
    if (!round) return linearTap(place, last);
    const nearest = Math.min(last, Math.max(0, round(place)));
    return { first: nearest, second: nearest, share: 0 };
  });
}

function linearTap(place: number, last: number): ResizeTap {
  const inside = Math.min(last, Math.max(0, place));
  const first = Math.floor(inside);
  return { first, second: Math.min(last, first + 1), share: fround(inside - first) };
}

function positionFor(mode: string, axis: ResizedAxis): ((index: number) => number) | undefined {
  const { from, size, scale } = axis;
  const halfPixel = (index: number) => fround(fround((index + 0.5) / scale) - 0.5);
  switch (mode) {
    case "half_pixel":
      return halfPixel;
    case "pytorch_half_pixel":
      return size > 1 ? halfPixel : () => 0;
    case "asymmetric":
      return (index) => fround(index / scale);
    case "align_corners":
      return size > 1 ? (index) => fround(fround(index * (from - 1)) / (size - 1)) : () => 0;
    case "tf_half_pixel_for_nn":
      return (index) => fround((index + 0.5) / scale);
    case "half_pixel_symmetric": {
      // Where the size was rounded down, the input's middle stays in the middle.
      const offset = fround(from / 2 * fround(1 - fround(size / fround(scale * from))));
      return (index) => fround(offset + halfPixel(index));
    }
    default:
      return undefined;
  }
}

function nearestFor(mode: string, scale: number): ((place: number) => number) | undefined {
  switch (mode) {
    case "round_prefer_floor":
      return (place) => Math.ceil(place - 0.5);
    case "round_prefer_ceil":
      return (place) => Math.floor(place + 0.5);
    case "floor":
      return Math.floor;
    case "ceil":
      return Math.ceil;
    case "simple":
      return scale < 1 ? Math.ceil : Math.floor;
    default:
      return undefined;
  }
}
