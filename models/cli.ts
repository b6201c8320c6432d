/** `deno task model`: lists, tries, converts and builds networks. `--help` says how. */
import { buildPlans, checkPlans } from "./build_plans.ts";
import { detectors } from "./catalogue.ts";
import { COMPILE_HELP, compileModel, inspectModel } from "./compile_model.ts";
import { convertModel } from "./convert_model.ts";
import { runModel } from "./run_model.ts";
import type { ShippedDetector } from "./shipped_detector.ts";

const HELP = `deno task model <command>

  list                                the models that ship: size, hash, licence
  run <model id> <picture>            detections in a PNG or JPEG, best first
  convert <model> <out.onnx>          a TensorFlow.js model.json or a .tflite to ONNX
  compile <model.onnx> [options]      an ONNX model to a plan; compile --help says more
  inspect <x.plan>                    what a plan holds
  build [--check] [model id]          the shipped plans anew, from their committed sources;
                                      with --check only says whether they came out the same

For example:  deno task model run nanodet-g static/media/chelsea.png`;

/** Runs one command; returns what it prints. Throws `Error` with a message for the user. */
export async function modelCommand(args: readonly string[]): Promise<string> {
  const [command, ...rest] = args;
  if (args.length === 0 || args.includes("--help") || args.includes("-h")) {
    return command === "compile" ? COMPILE_HELP : HELP;
  }
  switch (command) {
    case "list":
      return withOperands(rest, 0, listModels);
    case "run":
      return await withOperands(rest, 2, ([id, picture]) => runModel(id, picture));
    case "convert":
      return await withOperands(rest, 2, ([source, target]) => convertModel(source, target));
    case "compile":
      return await compileModel(rest);
    case "inspect":
      return await withOperands(rest, 1, ([path]) => inspectModel(path));
    case "build":
      return rest[0] === "--check" ? await checkPlans(rest.slice(1)) : await buildPlans(rest);
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
  return detectors.map(linesOf).join("\n\n");
}

function linesOf({ id, name, about, labels, licence, notices, ...card }: ShippedDetector): string {
  const megabytes = (card.bytes / 1e6).toFixed(1);
  const work = (card.multiplyAdds / 1e9).toFixed(2);
  return [
    `${id}  ${name}, ${labels.length} classes, ${megabytes} MB, ${licence}`,
    `  ${about}`,
    `  ${card.inputSize}×${card.inputSize} pixels, ${work} G multiply-adds, ${card.runtime}`,
    `  sha256 ${card.sha256}`,
    ...notices.map((notice) => `  ${notice}`),
    `  ${card.homepage}`,
  ].join("\n");
}

if (import.meta.main) {
  try {
    console.log(await modelCommand(Deno.args));
  } catch (thrown) {
    console.error(thrown instanceof Error ? thrown.message : String(thrown));
    Deno.exitCode = 1;
  }
}
