import { type GraphBuilder, named } from "../graph_builder.ts";
import {
  axisOf,
  intAttribute,
  nodeError,
  type SourceNode,
  textAttribute,
  unsupported,
} from "../source_node.ts";
import { floatAttribute, intsAttribute } from "../source_node.ts";
import { addConcat } from "./arrangement.ts";
import { splitSizes } from "./shapes.ts";
import { type SliceBox, sliceBox } from "./slice_box.ts";
import type { Translator } from "./translator.ts";

/** Indices that form no even progression are taken one by one: at most as many. */
const MAX_SINGLE_INDICES = 256;

/** Of an N C L value on its image, where it has one. */
function addSlice(
  node: SourceNode,
  builder: GraphBuilder,
  input: string,
  { starts, steps, shape }: SliceBox,
  output: string,
): string {
  const image = shape.length === 3 ? builder.knownImage(input) : undefined;
  if (image !== undefined) {
    const result = builder.fresh(`${output}_image`);
    addSlice(node, builder, image, {
      starts: starts.toSpliced(2, 0, 0),
      steps: steps.toSpliced(2, 0, 1),
      shape: shape.toSpliced(2, 0, 1),
    }, result);
    builder.sequence(node, result, output);
    return output;
  }
  return builder.add(
    node,
    { ...named(node, [input], output), kind: "slice", starts, steps },
    shape,
  );
}

/** `count` indices of one axis. */
function axisBox(
  from: readonly number[],
  axis: number,
  start: number,
  step: number,
  count: number,
): SliceBox {
  const none = from.map(() => 0);
  return {
    starts: none.with(axis, start),
    steps: none.fill(1).with(axis, step),
    shape: from.with(axis, count),
  };
}

const slice: Translator = (node, builder) => {
  const [input] = node.inputs;
  const from = builder.shapeOf(node, input);
  const given = [1, 2, 3, 4].map((at) => {
    const tensor = builder.optionalConstant(node, at, "bounds");
    return tensor && Array.from(tensor.data);
  });
  const box = sliceBox(node, from, given);
  if (box.shape.join() === from.join() && box.steps.every((step) => step > 0)) {
    return builder.alias(node.outputs[0], input);
  }
  addSlice(node, builder, input, box, node.outputs[0]);
};

const split: Translator = (node, builder) => {
  const [input] = node.inputs;
  const from = builder.shapeOf(node, input);
  const axis = axisOf(node, intAttribute(node, "axis", 0), from.length);
  const given = builder.optionalConstant(node, 1, "sizes");
  let start = 0;
  splitSizes(node, from[axis], given && Array.from(given.data)).forEach((size, k) => {
    if (node.outputs[k]) {
      addSlice(node, builder, input, axisBox(from, axis, start, 1, size), node.outputs[k]);
    }
    start += size;
  });
};

/** Indices of one axis; a scalar one removes the axis. */
const gather: Translator = (node, builder) => {
  const [input] = node.inputs;
  const [output] = node.outputs;
  const from = builder.shapeOf(node, input);
  const axis = axisOf(node, intAttribute(node, "axis", 0), from.length);
  const { shape, data } = builder.needConstant(node, 1, "indices");
  const indices = Array.from(data, (index) => index < 0 ? index + from[axis] : index);
  if (shape.length > 1 || indices.length === 0) {
    throw unsupported(node, `with indices of [${shape}]`);
  }
  if (indices.some((index) => !(index >= 0 && index < from[axis]))) {
    throw nodeError(node, `takes [${data}] of an axis of ${from[axis]}`);
  }
  if (shape.length === 1) return void addIndices(node, builder, axis, indices, output);
  const row = addIndices(node, builder, axis, indices, builder.fresh(`${output}_row`));
  builder.reshape(node, row, output, from.toSpliced(axis, 1));
};

function addIndices(
  node: SourceNode,
  builder: GraphBuilder,
  axis: number,
  indices: readonly number[],
  output: string,
): string {
  const [input] = node.inputs;
  const from = builder.shapeOf(node, input);
  const [first, second = first + 1] = indices;
  const step = second - first;
  if (step !== 0 && indices.every((index, k) => index === first + k * step)) {
    return addSlice(node, builder, input, axisBox(from, axis, first, step, indices.length), output);
  }
  if (indices.length > MAX_SINGLE_INDICES) {
    throw unsupported(node, `with ${indices.length} indices`);
  }
  const parts = indices.map((index) =>
    addSlice(
      node,
      builder,
      input,
      axisBox(from, axis, index, 1, 1),
      builder.fresh(`${output}_part`),
    )
  );
  return addConcat(node, builder, parts, axis, output);
}

/** Inputs since opset 11, attributes before. Negative pads cut off. */
const pad: Translator = (node, builder) => {
  const mode = textAttribute(node, "mode", "constant");
  if (mode !== "constant") throw unsupported(node, `with mode ${mode}`);
  const isImageless = builder.shapeOf(node, node.inputs[0]).length !== 3;
  const { before, after } = padsOf(node, builder);
  const onlyLength = [before, after].every((pads) => pads[0] === 0 && pads[1] === 0);
  const value = builder.optionalConstant(node, 2, "values")?.data[0] ??
    floatAttribute(node, "value", 0);
  const [output] = node.outputs;
  if (isImageless || !onlyLength) {
    return void addPad(node, builder, node.inputs[0], { before, after, value }, output);
  }
  const image = builder.imageOf(node, node.inputs[0]);
  const pads = { before: before.toSpliced(2, 0, 0), after: after.toSpliced(2, 0, 0), value };
  const padded = addPad(node, builder, image, pads, builder.fresh(`${output}_image`));
  builder.sequence(node, padded, output);
};

interface Pads {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly value: number;
}

function padsOf(node: SourceNode, builder: GraphBuilder) {
  const rank = builder.shapeOf(node, node.inputs[0]).length;
  const given = builder.optionalConstant(node, 1, "pads");
  const pads = given ? Array.from(given.data) : intsAttribute(node, "pads") ?? [];
  const named = builder.optionalConstant(node, 3, "axes");
  const axes = named ? Array.from(named.data, (axis) => axisOf(node, axis, rank)) : undefined;
  const count = axes?.length ?? rank;
  if (pads.length !== count * 2 || !pads.every(Number.isInteger)) {
    throw nodeError(node, `has pads of [${pads}] for a tensor of ${rank} axes`);
  }
  const before = new Array<number>(rank).fill(0);
  const after = new Array<number>(rank).fill(0);
  for (let k = 0; k < count; k++) {
    before[axes?.[k] ?? k] = pads[k];
    after[axes?.[k] ?? k] = pads[k + count];
  }
  return { before, after };
}

function addPad(
  node: SourceNode,
  builder: GraphBuilder,
  input: string,
  { before, after, value }: Pads,
  output: string,
): string {
  const from = builder.shapeOf(node, input);
  const cut = from.map((size, axis) => size + Math.min(0, before[axis]) + Math.min(0, after[axis]));
  const isCut = cut.join() !== from.join();
  const starts = before.map((pad) => Math.max(0, -pad));
  const kept = isCut
    ? addSlice(
      node,
      builder,
      input,
      { starts, steps: from.map(() => 1), shape: cut },
      builder.fresh(`${output}_cut`),
    )
    : input;
  const grow = (pads: readonly number[]) => pads.map((pad) => Math.max(0, pad));
  const shape = cut.map((size, axis) => size + grow(before)[axis] + grow(after)[axis]);
  return builder.add(node, {
    ...named(node, [kept], output),
    kind: "pad",
    before: grow(before),
    after: grow(after),
    value,
  }, shape);
}

export const SLICES: Readonly<Record<string, Translator>> = {
  Slice: slice,
  Split: split,
  Gather: gather,
  Pad: pad,
};
