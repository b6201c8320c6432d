import { parseTfliteGraph } from "../convert/tflite_graph.ts";
import { tfliteToOnnx } from "../tflite_to_onnx.ts";
import { GRID_SIDES } from "./anchors.ts";

export const SOURCE = new URL("./source/ssd_mobilenetv2_oidv4.tflite", import.meta.url);

/** TensorFlow's names; the suffix is the grid's side in cells. */
const NAMES: Readonly<Record<string, string>> = {
  normalized_input_image_tensor: "image",
  "raw_outputs/box_encodings": "box_encodings",
  "raw_outputs/class_predictions": "class_logits",
  ...Object.fromEntries(GRID_SIDES.flatMap((side, level) => [
    [`BoxPredictor_${level}/ClassPredictor/BiasAdd`, `classes_${side}`],
    [`BoxPredictor_${level}/BoxEncodingPredictor/BiasAdd`, `boxes_${side}`],
  ])),
};

const PROVENANCE = {
  licence: "Apache-2.0",
  copyright: "Copyright The MediaPipe Authors",
  source: "https://github.com/google-ai-edge/mediapipe",
  changes: "converted from the TensorFlow Lite form in @mediapipe/objectron 0.4.1675468480",
};

/**
 * Converts the committed source to ONNX: always the same bytes. Besides its outputs `box_encodings`
 * `[1, 1917, 4]` and `class_logits` `[1, 1917, 24]`, the values `classes_<side>` and `boxes_<side>` are
 * where a plan ends: each grid's convolutions, N C H W.
 */
export async function buildSsdMobilenetv2(): Promise<Uint8Array> {
  const graph = parseTfliteGraph(await Deno.readFile(SOURCE));
  return tfliteToOnnx(graph, { name: "ssd_mobilenetv2", rename: NAMES, metadata: PROVENANCE });
}
