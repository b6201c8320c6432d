import type { PoolNode } from "../graph.ts";
import { type GraphBuilder, named } from "../graph_builder.ts";
import {
  intAttribute,
  intsAttribute,
  nodeError,
  type SourceNode,
  unsupported,
} from "../source_node.ts";
import type { Translator } from "./translator.ts";
import { type Placement, placeWindow } from "./window.ts";

type Kind = PoolNode["kind"];

function pool(kind: Kind): Translator {
  return (node, builder) => {
    const axes = builder.shapeOf(node, node.inputs[0]).length - 2;
    if (axes < 1 || axes > 2) throw unsupported(node, `on tensors of ${axes + 2} axes`);
    const kernel = intsAttribute(node, "kernel_shape");
    if (!kernel) throw nodeError(node, "lacks a kernel_shape; the file is damaged");
    const image = builder.imageOf(node, node.inputs[0]);
    const [, , height, width] = builder.shapeOf(node, image);
    const place = placeWindow(node, [height, width], kernel, axes);
    const counts = intAttribute(node, "count_include_pad", 0) !== 0;
    if (!counts) assertSeesPixels(node, place, [height, width]);
    const padded = counts && place.overhang.some((more) => more > 0);
    const input = padded ? padImage(node, builder, image, place) : image;
    addPool(node, builder, kind, input, {
      ...place,
      padding: padded ? withOverhang(place, [0, 0, 0, 0]) : withOverhang(place, place.padding),
      countPadding: counts && !padded,
    });
  };
}

/** A window that sees nothing but padding has no largest value and no mean. */
function assertSeesPixels(node: SourceNode, place: Placement, input: readonly number[]): void {
  const isBlind = [0, 1].some((axis) => {
    const positions = Array.from(
      { length: place.size[axis] },
      (_, at) => firstInside(at * place.stride[axis] - place.padding[axis], place.dilation[axis]),
    );
    return positions.some(({ tap, position }) =>
      tap >= place.kernel[axis] || position >= input[axis]
    );
  });
  if (isBlind) throw unsupported(node, "with windows that see nothing but padding");
}

/** The first tap of a window that begins at `start` to lie at 0 or behind it. */
function firstInside(start: number, dilation: number) {
  const tap = Math.max(0, Math.ceil(-start / dilation));
  return { tap, position: start + tap * dilation };
}

function withOverhang(
  { overhang }: Placement,
  padding: Placement["padding"],
): Placement["padding"] {
  const [top, left, bottom, right] = padding;
  return [top, left, bottom + overhang[0], right + overhang[1]];
}

/** Zeros that count, where what `ceil_mode` adds behind them does not. */
function padImage(
  node: SourceNode,
  builder: GraphBuilder,
  image: string,
  { padding }: Placement,
): string {
  const [top, left, bottom, right] = padding;
  const [batch, channels, height, width] = builder.shapeOf(node, image);
  return builder.add(node, {
    ...named(node, [image], builder.fresh(`${node.outputs[0]}_padded`)),
    kind: "pad",
    before: [0, 0, top, left],
    after: [0, 0, bottom, right],
    value: 0,
  }, [batch, channels, height + top + bottom, width + left + right]);
}

type Window = Pick<Placement, "kernel" | "stride" | "dilation" | "padding" | "size"> & {
  readonly countPadding: boolean;
};

function addPool(
  node: SourceNode,
  builder: GraphBuilder,
  kind: Kind,
  image: string,
  { kernel, stride, dilation, padding, size, countPadding }: Window,
): void {
  const [batch, channels] = builder.shapeOf(node, image);
  const isImage = builder.shapeOf(node, node.inputs[0]).length === 4;
  const output = isImage ? node.outputs[0] : builder.fresh(`${node.outputs[0]}_image`);
  const window = { kind, kernel, stride, dilation, padding, countPadding };
  const shape = [batch, channels, ...size];
  builder.add(node, { ...named(node, [image], output), ...window }, shape);
  if (!isImage) builder.sequence(node, output, node.outputs[0]);
}

function globalPool(kind: Kind): Translator {
  return (node, builder) => {
    const rank = builder.shapeOf(node, node.inputs[0]).length;
    if (rank !== 3 && rank !== 4) throw unsupported(node, `on tensors of ${rank} axes`);
    const image = builder.imageOf(node, node.inputs[0]);
    addPool(node, builder, kind, image, wholeWindow(builder.shapeOf(node, image).slice(2)));
  };
}

/** One window over these many rows and columns. */
export function wholeWindow([height, width]: readonly number[]): Window {
  return {
    kernel: [height, width],
    stride: [1, 1],
    dilation: [1, 1],
    padding: [0, 0, 0, 0],
    size: [1, 1],
    countPadding: false,
  };
}

export const POOLS: Readonly<Record<string, Translator>> = {
  MaxPool: pool("max_pool"),
  AveragePool: pool("average_pool"),
  GlobalMaxPool: globalPool("max_pool"),
  GlobalAveragePool: globalPool("average_pool"),
};
