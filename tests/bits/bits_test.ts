import assert from "node:assert/strict";
import type { GpuBackend } from "../../kernels/gpu/gpu_backend.ts";
import { referenceBackend } from "../../kernels/reference_engine.ts";
import { WasmBackend } from "../../kernels/wasm_engine.ts";
import { readKernels } from "../../models/kernels_wasm.ts";
import { modelBytes } from "../../models/model_bytes.ts";
import { gpuTest } from "../fixtures/gpu_only.ts";
import { type Dot, trialBackend } from "../fixtures/gpu_trial.ts";
import { answersOf, outputsOf } from "./answers.ts";
import { committed } from "./committed.ts";
import { bitFrames } from "./deno_frames.ts";
import { BATCH_SIZES, BATCHED, ONE_BY_ONE } from "./gpu_frames.ts";

/** The oracle takes seconds a frame; it answered all of them when the answers were made. */
const REFERENCE_FRAMES = 2;

const { models } = await committed();

for (const [id, answers] of Object.entries(models)) {
  for (const build of ["plain", "relaxed"] as const) {
    Deno.test(`${id} gives the committed answers on ${build} SIMD in Deno`, async () => {
      const backend = new WasmBackend({ build, readKernels });
      assert.deepEqual(await answersOf(backend, await modelBytes(id), await bitFrames()), answers);
    });
  }
  for (const dot of ["packed", "plain"] as const) {
    const { first, end } = ONE_BY_ONE;
    const which = `frames ${first} to ${end - 1}`;
    gpuTest(`${id} gives the committed answers on a GPU, ${dot} dot, ${which}`, async () => {
      const frames = (await bitFrames()).slice(first, end);
      const given = await answersOf(await gpu(dot), await modelBytes(id), frames);
      assert.deepEqual(given, answers.slice(first, end));
    });
    gpuTest(`${id} gives the same in batches of ${BATCH_SIZES} on a GPU, ${dot} dot`, async () => {
      const frames = (await bitFrames()).slice(BATCHED.first, BATCHED.end);
      const plan = await modelBytes(id);
      const wasm = new WasmBackend({ readKernels });
      const expected = await outputsOf(wasm, plan, { frames, sizes: frames.map(() => 1) });
      assert.ok(new Set(expected).size > 1, "something is detected");
      const given = await outputsOf(await gpu(dot), plan, { frames, sizes: BATCH_SIZES });
      assert.deepEqual(given, expected);
    });
  }
  Deno.test(`${id} gives the committed answers on the reference in Deno`, async () => {
    const frames = (await bitFrames()).slice(0, REFERENCE_FRAMES);
    const expected = answers.slice(0, REFERENCE_FRAMES);
    assert.deepEqual(await answersOf(referenceBackend, await modelBytes(id), frames), expected);
  });
}

async function gpu(dot: Dot): Promise<GpuBackend> {
  return await trialBackend(dot) ?? assert.fail("there is no adapter");
}
