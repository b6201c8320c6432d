import type { ResizeTap } from "../graph.ts";
import { type GraphBuilder, named } from "../graph_builder.ts";
import {
  axisOf,
  floatsAttribute,
  intAttribute,
  intsAttribute,
  nodeError,
  type SourceNode,
  textAttribute,
  unsupported,
} from "../source_node.ts";
import { resizeTaps, type Sampling } from "./resize_taps.ts";
import type { Translator } from "./translator.ts";

/** What every axis becomes. */
interface Scaling {
  readonly sizes: readonly number[];
  readonly scales: readonly number[];
}

/** Scales are an attribute of Upsample in opset 7, its second input in 9; Resize has more inputs since 11. */
function scalingOf(node: SourceNode, builder: GraphBuilder, from: readonly number[]): Scaling {
  const isOld = node.opType === "Upsample" || node.opset < 11;
  const scales = builder.optionalConstant(node, isOld ? 1 : 2, "scales");
  const given = scales?.data.length ? Array.from(scales.data) : floatsAttribute(node, "scales");
  const axes = resizedAxes(node, from.length);
  if (given?.length) {
    const all = spread(node, given, axes, from.map(() => 1));
    return {
      scales: all,
      sizes: from.map((size, axis) => Math.floor(Math.fround(size * all[axis]))),
    };
  }
  const wanted = builder.optionalConstant(node, 3, "sizes");
  if (isOld || !wanted) throw nodeError(node, "has neither scales nor sizes; the file is damaged");
  if (textAttribute(node, "keep_aspect_ratio_policy", "stretch") !== "stretch") {
    throw unsupported(node, "with a keep_aspect_ratio_policy");
  }
  const sizes = adapted(node, builder, from, spread(node, Array.from(wanted.data), axes, from));
  return { sizes, scales: sizes.map((size, axis) => Math.fround(size / from[axis])) };
}

function resizedAxes(node: SourceNode, rank: number): readonly number[] {
  const axes = intsAttribute(node, "axes");
  return axes?.map((axis) => axisOf(node, axis, rank)) ?? Array.from({ length: rank }, (_, k) => k);
}

function spread(
  node: SourceNode,
  given: readonly number[],
  axes: readonly number[],
  rest: readonly number[],
): number[] {
  if (given.length !== axes.length) {
    throw nodeError(node, `has scales or sizes of [${given}] for ${axes.length} axes`);
  }
  const all = [...rest];
  axes.forEach((axis, k) => all[axis] = given[k]);
  return all;
}

/** Sizes that were written into the file for its own input size grow and shrink with the input. */
function adapted(
  node: SourceNode,
  builder: GraphBuilder,
  from: readonly number[],
  sizes: readonly number[],
): readonly number[] {
  const was = builder.original?.shapes.get(node.inputs[0]);
  const wanted = builder.original?.constant(node.inputs[3]);
  const isFixed = was && wanted &&
    String(wanted.data) === String(builder.constant(node.inputs[3])?.data);
  if (!isFixed) return sizes;
  return sizes.map((size, axis) => Math.round(size * from[axis] / was[axis]));
}

function samplingOf(node: SourceNode): Sampling {
  const mode = textAttribute(node, "mode", "nearest");
  if (mode !== "nearest" && mode !== "linear" && mode !== "bilinear") {
    throw unsupported(node, `with mode ${mode}`);
  }
  if (intAttribute(node, "antialias", 0) !== 0) throw unsupported(node, "with antialias");
  const isOld = node.opType === "Upsample" || node.opset < 11;
  return {
    isLinear: mode !== "nearest",
    coordinates: isOld
      ? "asymmetric"
      : textAttribute(node, "coordinate_transformation_mode", "half_pixel"),
    nearest: isOld ? "simple" : textAttribute(node, "nearest_mode", "round_prefer_floor"),
  };
}

const resize: Translator = (node, builder) => {
  const [input] = node.inputs;
  const from = builder.shapeOf(node, input);
  const { sizes, scales } = scalingOf(node, builder, from);
  const [output] = node.outputs;
  if (sizes.join() === from.join() && scales.every((scale) => scale === 1)) {
    return builder.alias(output, input);
  }
  const isSpatial = (from.length === 3 || from.length === 4) && sizes[0] === from[0] &&
    sizes[1] === from[1];
  if (!isSpatial) throw unsupported(node, `from [${from}] to [${sizes}]`);
  const sampling = samplingOf(node);
  const taps = sizes.slice(2).map((size, k) =>
    tapsOf(node, sampling, { from: from[k + 2], size, scale: scales[k + 2] })
  );
  const isImage = from.length === 4;
  const [rows, columns] = isImage ? taps : [[{ first: 0, second: 0, share: 0 }], taps[0]];
  const image = builder.imageOf(node, input);
  const result = isImage ? output : builder.fresh(`${output}_image`);
  const shape = [from[0], from[1], rows.length, columns.length];
  builder.add(node, { ...named(node, [image], result), kind: "resize", rows, columns }, shape);
  if (!isImage) builder.sequence(node, result, output);
};

const MAX_SIDE = 2 ** 16;

function tapsOf(
  node: SourceNode,
  sampling: Sampling,
  axis: { readonly from: number; readonly size: number; readonly scale: number },
): readonly ResizeTap[] {
  if (!(axis.size >= 1 && axis.size <= MAX_SIDE && axis.scale > 0)) {
    throw nodeError(node, `cannot resize ${axis.from} to ${axis.size}`);
  }
  const taps = resizeTaps(sampling, axis);
  if (taps) return taps;
  throw unsupported(
    node,
    `with coordinate_transformation_mode ${sampling.coordinates}, nearest_mode ${sampling.nearest}`,
  );
}

export const RESIZES: Readonly<Record<string, Translator>> = { Resize: resize, Upsample: resize };
