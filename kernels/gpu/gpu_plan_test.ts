import assert from "node:assert/strict";
import { readKernels } from "../../models/kernels_wasm.ts";
import { readShaders } from "../../models/kernels_wgsl.ts";
import { engineSuite } from "../../tests/contracts/engine_suite.ts";
import { compiledNetwork } from "../../tests/fixtures/compiled_network.ts";
import { countingDevice } from "../../tests/fixtures/counting_device.ts";
import { gpuTest } from "../../tests/fixtures/gpu_only.ts";
import { ownDevice, trialBackend, trialDevice } from "../../tests/fixtures/gpu_trial.ts";
import { frameOf } from "../../tests/fuzz/networks.ts";
import { smallPlans } from "../../tests/fuzz/small_plans.ts";
import type { Tensors } from "../engine.ts";
import { goldenInputs } from "../golden.ts";
import { PlanEngine } from "../plan_engine.ts";
import { decodePlan } from "../plan_file.ts";
import { referenceBackend } from "../reference_engine.ts";
import { WasmBackend } from "../wasm_engine.ts";
import { GpuBackend } from "./gpu_backend.ts";

const oracle = new WasmBackend({ readKernels });
const plans = await smallPlans(oracle);
const packed = await trialBackend("packed");
const sources = await readShaders();
/** Of the small plans, one that sees frames. */
const [detector] = plans;

if (packed) {
  engineSuite("gpu", {
    create: () => new PlanEngine(packed, { oracle }),
    networkOf: compiledNetwork,
  });
}

/** A frame as the detector takes it. */
function frame(width: number, height: number, seed: number): Tensors {
  const { data } = frameOf(width, height, seed);
  return { input0: { data: Uint8Array.from(data), shape: [height, width, 4] } };
}

const FRAMES = [
  frame(40, 30, 1),
  frame(17, 61, 2),
  frame(24, 24, 3),
  frame(1, 9, 4),
  frame(90, 31, 5),
];

for (const dot of ["packed", "plain"] as const) {
  for (const { name, file } of plans) {
    gpuTest(`load() proves the known answer of every op: ${name}, ${dot} dot`, async () => {
      const backend = await trialBackend(dot);
      assert.ok(backend);
      const engine = new PlanEngine(backend, { oracle });
      await engine.load(file);
      await engine.run(goldenInputs(await decodePlan(file)));
      await engine.dispose();
    });
  }

  gpuTest(`runBatch() gives the reference's bits, as one by one: ${dot} dot`, async () => {
    const backend = await trialBackend(dot);
    assert.ok(backend);
    const [engine, reference] = [new PlanEngine(backend), new PlanEngine(referenceBackend)];
    for (const each of [engine, reference]) await each.load(detector.file);
    const expected = await reference.runBatch(FRAMES);
    assert.deepEqual(await engine.runBatch(FRAMES), expected);
    assert.deepEqual(await engine.runBatch(FRAMES.slice(0, 2)), expected.slice(0, 2));
    for (const [at, one] of FRAMES.entries()) assert.deepEqual(await engine.run(one), expected[at]);
    await engine.dispose();
  });
}

gpuTest(
  "run() is one submission, and creates nothing once it has seen as large a batch",
  async () => {
    const device = await trialDevice();
    assert.ok(device);
    const counting = countingDevice(device);
    const engine = new PlanEngine(new GpuBackend({ device: counting.device, sources }));
    await engine.load(detector.file);
    await engine.runBatch(FRAMES);
    counting.reset();
    for (let round = 0; round < 3; round++) {
      await engine.runBatch(FRAMES);
      await engine.runBatch(FRAMES.slice(1, 3));
      for (const one of FRAMES) await engine.run(one);
    }
    const runs = 3 * (2 + FRAMES.length);
    assert.deepEqual(
      [...counting.calls].filter(([name]) => name.startsWith("create") || name === "submit"),
      [["createCommandEncoder", runs], ["submit", runs]],
    );
    await engine.dispose();
  },
);

gpuTest("runBatch() grows for a larger batch, and frees what it had", async () => {
  const device = await trialDevice();
  assert.ok(device);
  const counting = countingDevice(device);
  const engine = new PlanEngine(new GpuBackend({ device: counting.device, sources }));
  await engine.load(detector.file);
  await engine.run(FRAMES[0]);
  counting.reset();
  await engine.runBatch(FRAMES);
  assert.equal(counting.calls.get("createBindGroup"), 1);
  assert.equal(counting.calls.get("createBuffer"), 4);
  await engine.dispose();
});

gpuTest("run() called many times at once gives each its answer", async () => {
  assert.ok(packed);
  const engine = new PlanEngine(packed);
  await engine.load(detector.file);
  const expected = await engine.runBatch(FRAMES);
  assert.deepEqual(await Promise.all(FRAMES.map((one) => engine.run(one))), expected);
  await engine.dispose();
});

gpuTest("run() refuses when the device is lost, before, during and after", async () => {
  const device = await ownDevice();
  const engine = new PlanEngine(new GpuBackend({ device, sources }));
  await engine.load(detector.file);
  const during = engine.run(FRAMES[0]);
  device.destroy();
  await assert.rejects(during, /Cannot run: the GPU/);
  await assert.rejects(engine.run(FRAMES[0]), /Cannot run: the GPU/);
  await assert.rejects(engine.load(detector.file), /Cannot load the plan: .*the GPU/);
});

gpuTest("load() refuses a shader that the device does not compile, and names it", async () => {
  const device = await trialDevice();
  assert.ok(device);
  const broken = { ...sources, "conv/conv": "fn main( {" };
  const engine = new PlanEngine(new GpuBackend({ device, sources: broken }));
  await assert.rejects(engine.load(detector.file), /Cannot load the plan: .*conv\/conv/s);
  await assert.rejects(engine.run(FRAMES[0]), /no network is loaded/);
});

gpuTest("load() refuses a shader that computes something else", async () => {
  const device = await trialDevice();
  assert.ok(device);
  const source = sources["gpu/requantize"].replace("0x4000", "0x2000");
  const backend = new GpuBackend({ device, sources: { ...sources, "gpu/requantize": source } });
  await assert.rejects(
    new PlanEngine(backend).load(detector.file),
    /gpu.* does not give its known answer/,
  );
});

gpuTest("load() refuses a plan that is larger than the device's memory", async () => {
  assert.ok(packed);
  const plan = await decodePlan(detector.file);
  const huge = { ...plan, arenaBytes: 2 ** 31 };
  await assert.rejects(packed.prepare(huge), /Cannot load the plan: the GPU does not take it/);
});
