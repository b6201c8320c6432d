import type { Frame, Tensors } from "../engine.ts";
import { hashOf } from "../golden.ts";
import type { Plan } from "../plan.ts";
import { decodePlan, encodePlan } from "../plan_file.ts";
import { type ArenaBackend, goldenAnswer } from "../plan_engine.ts";
import { checkPlan } from "../check_plan.ts";
import { agreementOf } from "./agreement.ts";
import { calibrate, type Calibration, NOTHING_MEASURED } from "./calibrate.ts";
import type { Graph } from "./graph.ts";
import { importOnnx } from "./import_onnx.ts";
import { lowerF32 } from "./lower_f32.ts";
import { headValues } from "./lower_head.ts";
import { lowerInt8 } from "./lower_int8.ts";
import type { CompileOptions } from "./options.ts";
import type { PlanBody } from "./plan_builder.ts";
import { isFrame } from "./plan_runner.ts";
import { splitConvs } from "./split_convs.ts";
import { withNumbers } from "./quantized_graph.ts";
import { type Agreement, type Report, reportOf } from "./report.ts";

/** As plans and reports name it. */
export const COMPILER = "fieldmesh 1";

const GOLDEN_SEED = 1;

export interface CompilePorts {
  /** Runs fp32 plans for calibration, and the finished plan for its known answer. */
  readonly backend: ArenaBackend;
}

export interface Compiled {
  /** A plan file. */
  readonly plan: Uint8Array<ArrayBuffer>;
  readonly report: Report;
}

/**
 * An ONNX file to a plan file. The same file and options give the same bytes. Throws `Error("Cannot …")`
 * naming the node, the op and what to do.
 */
export async function compileOnnx(
  onnx: Uint8Array,
  options: CompileOptions,
  ports: CompilePorts,
): Promise<Compiled> {
  const graph = importOnnx(onnx, {
    inputShape: options.inputShape,
    outputs: options.head ? headValues(options.head) : options.outputs,
  });
  return await compileGraph(graph, options, ports);
}

/** As `compileOnnx`, from a graph. */
export async function compileGraph(
  graph: Graph,
  options: CompileOptions,
  { backend }: CompilePorts,
): Promise<Compiled> {
  assertPossible(options);
  const { body, agreement } = options.precision === "fp32"
    ? { body: lowerF32(graph, options.image), agreement: [] }
    : await quantize(graph, options, backend);
  const plan = await completed(body, options, backend);
  const file = await encodePlan(plan);
  await decodePlan(file); // what no engine would take is not handed out
  return { plan: file, report: reportOf(plan, file.length, agreement) };
}

function assertPossible({ precision, head, image }: CompileOptions): void {
  if (head && !image) throw new Error("Cannot compile a head: it needs frames as the input");
  if (head && precision === "fp32") {
    throw new Error(
      "Cannot compile a head in fp32: it decodes integers. Leave the head or the fp32 out",
    );
  }
}

async function quantize(
  graph: Graph,
  options: CompileOptions,
  backend: ArenaBackend,
): Promise<{ body: PlanBody; agreement: readonly Agreement[] }> {
  const { image, head, calibration: samples, pictures } = options;
  const parted = head ? graph : splitConvs(graph);
  const calibration = await measured(parted, options, backend);
  const quantized = withNumbers(parted, calibration);
  const agreement = samples.length === 0
    ? []
    : await agreementOf(quantized, { samples, backend, image: image ?? pictures });
  if (!head) return { body: lowerInt8(quantized, { image }), agreement };
  const cut = withNumbers(graph, calibration, headValues(head));
  return { body: lowerInt8(cut, { image, head }), agreement };
}

async function measured(
  graph: Graph,
  { image, pictures, calibration: samples }: CompileOptions,
  backend: ArenaBackend,
): Promise<Calibration> {
  const way = image ?? pictures;
  if (!way && samples.some(isFrame)) {
    throw new Error("Cannot calibrate with pictures: say how a picture becomes the input");
  }
  if (samples.length === 0) return NOTHING_MEASURED;
  return await calibrate(graph, { samples, backend, image: way });
}

/** Adds provenance and known answer; makes sure that engines will take it. */
async function completed(
  body: PlanBody,
  options: CompileOptions,
  backend: ArenaBackend,
): Promise<Plan> {
  const calibration = await Promise.all(options.calibration.map(hashOfSample));
  const plan: Plan = {
    provenance: { ...options.provenance, compiler: COMPILER, calibration },
    precision: options.precision,
    ...body,
    golden: { seed: GOLDEN_SEED, input: "", output: "" },
  };
  checkPlan(plan);
  const answer = await goldenAnswer({ plan, memory: await backend.prepare(plan) });
  return { ...plan, golden: { seed: GOLDEN_SEED, ...answer } };
}

function hashOfSample(sample: Frame | Tensors): Promise<string> {
  const parts = isFrame(sample)
    ? [Int32Array.of(sample.width, sample.height), sample.data]
    : Object.values(sample).flatMap(({ shape, data }) => [Int32Array.from(shape), data]);
  return hashOf(parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)));
}
