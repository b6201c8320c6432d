import assert from "node:assert/strict";
import { gpuTest } from "../../tests/fixtures/gpu_only.ts";
import { runOnGpu, trialBackend } from "../../tests/fixtures/gpu_trial.ts";
import { tinyPlan } from "../../tests/fixtures/tiny_plan.ts";
import { noise } from "../../tests/fixtures/trial_memory.ts";
import type { PlanTensor } from "../plan.ts";

/** All of them: products that are cut by 0 to 16 bits and more, many half way between two floats. */
const STEPS = Int16Array.from({ length: 2 ** 16 }, (_, index) => index - 2 ** 15);
const SIZE = { height: 256, width: 256, channels: 1, stride: 1, zero: 0 };

/** Each of `STEPS` times `scale`, as `dequantize` has it. */
async function products(scale: number): Promise<Float32Array> {
  const backend = await trialBackend("plain");
  assert.ok(backend);
  const outputAt = STEPS.byteLength;
  const tensors: PlanTensor[] = [
    { name: "q", type: "i16", offset: 0, ...SIZE, scale },
    { name: "x", type: "f32", offset: outputAt, ...SIZE, scale: 1 },
  ];
  const arena = new Uint8Array(outputAt + 4 * STEPS.length);
  arena.set(new Uint8Array(STEPS.buffer));
  const ops = [{ op: "dequantize", input: 0, output: 1 }] as const;
  const after = await runOnGpu(
    backend,
    tinyPlan({ tensors, ops, arenaBytes: arena.length }),
    arena,
  );
  return new Float32Array(after.slice(outputAt).buffer);
}

gpuTest(
  "multiply_f32() rounds once, to the nearest, half to even, denormal and infinite too",
  async () => {
    const next = noise(3);
    const bits = Uint32Array.from({ length: 40 }, (_, at) => {
      if (at < 10) return (1 << at) + (next() % (1 << at)); // denormal
      if (at < 20) return 0x7f000000 + (next() & 0xfffff); // beyond the largest float
      if (at < 30) return ((90 + at) << 23) | (next() & 0x7fffff); // many digits
      return ((90 + at) << 23) | ((next() & 0xff) << 8); // few: often half way
    });
    for (const scale of [2 ** -149, 1, ...new Float32Array(bits.buffer)]) {
      const wanted = Float32Array.from(STEPS, (step) => step * scale);
      assert.deepEqual(await products(scale), wanted, `scale ${scale}`);
    }
  },
);
