/** `deno task model`: lists, converts and tries networks. `--help` says how. */
import { basename, dirname, join } from "node:path";
import { OnnxRuntimeEngine } from "../kernels/onnxruntime.ts";
import { readOnnxRuntimeWasm } from "./onnxruntime_wasm.ts";
import { detectorById, detectors } from "./catalogue.ts";
import { parseTfjsGraph } from "./convert/tfjs_graph.ts";
import { detect, type ModelDetection } from "./model.ts";
import { buildNanodet } from "./nanodet_g/build.ts";
import { nanodetG } from "./nanodet_g/nanodet_g.ts";
import { readPicture } from "./picture_file.ts";
import { tfjsToOnnx } from "./tfjs_to_onnx.ts";

const HELP = `deno task model <command>

  list                                the models that ship: size, hash, licence
  run <model id> <picture>            detections in a PNG or JPEG, best first
  convert <model.json> <out.onnx>     a TensorFlow.js graph model to ONNX

For example:  deno task model run nanodet-g static/media/chelsea.png`;

/** How each shipped network comes from its committed source. */
const BUILDERS: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  [nanodetG.id]: buildNanodet,
};

/** Runs one command; returns what it prints. Throws `Error` with a message for the user. */
export async function modelCommand(args: readonly string[]): Promise<string> {
  const [command, ...rest] = args;
  if (args.length === 0 || args.includes("--help") || args.includes("-h")) return HELP;
  switch (command) {
    case "list":
      return withOperands(rest, 0, listModels);
    case "run":
      return await withOperands(rest, 2, ([id, picture]) => runModel(id, picture));
    case "convert":
      return await withOperands(rest, 2, ([source, target]) => convertModel(source, target));
    default:
      throw new Error(`Unknown command ${command}\n\n${HELP}`);
  }
}

function withOperands<T>(
  operands: readonly string[],
  count: number,
  command: (operands: readonly string[]) => T,
): T {
  if (operands.length === count) return command(operands);
  throw new Error(`Expected ${count} operands but got ${operands.length}\n\n${HELP}`);
}

function listModels(): string {
  return detectors.map(({ id, name, bytes, sha256, licence, labels, notices, homepage }) =>
    [
      `${id}  ${name}, ${labels.length} classes, ${(bytes / 1e6).toFixed(1)} MB, ${licence}`,
      `  sha256 ${sha256}`,
      ...notices.map((notice) => `  ${notice}`),
      `  ${homepage}`,
    ].join("\n")
  ).join("\n\n");
}

async function runModel(id: string, picture: string): Promise<string> {
  const detector = detectorById(id);
  const build = BUILDERS[id];
  if (!detector || !build) {
    const known = detectors.map((known) => known.id).join(", ");
    throw new Error(`There is no model ${id}; there is: ${known}`);
  }
  const frame = await readPicture(picture);
  const engine = new OnnxRuntimeEngine({ readWasm: readOnnxRuntimeWasm });
  try {
    await engine.load(await build());
    return report(await detect(engine, detector, frame), frame);
  } finally {
    await engine.dispose();
  }
}

function report(
  detections: readonly ModelDetection[],
  frame: { readonly width: number; readonly height: number },
): string {
  if (detections.length === 0) return "nothing that the model knows";
  return detections.map(({ label, score, box }) => {
    const left = Math.round(box.x * frame.width);
    const top = Math.round(box.y * frame.height);
    const width = Math.round(box.width * frame.width);
    const height = Math.round(box.height * frame.height);
    return `${label} ${score.toFixed(3)} at ${left},${top} size ${width}×${height}`;
  }).join("\n");
}

async function convertModel(source: string, target: string): Promise<string> {
  const graph = parseTfjsGraph(
    await readJson(source),
    (path) => Deno.readFileSync(join(dirname(source), path)),
  );
  const bytes = tfjsToOnnx(graph, { name: basename(dirname(source)) });
  await Deno.writeFile(target, bytes);
  return `wrote ${target}: ${bytes.length} bytes; outputs ${graph.outputs.join(", ")}`;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    throw new Error(`Cannot read ${path}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

if (import.meta.main) {
  try {
    console.log(await modelCommand(Deno.args));
  } catch (thrown) {
    console.error(thrown instanceof Error ? thrown.message : String(thrown));
    Deno.exitCode = 1;
  }
}
