import { basename, dirname, join } from "node:path";
import { encodeOnnx, type OnnxModel } from "../kernels/compiler/onnx_schema.ts";
import { parseTfjsGraph } from "./convert/tfjs_graph.ts";
import { parseTfliteGraph } from "./convert/tflite_graph.ts";
import { convertTfjs } from "./tfjs_to_onnx.ts";
import { convertTflite } from "./tflite_to_onnx.ts";

/** `deno task model convert`: a TensorFlow.js graph model or a TensorFlow Lite file to ONNX. */
export async function convertModel(source: string, target: string): Promise<string> {
  const model = source.endsWith(".tflite") ? await fromTflite(source) : await fromTfjs(source);
  const bytes = encodeOnnx(model);
  await Deno.writeFile(target, bytes);
  const outputs = model.outputs.map(({ name }) => name).join(", ");
  return `wrote ${target}: ${bytes.length} bytes; outputs ${outputs}`;
}

async function fromTflite(source: string): Promise<OnnxModel> {
  const bytes = await asRead(source, () => Deno.readFile(source));
  return convertTflite(parseTfliteGraph(bytes), { name: basename(source, ".tflite") });
}

async function fromTfjs(source: string): Promise<OnnxModel> {
  const json: unknown = await asRead(
    source,
    async () => JSON.parse(await Deno.readTextFile(source)),
  );
  const graph = parseTfjsGraph(json, (path) => Deno.readFileSync(join(dirname(source), path)));
  return convertTfjs(graph, { name: basename(dirname(source)) });
}

async function asRead<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot read ${path}: ${why}`, { cause });
  }
}
