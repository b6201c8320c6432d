import { integerRange } from "../folding/quantization.ts";
import type { GraphBuilder } from "../graph_builder.ts";
import { OnnxType } from "../onnx_schema.ts";
import { intAttribute, nodeError, type SourceNode, unsupported } from "../source_node.ts";
import { addUnary } from "./elementwise.ts";
import type { Translator } from "./translator.ts";

/**
 * A value between a pair of these is an integer in the file; here it stays the real number, and the pair
 * only says which range it has. Quantizers drop a ReLU where the range begins at 0: it is put back.
 */
const quantizeLinear: Translator = (node, builder) => {
  const [input] = node.inputs;
  const [output] = node.outputs;
  const { scale, zero, type } = parametersOf(node, builder);
  const limits = integerRange(type);
  if (!limits || type === OnnxType.INT32) throw unsupported(node, `to element type ${type}`);
  const range = { low: (limits.low - zero) * scale, high: (limits.high - zero) * scale };
  const isClipped = zero === limits.low && builder.producerOf(input);
  const value = isClipped ? addImpliedClip(node, builder, range.high) : input;
  builder.ranges.set(value, range);
  builder.quantized.set(output, { scale, zero, range });
  builder.alias(output, value);
};

/** The upper bound only where it costs nothing: behind what the clip can be joined with. */
function addImpliedClip(node: SourceNode, builder: GraphBuilder, high: number): string {
  const [input] = node.inputs;
  const producer = builder.producerOf(input);
  const isFree = producer && "activation" in producer &&
    (producer.activation.kind === "none" || producer.activation.kind === "clip");
  const clip = { kind: "clip", low: 0, high: isFree ? high : Infinity } as const;
  return addUnary(node, builder, input, builder.fresh(`${node.outputs[0]}_clipped`), clip);
}

const dequantizeLinear: Translator = (node, builder) => {
  const given = builder.quantized.get(node.fileInputs[0]);
  const { scale, zero } = parametersOf(node, builder);
  if (!given) throw unsupported(node, "on integers that no QuantizeLinear made");
  if (given.scale !== scale || given.zero !== zero) {
    throw unsupported(node, "with another scale than the QuantizeLinear before it");
  }
  const [value] = node.inputs;
  if (!builder.ranges.has(value)) builder.ranges.set(value, given.range);
  builder.alias(node.outputs[0], value);
};

function parametersOf(node: SourceNode, builder: GraphBuilder) {
  const scale = builder.needConstant(node, 1, "scales");
  const zero = builder.optionalConstant(node, 2, "zero points");
  if (scale.data.length !== 1 || (zero && zero.data.length !== 1)) {
    throw unsupported(node, "with a scale a channel, on a value that is computed while it runs");
  }
  if (!(scale.data[0] > 0 && Number.isFinite(scale.data[0]))) {
    throw nodeError(node, `has a scale of ${scale.data[0]}`);
  }
  const fallback = intAttribute(node, "output_dtype", OnnxType.UINT8);
  const type = zero?.type ?? Object.values(OnnxType).find((known) => known === fallback) ??
    OnnxType.UINT8;
  return { scale: scale.data[0], zero: zero?.data[0] ?? 0, type };
}

export const QUANTIZATIONS: Readonly<Record<string, Translator>> = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
};
