import assert from "node:assert/strict";
import { readKernels } from "../../models/kernels_wasm.ts";
import { readShaders } from "../../models/kernels_wgsl.ts";
import { countingDevice } from "../../tests/fixtures/counting_device.ts";
import { gpuTest } from "../../tests/fixtures/gpu_only.ts";
import { trialDevice } from "../../tests/fixtures/gpu_trial.ts";
import { tinyPlan } from "../../tests/fixtures/tiny_plan.ts";
import { frameOf } from "../../tests/fuzz/networks.ts";
import { smallPlans } from "../../tests/fuzz/small_plans.ts";
import type { Tensors } from "../engine.ts";
import type { Plan, PlanTensor } from "../plan.ts";
import { decodePlan } from "../plan_file.ts";
import { WasmBackend } from "../wasm_engine.ts";
import { GpuBackend } from "./gpu_backend.ts";
import { findAdapter } from "./gpu_device.ts";
import type { GpuPlan } from "./gpu_plan.ts";
import { PlanProfiler } from "./profile_plan.ts";

const sources = await readShaders();
const [{ file }] = await smallPlans(new WasmBackend({ readKernels }));
const detector = await decodePlan(file);
const FRAME: Tensors = {
  input0: { data: Uint8Array.from(frameOf(40, 30, 1).data), shape: [30, 40, 4] },
};
/** Bytes that three ops set; what else an op costs is nothing beside the second's. */
const FILLS = [64, 2 ** 24, 64];

/** A busy machine may stop a small op for longer than the large one takes, but not each time. */
const ROUNDS = 5;

/** One that keeps the time, where the adapter can. */
async function timingDevice(): Promise<GPUDevice | undefined> {
  const found = await findAdapter();
  const open = "absent" in found ? found : await found.open();
  return "absent" in open || !open.device.features.has("timestamp-query") ? undefined : open.device;
}

function filling(bytes: number, offset: number): PlanTensor {
  const size = { height: bytes / 64, width: 1, channels: 64, stride: 64 };
  return { name: "filled", type: "u7", offset, ...size, scale: 1, zero: 0 };
}

function fillingPlan(): Plan {
  const offsets = FILLS.map((_, at) => FILLS.slice(0, at).reduce((sum, bytes) => sum + bytes, 0));
  return tinyPlan({
    inputs: [],
    outputs: [],
    tensors: FILLS.map((bytes, at) => filling(bytes, offsets[at])),
    ops: FILLS.map((_, at) => ({ op: "fill", output: at, value: 1 })),
    arenaBytes: FILLS.reduce((sum, bytes) => sum + bytes, 0),
  });
}

async function prepared(device: GPUDevice, plan: Plan): Promise<GpuPlan> {
  return await new GpuBackend({ device, sources }).prepare(plan);
}

gpuTest("profile() gives each op its own time", async () => {
  const device = await timingDevice();
  if (!device) return;
  const plan = await prepared(device, fillingPlan());
  const profiler = PlanProfiler.of(device, plan);
  assert.ok(profiler);
  let fastest = await profiler.profile({});
  for (let round = 1; round < ROUNDS; round++) {
    const times = await profiler.profile({});
    fastest = fastest.map((ms, op) => Math.min(ms, times[op]));
  }
  const [before, large, after] = fastest;
  assert.ok(large > 0 && before < large / 2 && after < large / 2, `${before}, ${large}, ${after}`);
  profiler.dispose();
  plan.dispose();
  device.destroy();
});

gpuTest("profile() has a time for every op, leaves the answer, and creates nothing", async () => {
  const opened = await timingDevice();
  if (!opened) return;
  const { device, calls, reset } = countingDevice(opened);
  const plan = await prepared(device, detector);
  const profiler = PlanProfiler.of(device, plan);
  assert.ok(profiler);
  const answer = await plan.answer([FRAME]);
  await profiler.profile(FRAME);
  reset();
  const times = await profiler.profile(FRAME);
  assert.equal(times.length, detector.ops.length);
  assert.ok(times.every((ms) => ms >= 0 && ms < 60_000), times.join(" "));
  assert.ok(times.some((ms) => ms > 0));
  assert.equal(calls.get("submit"), 1);
  assert.deepEqual([...calls.keys()].filter((name) => name.startsWith("create")), [
    "createCommandEncoder",
  ]);
  assert.deepEqual(await plan.answer([FRAME]), answer);
  profiler.dispose();
  plan.dispose();
  opened.destroy();
});

gpuTest("time() has a pass for each dispatch, in the plan's order", async () => {
  const device = await trialDevice();
  assert.ok(device);
  const plan = await prepared(device, detector);
  const [passes, ends]: [number[], number[]] = [[], []];
  await plan.time(FRAME, {
    passOf: (op) => {
      passes.push(op);
      return {};
    },
    end: () => ends.push(passes.length),
  });
  assert.equal(passes.length, plan.size.dispatches);
  assert.deepEqual(passes, passes.toSorted((a, b) => a - b));
  assert.deepEqual([...new Set(passes)], [...detector.ops.keys()]);
  assert.deepEqual(ends, [passes.length]);
  plan.dispose();
});

gpuTest("of() is undefined on a device without a clock", async () => {
  const device = await trialDevice();
  assert.ok(device);
  const plan = await prepared(device, fillingPlan());
  assert.equal(PlanProfiler.of(device, plan), undefined);
  plan.dispose();
});
