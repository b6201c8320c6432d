import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { compileGraph } from "../kernels/compiler/compile.ts";
import { importOnnx } from "../kernels/compiler/import_onnx.ts";
import { planInWords } from "../kernels/compiler/inspect.ts";
import type { CompileOptions, ImageInput } from "../kernels/compiler/options.ts";
import { type Report, reportInWords } from "../kernels/compiler/report.ts";
import type { Frame } from "../kernels/engine.ts";
import { decodePlan } from "../kernels/plan_file.ts";
import { WasmBackend } from "../kernels/wasm_engine.ts";
import { readKernels } from "./kernels_wasm.ts";
import { readPicture } from "./picture_file.ts";

export const COMPILE_HELP = `deno task model compile <model.onnx> [options]

Makes a plan: the network as this engine runs it, in 8-bit integers or in floats.

  --input 1x3x320x320      another input size than the file's
  --outputs a,b            other outputs: any values' names
  --calibrate <folder>     PNG and JPEG pictures like those the network will see: integers need them,
                           but for QDQ models
  --fp32                   floats instead of integers: for small networks that rounding hurts
  --image rgb|bgr          the plan takes pictures of any size, and scales and normalises them itself;
                           without it, what the network takes, and pictures only calibrate, as rgb
  --mean 0,0,0             of each channel in the network's order, on pixel values 0 to 255
  --deviation 255,255,255  the same: (value - mean) / deviation is what the network sees
  --fit stretch|letterbox  how a picture gets the network's shape
  --licence MIT            SPDX expression, written into the plan
  --out <x.plan>           else beside the model
  --report <x.json>        the report as JSON

For example:  deno task model compile net.onnx --calibrate pictures --image rgb`;

/** SPDX for "nobody has said". */
const NO_LICENCE = "NOASSERTION";
const PICTURE = /\.(png|jpe?g)$/i;

/** `deno task model compile`; returns what it prints. Writes its files only when all went well. */
export async function compileModel(args: readonly string[]): Promise<string> {
  const { values, positionals } = parsed(args);
  if (positionals.length !== 1) throw new Error(`Expected one model\n\n${COMPILE_HELP}`);
  const [source] = positionals;
  const onnx = await readFile(source);
  const graph = importOnnx(onnx, {
    inputShape: values.input === undefined ? undefined : shapeOf(values.input),
    outputs: values.outputs?.split(","),
  });
  const image = imageOf(values);
  const options: CompileOptions = {
    precision: values.fp32 ? "fp32" : "int8",
    ...(values.image === undefined ? { pictures: image } : { image }),
    calibration: values.fp32 ? [] : await picturesIn(values.calibrate),
    provenance: {
      name: basename(source, ".onnx"),
      licence: values.licence ?? graph.metadata.licence ?? NO_LICENCE,
      notices: graph.metadata.copyright ? [graph.metadata.copyright] : [],
      source: { file: basename(source), sha256: createHash("sha256").update(onnx).digest("hex") },
    },
  };
  const { plan, report } = await compileGraph(graph, options, {
    backend: new WasmBackend({ readKernels }),
  });
  const target = values.out ?? `${source.replace(/\.onnx$/, "")}.plan`;
  await writeWhole([...reportFile(values.report, report), [target, plan]]);
  return `${reportInWords(report)}\nwrote ${target}`;
}

/** `deno task model inspect`; returns what it prints. */
export async function inspectModel(path: string): Promise<string> {
  return planInWords(await decodePlan(await readFile(path)));
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        input: { type: "string" },
        outputs: { type: "string" },
        calibrate: { type: "string" },
        fp32: { type: "boolean" },
        image: { type: "string" },
        mean: { type: "string" },
        deviation: { type: "string" },
        fit: { type: "string" },
        licence: { type: "string" },
        out: { type: "string" },
        report: { type: "string" },
      },
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${why}\n\n${COMPILE_HELP}`, { cause });
  }
}

function shapeOf(text: string): number[] {
  const shape = text.split("x").map(Number);
  if (shape.every((size) => Number.isInteger(size) && size > 0)) return shape;
  throw new Error(`--input is a shape like 1x3x320x320, not ${text}`);
}

type Flags = ReturnType<typeof parsed>["values"];

const ORDERS: Readonly<Record<string, readonly number[]>> = { rgb: [0, 1, 2], bgr: [2, 1, 0] };

function imageOf(flags: Flags): ImageInput {
  const { image = "rgb", fit = "stretch" } = flags;
  if (!Object.hasOwn(ORDERS, image)) throw new Error(`--image is rgb or bgr, not ${image}`);
  if (fit !== "stretch" && fit !== "letterbox") {
    throw new Error(`--fit is stretch or letterbox, not ${fit}`);
  }
  const mean = threeNumbers("mean", flags.mean ?? "0,0,0");
  const deviation = threeNumbers("deviation", flags.deviation ?? "255,255,255");
  if (deviation.includes(0)) throw new Error("--deviation divides: it cannot be 0");
  return { fit, order: ORDERS[image], mean, deviation, fill: 0 };
}

function threeNumbers(flag: string, text: string): number[] {
  const numbers = text.split(",").map(Number);
  if (numbers.length === 3 && numbers.every(Number.isFinite)) return numbers;
  throw new Error(`--${flag} is three numbers like 0,0,0, not ${text}`);
}

async function picturesIn(folder: string | undefined): Promise<Frame[]> {
  if (folder === undefined) return [];
  const names = (await namesIn(folder)).filter((name) => PICTURE.test(name)).sort();
  if (names.length === 0) throw new Error(`Cannot calibrate: ${folder} holds no PNG or JPEG`);
  const frames: Frame[] = [];
  for (const name of names) frames.push(await readPicture(join(folder, name)));
  return frames;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  } catch (cause) {
    throw new Error(`Cannot calibrate: ${folder} is no folder that can be read`, { cause });
  }
}

async function readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot read ${path}: ${why}`, { cause });
  }
}

type NewFile = readonly [path: string, bytes: Uint8Array];

function reportFile(path: string | undefined, report: Report): NewFile[] {
  if (path === undefined) return [];
  return [[path, new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`)]];
}

/** All files, or none: each is written under another name first. */
async function writeWhole(files: readonly NewFile[]): Promise<void> {
  const halves = files.map(([path]) => `${path}.${crypto.randomUUID()}`);
  try {
    for (const [at, [, bytes]] of files.entries()) await Deno.writeFile(halves[at], bytes);
    for (const [at, [path]] of files.entries()) await Deno.rename(halves[at], path);
  } catch (cause) {
    for (const half of halves) await Deno.remove(half).catch(() => {}); // those that are there
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot write ${files.map(([path]) => path).join(", ")}: ${why}`, { cause });
  }
}
