/**
 * The work of the suite `ops`, in a process of its own: times each op of the plans, and prints rows as JSON, one a
 * line. Share of the peak: of what the build's dot instructions reach in registers alone, measured beside it.
 */
import { macsOf } from "../kernels/compiler/report.ts";
import type { Tensors } from "../kernels/engine.ts";
import type { Plan } from "../kernels/plan.ts";
import { writeInputs } from "../kernels/plan_ports.ts";
import { type KernelBuild, wasmEngine, WasmPlan } from "../kernels/wasm_engine.ts";
import { detectorById } from "../models/catalogue.ts";
import { readKernels } from "../models/kernels_wasm.ts";
import { modelBytes } from "../models/model_bytes.ts";
import { dotPeak } from "./dot_peak.ts";
import { demoFrame } from "./frame.ts";
import { INPUT, planarInput } from "./networks/mobilenet_v2.ts";
import { mobileNetV2Plan } from "./networks/mobilenet_v2_plan.ts";
import { describeOp } from "./describe_op.ts";
import { type Row, row } from "./row.ts";

const BUILDS: readonly KernelBuild[] = ["relaxed", "plain"];
const ROUNDS = 60;
/** V8 compiles what is hot a second time, on another thread meanwhile. */
const WARM_UP_MS = 2_000;

interface Network {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly inputs: Tensors;
}

for (const build of BUILDS) {
  const peak = await dotPeak(build);
  print(row("ops", `peak-${build}`, peak / 1e9, "GMAC/s"));
  for (const network of await networks()) {
    for (const row of await profile(network, build, peak)) print(row);
  }
}

function print(row: Row): void {
  console.log(JSON.stringify(row));
}

async function networks(): Promise<Network[]> {
  const side = INPUT.side;
  const image = { data: planarInput(), shape: [1, INPUT.channels, side, side] };
  const nanodet = detectorById("nanodet-g");
  if (!nanodet) throw new Error("Cannot profile nanodet-g: it does not ship");
  return [
    { name: "mobilenetv2", bytes: await mobileNetV2Plan(), inputs: { [INPUT.name]: image } },
    {
      name: nanodet.id,
      bytes: await modelBytes(nanodet.id),
      inputs: nanodet.prepare(await demoFrame()),
    },
  ];
}

async function profile(
  { name, bytes, inputs }: Network,
  build: KernelBuild,
  peak: number,
): Promise<Row[]> {
  const engine = wasmEngine({ build, readKernels });
  await engine.load(bytes);
  const { memory, plan } = engine;
  if (!(memory instanceof WasmPlan) || !plan) throw new Error(`Cannot profile ${name}`);
  const times = timeOps(plan, memory, inputs);
  const total = times.reduce((sum, ms) => sum + ms, 0);
  const rowOf = (what: string, ms: number, macs: number): Row => ({
    ...row("ops", `${name}-${build} ${what}`, ms, "ms"),
    also: {
      timeShare: ms / total,
      mmacs: macs / 1e6,
      gmacsPerSecond: macs / ms / 1e6,
      peakShare: macs / ms * 1000 / peak,
    },
  });
  const macs = plan.ops.map((op) => macsOf(plan, op));
  const rows = plan.ops.map((op, at) =>
    rowOf(`${String(at).padStart(3, "0")} ${describeOp(op, plan)}`, times[at], macs[at])
  );
  const whole = rowOf("all", total, macs.reduce((sum, count) => sum + count, 0));
  return [whole, ...rows.sort((a, b) => b.value - a.value)];
}

/**
 * Ms by op, in the plan's order: the fastest of all rounds, because what else the machine does only adds.
 * One after the other, so that caches are as in a real run.
 */
function timeOps(plan: Omit<Plan, "data">, memory: WasmPlan, inputs: Tensors): number[] {
  const image = plan.ops.findIndex(({ op }) => op === "image");
  const fastest: number[] = plan.ops.map(() => Infinity);
  const round = (keep: boolean) => {
    const start = performance.now();
    memory.run(0, writeInputs(plan, memory.arena, inputs)); // a frame is scaled as it is fed
    const fed = performance.now() - start;
    for (let at = 0; at < plan.ops.length; at++) {
      const start = performance.now();
      memory.run(at + 1, undefined, at);
      const ms = performance.now() - start + (at === image ? fed : 0);
      if (keep) fastest[at] = Math.min(fastest[at], ms);
    }
  };
  const warm = performance.now() + WARM_UP_MS;
  while (performance.now() < warm) round(false);
  for (let k = 0; k < ROUNDS; k++) round(true);
  return fastest;
}
