import { macsOf } from "../kernels/compiler/report.ts";
import type { Plan } from "../kernels/plan.ts";
import type { GpuEngine, GpuFacts } from "./browser/gpu_questions.ts";
import { describeOp } from "./describe_op.ts";
import { median, type Row, row } from "./row.ts";

/** Ours / onnxruntime-web's WebGPU in fp32, on a real GPU. */
const GOAL = 0.67;
const PEER = "onnxruntime-webgpu";
const WASM = "fieldmesh-wasm";

/** Names of rows, as those of the suite `engine`: ours has no name, what is special has. */
const VARIANTS: Readonly<Partial<Record<GpuEngine, string>>> = {
  "fieldmesh-gpu-packed": "gpu-packed-dot",
  "fieldmesh-gpu-plain": "gpu-plain-dot",
  "fieldmesh-wasm": "wasm",
};

/** Milliseconds by engine. */
export type GpuSamples = ReadonlyMap<GpuEngine, readonly number[]>;

/** Ours beside onnxruntime-web's WebGPU; where that does not run, the GPU beside Wasm. */
export function engineRows(network: string, samples: GpuSamples, facts: GpuFacts): Row[] {
  const peer = samples.has(PEER) ? PEER : WASM;
  return [...samples.keys()].filter((engine) => engine !== peer).map((engine) => {
    const [own, other] = [samples.get(engine) ?? [], samples.get(peer) ?? []];
    const [bestMs, peerBestMs] = [Math.min(...own), Math.min(...other)];
    const named = peer === PEER ? "onnxruntime-webgpu-fp32" : "wasm";
    const name = `${network}-${VARIANTS[engine]}`;
    return {
      ...row("gpu", name, median(own), "ms", { name: named, value: median(other) }),
      also: {
        bestMs,
        peerBestMs,
        bestRatio: bestMs / peerBestMs,
        timesWasm: median(own) / median(samples.get(WASM) ?? []),
        ...claimOf(facts, peer === PEER && engine !== WASM),
      },
    };
  });
}

/** The GPU's own time by op, the slowest first. */
export function opRows(
  { name, plan, times }: {
    readonly name: string;
    readonly plan: Pick<Plan, "ops" | "tensors">;
    /** ms, by op. */
    readonly times: readonly number[];
  },
  facts: GpuFacts,
): Row[] {
  const total = times.reduce((sum, ms) => sum + ms, 0);
  const rowOf = (what: string, ms: number, macs: number): Row => ({
    ...row("gpu", `${name} ${what}`, ms, "ms"),
    also: {
      timeShare: ms / total,
      mmacs: macs / 1e6,
      gmacsPerSecond: ms > 0 ? macs / ms / 1e6 : 0,
      ...claimOf(facts, false),
    },
  });
  const macs = plan.ops.map((op) => macsOf(plan, op));
  const rows = plan.ops.map((op, at) =>
    rowOf(`${String(at).padStart(3, "0")} ${describeOp(op, plan)}`, times[at], macs[at])
  );
  const whole = rowOf("all", total, macs.reduce((sum, count) => sum + count, 0));
  return [whole, ...rows.sort((a, b) => b.value - a.value)];
}

/** A software adapter proves that it is right, and says nothing of a GPU. */
function claimOf(
  { adapter, isSoftware }: GpuFacts,
  hasGoal: boolean,
): Readonly<Record<string, string | number>> {
  if (isSoftware) return { adapter, claim: "software adapter, nothing claimed" };
  return hasGoal ? { adapter, goal: GOAL } : { adapter };
}
