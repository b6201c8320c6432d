import assert from "node:assert/strict";
import { referenceBackend } from "../../kernels/reference_engine.ts";
import { WasmBackend } from "../../kernels/wasm_engine.ts";
import { readKernels } from "../../models/kernels_wasm.ts";
import { modelBytes } from "../../models/model_bytes.ts";
import { answersOf } from "./answers.ts";
import { committed } from "./committed.ts";
import { bitFrames } from "./deno_frames.ts";

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
  Deno.test(`${id} gives the committed answers on the reference in Deno`, async () => {
    const frames = (await bitFrames()).slice(0, REFERENCE_FRAMES);
    const expected = answers.slice(0, REFERENCE_FRAMES);
    assert.deepEqual(await answersOf(referenceBackend, await modelBytes(id), frames), expected);
  });
}
