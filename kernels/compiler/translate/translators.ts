import { OnnxType } from "../onnx_schema.ts";
import { intAttribute, unsupported } from "../source_node.ts";
import { ACTIVATIONS } from "./activation.ts";
import { ARRANGEMENTS } from "./arrangement.ts";
import { CONVOLUTIONS } from "./convolution.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { MATRICES } from "./matrix.ts";
import { NORMALIZATIONS } from "./normalization.ts";
import { POOLS } from "./pooling.ts";
import { QUANTIZATIONS } from "./quantization.ts";
import { REDUCTIONS } from "./reduction.ts";
import { RESIZES } from "./resize.ts";
import { SLICES } from "./slicing.ts";
import type { Translator } from "./translator.ts";

const identity: Translator = (node, builder) => builder.alias(node.outputs[0], node.inputs[0]);

const cast: Translator = (node, builder) => {
  const to = intAttribute(node, "to", OnnxType.FLOAT);
  const isFloat = to === OnnxType.FLOAT || to === OnnxType.FLOAT16 || to === OnnxType.DOUBLE;
  if (!isFloat) throw unsupported(node, "from a computed value to integers");
  identity(node, builder);
};

/** By op. */
export const TRANSLATORS: ReadonlyMap<string, Translator> = new Map(Object.entries({
  ...ACTIVATIONS,
  ...ARRANGEMENTS,
  ...CONVOLUTIONS,
  ...ELEMENTWISE,
  ...MATRICES,
  ...NORMALIZATIONS,
  ...POOLS,
  ...QUANTIZATIONS,
  ...REDUCTIONS,
  ...RESIZES,
  ...SLICES,
  Cast: cast,
  Identity: identity,
  Dropout: identity,
}));

/** Ops that only move elements: they do the same to the integers of a QDQ model. */
export const MOVING_OPS: ReadonlySet<string> = new Set([
  ...Object.keys(ARRANGEMENTS),
  ...Object.keys(SLICES),
  "Identity",
  "MaxPool",
]);
