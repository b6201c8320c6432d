import assert from "node:assert/strict";
import type { PlanTensor } from "../kernels/plan.ts";
import type { GpuEngine } from "./browser/gpu_questions.ts";
import { engineRows, opRows } from "./gpu_rows.ts";
import { jsonOf, wordsOf } from "./row.ts";

const REAL = { adapter: "nvidia hopper", isSoftware: false, hasPackedDot: true };
const SOFTWARE = { adapter: "google swiftshader", isSoftware: true, hasPackedDot: true };
const SAMPLES = new Map<GpuEngine, number[]>([
  ["fieldmesh-gpu-packed", [3, 2, 4]],
  ["fieldmesh-wasm", [12, 12, 12]],
  ["onnxruntime-webgpu", [6, 5, 7]],
]);

Deno.test("engineRows() puts ours beside the peer, and beside Wasm", () => {
  const [packed, wasm, ...others] = engineRows("net", SAMPLES, REAL);
  assert.deepEqual(others, []);
  assert.deepEqual(packed, {
    ...{ suite: "gpu", name: "net-gpu-packed-dot", value: 3, unit: "ms" },
    ...{ peer: "onnxruntime-webgpu-fp32", peerValue: 6, ratio: 0.5 },
    also: {
      ...{ bestMs: 2, peerBestMs: 5, bestRatio: 0.4, timesWasm: 0.25 },
      ...{ adapter: "nvidia hopper", goal: 0.67 },
    },
  });
  assert.deepEqual([wasm.name, wasm.ratio, wasm.also?.goal], ["net-wasm", 2, undefined]);
});

Deno.test("engineRows() of a software adapter claims nothing", () => {
  for (const made of engineRows("net", SAMPLES, SOFTWARE)) {
    assert.equal(made.also?.goal, undefined);
    for (const text of [wordsOf(made), jsonOf(made)]) {
      assert.match(text, /software adapter, nothing claimed/);
      assert.match(text, /google swiftshader/);
    }
  }
});

Deno.test("engineRows() without the peer puts the GPU beside Wasm, without a goal", () => {
  const samples = new Map([...SAMPLES].slice(0, 2));
  const [packed, ...others] = engineRows("net", samples, REAL);
  assert.deepEqual(others, []);
  assert.deepEqual([packed.peer, packed.ratio, packed.also?.goal], ["wasm", 0.25, undefined]);
});

Deno.test("opRows() has the sum, then the slowest ops first, each with its share", () => {
  const tensors = [tensor(8), tensor(4)];
  const plan = {
    tensors,
    ops: [{ op: "fill", output: 0, value: 0 }, { op: "fill", output: 1, value: 0 }] as const,
  };
  const rows = opRows({ name: "net-gpu", plan, times: [1, 3] }, REAL);
  assert.deepEqual(rows.map(({ name, value }) => [name, value]), [
    ["net-gpu all", 4],
    ["net-gpu 001 fill to 4x4x1", 3],
    ["net-gpu 000 fill to 8x8x1", 1],
  ]);
  assert.deepEqual(rows.map(({ also }) => also?.timeShare), [1, 0.75, 0.25]);
});

function tensor(side: number): PlanTensor {
  const numbers = { offset: 0, channels: 1, stride: 1, scale: 1, zero: 0 };
  return { name: "", type: "u7", height: side, width: side, ...numbers };
}
