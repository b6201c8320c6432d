/** Ops that move elements and compute nothing. */
import { broadcastShape, countOf, emptyTensor } from "../constant_tensor.ts";
import { type GraphBuilder, named } from "../graph_builder.ts";
import { OnnxType } from "../onnx_schema.ts";
import {
  axisOf,
  intAttribute,
  intsAttribute,
  nodeError,
  type SourceNode,
  textAttribute,
  unsupported,
} from "../source_node.ts";
import { addBinary } from "./elementwise.ts";
import { adaptedShape } from "./adapted_shape.ts";
import {
  concatShape,
  flattenShape,
  reshapeShape,
  squeezeShape,
  transposeOrder,
  unsqueezeShape,
} from "./shapes.ts";
import type { Translator } from "./translator.ts";

type Shape = readonly number[];

function reshaping(
  shapeFor: (node: SourceNode, builder: GraphBuilder, from: Shape) => Shape,
): Translator {
  return (node, builder) => {
    const [input] = node.inputs;
    const from = builder.shapeOf(node, input);
    const shape = shapeFor(node, builder, from);
    const image = shape.length === 3 && from.length === 4 && from[2] === 1 &&
      shape[1] === from[1] && shape[2] === from[3];
    if (image) builder.sequence(node, input, node.outputs[0]);
    else builder.reshape(node, input, node.outputs[0], shape);
  };
}

/** Squeeze and Unsqueeze take their axes as an attribute before opset 13. */
function axesOf(node: SourceNode, builder: GraphBuilder): Shape | undefined {
  const axes = builder.optionalConstant(node, 1, "axes");
  return axes ? Array.from(axes.data) : intsAttribute(node, "axes");
}

function reshapeTo(node: SourceNode, builder: GraphBuilder, from: Shape): Shape {
  const target = Array.from(builder.needConstant(node, 1, "shapes").data);
  return adaptedShape(node, builder, from, target) ?? reshapeShape(node, from, target);
}

const transpose: Translator = (node, builder) => {
  const [input] = node.inputs;
  const from = builder.shapeOf(node, input);
  const permutation = transposeOrder(node, from.length);
  builder.add(
    node,
    { ...named(node, [input], node.outputs[0]), kind: "transpose", permutation },
    permutation.map((axis) => from[axis]),
  );
};

const concat: Translator = (node, builder) => {
  const [first] = node.inputs;
  const axis = axisOf(node, intAttribute(node, "axis", 1), builder.shapeOf(node, first).length);
  addConcat(node, builder, node.inputs, axis, node.outputs[0]);
};

export function addConcat(
  node: SourceNode,
  builder: GraphBuilder,
  inputs: readonly string[],
  axis: number,
  output: string,
): string {
  const shape = concatShape(node, inputs.map((name) => builder.shapeOf(node, name)), axis);
  const images = inputs.flatMap((name) => builder.knownImage(name) ?? []);
  if (shape.length === 3 && images.length === inputs.length) {
    const joined = builder.fresh(`${output}_image`);
    addConcat(node, builder, images, axis === 2 ? 3 : axis, joined);
    builder.sequence(node, joined, output);
    return output;
  }
  return builder.add(node, { ...named(node, inputs, output), kind: "concat", axis }, shape);
}

/** A value repeated: joined with itself along each axis. */
const tile: Translator = (node, builder) => {
  const repeats = builder.needConstant(node, 1, "repeats").data;
  const from = builder.shapeOf(node, node.inputs[0]);
  const isPlain = repeats.length === from.length &&
    repeats.every((times) => times >= 1 && times <= 64);
  if (!isPlain) throw unsupported(node, `with repeats of [${repeats}] for an input of [${from}]`);
  const axes = [...repeats.keys()].filter((axis) => repeats[axis] > 1);
  const result = axes.reduce((name, axis) => {
    const copies = new Array<string>(repeats[axis]).fill(name);
    return addConcat(node, builder, copies, axis, builder.fresh(`${node.outputs[0]}_tiled`));
  }, node.inputs[0]);
  builder.alias(node.outputs[0], result);
};

/** What broadcasting does by itself is done here by adding zeros. */
const expand: Translator = (node, builder) => {
  const [input] = node.inputs;
  const from = builder.shapeOf(node, input);
  const target = Array.from(builder.needConstant(node, 1, "shapes").data);
  const shape = broadcastShape(from, target);
  if (!shape || shape.some((size) => size < 1) || countOf(shape) > MAX_EXPANDED) {
    throw nodeError(node, `cannot expand [${from}] to [${target}]`);
  }
  if (shape.join() === from.join()) return builder.alias(node.outputs[0], input);
  const zeros = builder.fresh(`${node.outputs[0]}_zeros`);
  builder.addConstant(zeros, emptyTensor(OnnxType.FLOAT, shape));
  addBinary(node, builder, "add", [zeros, input], node.outputs[0]);
};

const MAX_EXPANDED = 2 ** 24;

/** Blocks of channels become blocks of pixels. */
const depthToSpace: Translator = (node, builder) => {
  const [batch, channels, height, width] = imageShape(node, builder);
  const block = intAttribute(node, "blocksize", 1);
  const depth = channels / (block * block);
  if (!Number.isInteger(depth)) throw nodeError(node, `cannot divide ${channels} channels`);
  const depthFirst = textAttribute(node, "mode", "DCR") === "CRD";
  const apart = depthFirst
    ? [batch, depth, block, block, height, width]
    : [batch, block, block, depth, height, width];
  const order = depthFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2];
  rearrange(node, builder, apart, order, [batch, depth, height * block, width * block]);
};

const spaceToDepth: Translator = (node, builder) => {
  const [batch, channels, height, width] = imageShape(node, builder);
  const block = intAttribute(node, "blocksize", 1);
  const [rows, columns] = [height / block, width / block];
  if (!Number.isInteger(rows) || !Number.isInteger(columns)) {
    throw nodeError(node, `cannot divide ${height} × ${width} pixels into blocks of ${block}`);
  }
  const apart = [batch, channels, rows, block, columns, block];
  rearrange(node, builder, apart, [0, 3, 5, 1, 2, 4], [
    batch,
    channels * block * block,
    rows,
    columns,
  ]);
};

function imageShape(node: SourceNode, builder: GraphBuilder): Shape {
  const shape = builder.shapeOf(node, node.inputs[0]);
  if (shape.length === 4) return shape;
  throw unsupported(node, `on tensors of ${shape.length} axes`);
}

function rearrange(
  node: SourceNode,
  builder: GraphBuilder,
  apart: Shape,
  permutation: readonly number[],
  shape: Shape,
): void {
  const [output] = node.outputs;
  const split = builder.reshape(node, node.inputs[0], builder.fresh(`${output}_split`), apart);
  const swapped = builder.add(
    node,
    { ...named(node, [split], builder.fresh(`${output}_swapped`)), kind: "transpose", permutation },
    permutation.map((axis) => apart[axis]),
  );
  builder.reshape(node, swapped, output, shape);
}

export const ARRANGEMENTS: Readonly<Record<string, Translator>> = {
  Reshape: reshaping(reshapeTo),
  Flatten: reshaping((node, _, from) => flattenShape(node, from)),
  Squeeze: reshaping((node, builder, from) => squeezeShape(node, from, axesOf(node, builder))),
  Unsqueeze: reshaping((node, builder, from) => unsqueezeShape(node, from, axesOf(node, builder))),
  Transpose: transpose,
  Concat: concat,
  Tile: tile,
  Expand: expand,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};
