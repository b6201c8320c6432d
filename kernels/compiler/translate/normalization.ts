import { countOf, floatsOf } from "../constant_tensor.ts";
import { type GraphBuilder, named } from "../graph_builder.ts";
import { OnnxType } from "../onnx_schema.ts";
import {
  axisOf,
  floatAttribute,
  intAttribute,
  nodeError,
  type SourceNode,
  unsupported,
} from "../source_node.ts";
import { addBinary } from "./elementwise.ts";
import type { Translator } from "./translator.ts";

/** With known statistics it is a factor and a summand a channel; rewriting joins them with a convolution. */
const batchNormalization: Translator = (node, builder) => {
  const isTraining = intAttribute(node, "training_mode", 0) !== 0 ||
    intAttribute(node, "spatial", 1) === 0;
  if (isTraining) throw unsupported(node, "in training mode");
  const [, channels] = builder.shapeOf(node, node.inputs[0]);
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((at) => {
    const values = floatsOf(builder.needConstant(node, at, "statistics"));
    if (values.length === channels) return values;
    throw nodeError(node, `has ${values.length} statistics for ${channels} channels`);
  });
  const epsilon = floatAttribute(node, "epsilon", 1e-5);
  const factor = scale.map((value, c) => value / Math.sqrt(variance[c] + epsilon));
  const summand = bias.map((value, c) => value - mean[c] * factor[c]);
  const scaled = builder.fresh(`${node.outputs[0]}_scaled`);
  const by = channelConstant(node, builder, "factor", factor);
  addBinary(node, builder, "mul", [node.inputs[0], by], scaled);
  const plus = channelConstant(node, builder, "summand", summand);
  addBinary(node, builder, "add", [scaled, plus], node.outputs[0]);
};

function channelConstant(
  node: SourceNode,
  builder: GraphBuilder,
  what: string,
  data: Float32Array,
): string {
  const rank = builder.shapeOf(node, node.inputs[0]).length;
  const shape = [data.length, ...new Array<number>(Math.max(0, rank - 2)).fill(1)];
  const name = builder.fresh(`${node.outputs[0]}_${what}`);
  builder.addConstant(name, { type: OnnxType.FLOAT, shape, data });
  return name;
}

/** Before opset 13 over all axes from `axis` on together, by default 1; since then over one, the last. */
const softmax: Translator = (node, builder) => {
  const [input] = node.inputs;
  const [output] = node.outputs;
  const from = builder.shapeOf(node, input);
  const isOld = node.opset < 13;
  const axis = axisOf(node, intAttribute(node, "axis", isOld ? 1 : -1), from.length);
  if (!isOld || countOf(from.slice(axis + 1)) === 1) {
    return void builder.add(node, { ...named(node, [input], output), kind: "softmax", axis }, from);
  }
  const flat = [countOf(from.slice(0, axis)), countOf(from.slice(axis))];
  const rows = builder.reshape(node, input, builder.fresh(`${output}_rows`), flat);
  const result = builder.fresh(`${output}_flat`);
  builder.add(node, { ...named(node, [rows], result), kind: "softmax", axis: 1 }, flat);
  builder.reshape(node, result, output, from);
};

export const NORMALIZATIONS: Readonly<Record<string, Translator>> = {
  BatchNormalization: batchNormalization,
  Softmax: softmax,
};
