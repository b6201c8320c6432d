import assert from "node:assert/strict";
import { readKernels } from "../../models/kernels_wasm.ts";
import { readShaders } from "../../models/kernels_wgsl.ts";
import { compiledNetwork } from "../../tests/fixtures/compiled_network.ts";
import { gpuTest } from "../../tests/fixtures/gpu_only.ts";
import { trialBackend, trialDevice } from "../../tests/fixtures/gpu_trial.ts";
import { denseAutoencoder, mobileNetV3, uNet } from "../../tests/fixtures/typical_networks.ts";
import type { Tensors } from "../engine.ts";
import { goldenInputs } from "../golden.ts";
import { isNear } from "../near.ts";
import { PlanEngine } from "../plan_engine.ts";
import { decodePlan } from "../plan_file.ts";
import { WasmBackend } from "../wasm_engine.ts";
import { GpuBackend } from "./gpu_backend.ts";
import type { ShaderSources } from "./pipelines.ts";

const oracle = new WasmBackend({ readKernels });
const sources = await readShaders();
const networks = await Promise.all(
  [denseAutoencoder, uNet, mobileNetV3].map(async (make) => {
    const { name, bytes } = make();
    return { name, file: await compiledNetwork(bytes) };
  }),
);
const [autoencoder] = networks;

/** As many questions as a batch has items. */
async function questions(file: Uint8Array, count: number): Promise<Tensors[]> {
  const plan = await decodePlan(file);
  return Array.from(
    { length: count },
    (_, seed) => goldenInputs({ ...plan, golden: { ...plan.golden, seed } }),
  );
}

async function gpuEngine(file: Uint8Array): Promise<PlanEngine> {
  const backend = await trialBackend("plain");
  assert.ok(backend);
  const engine = new PlanEngine(backend, { oracle });
  await engine.load(file);
  return engine;
}

function bytesOf({ data }: Tensors[string]): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

for (const { name, file } of networks) {
  gpuTest(`load() proves the fp32 plan of ${name}; run() is near Wasm's answers`, async () => {
    const [engine, wasm] = [await gpuEngine(file), new PlanEngine(oracle)];
    await wasm.load(file);
    for (const inputs of await questions(file, 3)) {
      const [found, wanted] = [await engine.run(inputs), await wasm.run(inputs)];
      for (const [output, tensor] of Object.entries(wanted)) {
        assert.deepEqual(found[output].shape, tensor.shape);
        assert.ok(tensor.data.some((value) => value !== 0), "it says something");
        assert.ok(isNear(bytesOf(found[output]), bytesOf(tensor)), output);
      }
    }
    await engine.dispose();
  });

  gpuTest(`runBatch() gives the bits of one by one: fp32 plan of ${name}`, async () => {
    const engine = await gpuEngine(file);
    const batch = await questions(file, 5);
    const alone: Tensors[] = [];
    for (const inputs of batch) alone.push(await engine.run(inputs));
    assert.notDeepEqual(alone[0], alone[1]);
    for (const size of [1, 2, 5]) {
      assert.deepEqual(await engine.runBatch(batch.slice(0, size)), alone.slice(0, size));
    }
    await engine.dispose();
  });
}

/** A device's answer with one of the shaders changed. */
async function loadWith(changes: ShaderSources, file: Uint8Array): Promise<void> {
  const device = await trialDevice();
  assert.ok(device);
  const backend = new GpuBackend({ device, sources: { ...sources, ...changes } });
  await new PlanEngine(backend, { oracle }).load(file);
}

function changed(shader: string, before: string, after: string): ShaderSources {
  assert.ok(sources[shader].includes(before), `${shader} has "${before}"`);
  return { [shader]: sources[shader].replace(before, after) };
}

gpuTest("load() refuses an fp32 plan on a device that calculates otherwise", async () => {
  const right = changed("conv_f32/conv_f32", "data_f32(op.bias", "1.0 * data_f32(op.bias");
  await loadWith(right, autoencoder.file);
  const wrong: ShaderSources[] = [
    changed("conv_f32/conv_f32", "data_f32(op.bias", "0.999 * data_f32(op.bias"),
    changed("conv_f32/conv_f32", "inputs.x * weight", "0.999 * inputs.x * weight"),
    changed("activation_f32/activation_f32", "0.6931", "0.6935"), // ln 2
  ];
  for (const changes of wrong) {
    await assert.rejects(
      loadWith(changes, autoencoder.file),
      /^Error: Cannot load the plan: fieldmesh gpu.* does not give its known answer on this device$/,
    );
  }
});

gpuTest(
  "load() refuses an fp32 plan where the device takes not a shader, in its words",
  async () => {
    const broken = changed("conv_f32/conv_f32", "fn gather(", "fn gather((");
    await assert.rejects(
      loadWith(broken, autoencoder.file),
      /^Error: Cannot load the plan: the GPU does not take it \(the shader conv_f32\/conv_f32 is refused/,
    );
  },
);
