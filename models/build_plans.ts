import { createHash } from "node:crypto";
import { compileOnnx } from "../kernels/compiler/compile.ts";
import type { CompileOptions } from "../kernels/compiler/options.ts";
import { WasmBackend } from "../kernels/wasm_engine.ts";
import { calibrationFrames } from "./calibration/calibration_frames.ts";
import { readKernels } from "./kernels_wasm.ts";
import { buildNanodet } from "./nanodet_g/build.ts";
import * as nanodet from "./nanodet_g/compile_options.ts";
import { ORIGIN as NANODET_ORIGIN } from "./nanodet_g/origin.ts";
import { buildSsdMobilenetv2 } from "./ssd_mobilenetv2/build.ts";
import * as ssd from "./ssd_mobilenetv2/compile_options.ts";
import { ORIGIN as SSD_ORIGIN } from "./ssd_mobilenetv2/origin.ts";
import type { PlanFile } from "./planned_detector.ts";

/** How a shipped plan comes from what is committed. */
interface Recipe extends Pick<CompileOptions, "image" | "head"> {
  readonly name: string;
  /** In this folder, as `source`, the committed weights. */
  readonly file: string;
  readonly source: string;
  readonly origin: { readonly licence: string; readonly notices: readonly string[] };
  readonly network: () => Promise<Uint8Array>;
}

const NANODET = {
  image: nanodet.IMAGE,
  head: nanodet.HEAD,
  source: "nanodet_g/source/nanodet.bin",
  origin: NANODET_ORIGIN,
};

const RECIPES: Readonly<Record<string, Recipe>> = {
  "nanodet-g": {
    ...NANODET,
    name: "NanoDet-g",
    file: "nanodet_g/nanodet-g.plan",
    network: () => buildNanodet(416),
  },
  "nanodet-g-320": {
    ...NANODET,
    name: "NanoDet-g 320",
    file: "nanodet_g/nanodet-g-320.plan",
    network: () => buildNanodet(320),
  },
  "ssd-mobilenetv2": {
    image: ssd.IMAGE,
    head: ssd.HEAD,
    name: "SSD MobileNetV2",
    file: "ssd_mobilenetv2/ssd-mobilenetv2.plan",
    source: "ssd_mobilenetv2/source/ssd_mobilenetv2_oidv4.tflite",
    origin: SSD_ORIGIN,
    network: buildSsdMobilenetv2,
  },
};

export const PLAN_IDS: readonly string[] = Object.keys(RECIPES);

/** A shipped plan from its committed source: always the same bytes. Throws for an unknown `id`. */
export async function buildPlan(id: string): Promise<Uint8Array<ArrayBuffer>> {
  const { network, image, head, name, source, origin } = recipeOf(id);
  const { licence, notices } = origin;
  const sha256 = hashOf(await Deno.readFile(at(source)));
  const backend = new WasmBackend({ readKernels });
  const { plan } = await compileOnnx(await network(), {
    precision: "int8",
    image,
    head,
    calibration: await calibrationFrames(),
    provenance: { name, licence, notices, source: { file: source, sha256 } },
  }, { backend });
  return plan;
}

/** `deno task model build [id…]`: builds plans, all if none is named, writes them and `plans.json`. */
export async function buildPlans(ids: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const id of chosen(ids)) lines.push(await writePlan(id));
  return lines.join("\n");
}

/** As `buildPlans`, but writes nothing, and throws when a plan is not what is committed. */
export async function checkPlans(ids: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const id of chosen(ids)) {
    const built = hashOf(await buildPlan(id));
    const committed = hashOf(await Deno.readFile(at(recipeOf(id).file)));
    if (built !== committed) {
      throw new Error(`${id} comes out as ${built}, but ${committed} is committed`);
    }
    lines.push(`${id}  sha256 ${built}  as committed`);
  }
  return lines.join("\n");
}

function chosen(ids: readonly string[]): readonly string[] {
  ids.forEach(recipeOf);
  return ids.length > 0 ? ids : PLAN_IDS;
}

async function writePlan(id: string): Promise<string> {
  const { file } = recipeOf(id);
  const plan = await buildPlan(id);
  const sha256 = hashOf(plan);
  const files = await readPlanFiles();
  const isSame = files[id]?.sha256 === sha256;
  await Deno.writeFile(at(file), plan);
  await writePlanFiles({ ...files, [id]: { file, sha256, bytes: plan.length } });
  return `${id}  ${plan.length} bytes  sha256 ${sha256}  ${isSame ? "as before" : "changed"}`;
}

const PLAN_FILES = at("plans.json");

async function readPlanFiles(): Promise<Record<string, PlanFile>> {
  return JSON.parse(await Deno.readTextFile(PLAN_FILES));
}

async function writePlanFiles(files: Readonly<Record<string, PlanFile>>): Promise<void> {
  await Deno.writeTextFile(PLAN_FILES, `${JSON.stringify(files, null, 2)}\n`);
}

function recipeOf(id: string): Recipe {
  if (Object.hasOwn(RECIPES, id)) return RECIPES[id];
  throw new Error(`There is no plan ${id}; there is: ${PLAN_IDS.join(", ")}`);
}

/** A file of this folder. */
function at(path: string): URL {
  return new URL(path, import.meta.url);
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
