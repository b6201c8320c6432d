import assert from "node:assert/strict";
import { readKernels } from "../models/kernels_wasm.ts";
import { engineSuite } from "../tests/contracts/engine_suite.ts";
import { compiledNetwork } from "../tests/fixtures/compiled_network.ts";
import { tinyPlan, tinyPlanFile } from "../tests/fixtures/tiny_plan.ts";
import { noise } from "../tests/fixtures/trial_memory.ts";
import { smallPlans } from "../tests/fuzz/small_plans.ts";
import { goldenInputs } from "./golden.ts";
import type { PlanOp, PlanTensor } from "./plan.ts";
import type { PlanEngine } from "./plan_engine.ts";
import { decodePlan } from "./plan_file.ts";
import { writeInputs } from "./plan_ports.ts";
import { hasRelaxedSimd } from "./relaxed_simd.ts";
import { type KernelBuild, WasmBackend, wasmEngine, WasmPlan } from "./wasm_engine.ts";

const BUILDS = ["plain", "relaxed"] as const;
const plans = await smallPlans(new WasmBackend({ readKernels }));

for (const build of BUILDS) {
  engineSuite(`wasm, ${build} SIMD`, {
    create: () => wasmEngine({ readKernels, build }),
    networkOf: compiledNetwork,
  });

  for (const { name, file } of plans) {
    Deno.test(`wasmEngine() gives the known answer of every op: ${name}, ${build}`, async () => {
      const engine = wasmEngine({ readKernels, build });
      await engine.load(file);
      const inputs = goldenInputs(await decodePlan(file));
      const first = await engine.run(inputs);
      assert.deepEqual(await engine.run(inputs), first);
    });

    Deno.test(`run() depends on nothing that its memory held before: ${name}, ${build}`, async () => {
      const engine = wasmEngine({ readKernels, build });
      await engine.load(file);
      const inputs = goldenInputs(await decodePlan(file));
      const first = await engine.run(inputs);
      fillWithNoise(engine);
      assert.deepEqual(await engine.run(inputs), first);
    });
  }
}

/** The arena and what follows. */
function fillWithNoise({ memory }: PlanEngine): void {
  assert.ok(memory instanceof WasmPlan);
  const bytes = new Uint8Array(memory.arena.buffer, memory.arena.start);
  const next = noise(5);
  for (let at = 0; at < bytes.length; at++) bytes[at] = next();
}

Deno.test("run() never grows the memory, nor takes another", async () => {
  for (const { file } of plans) {
    const engine = wasmEngine({ readKernels });
    await engine.load(file);
    const { memory } = engine;
    assert.ok(memory instanceof WasmPlan);
    const { buffer } = memory.arena;
    const { bytes } = memory;
    const inputs = goldenInputs(await decodePlan(file));
    for (let round = 0; round < 200; round++) await engine.run(inputs);
    assert.equal(engine.memory, memory);
    assert.equal(memory.arena.buffer, buffer);
    assert.deepEqual([buffer.byteLength, memory.bytes], [bytes, bytes]);
  }
});

Deno.test("a loaded plan does not need its file again", async () => {
  const engine = wasmEngine({ readKernels });
  const [{ file }] = plans;
  const bytes = file.slice();
  await engine.load(bytes);
  const inputs = goldenInputs(await decodePlan(file));
  const first = await engine.run(inputs);
  bytes.fill(0);
  assert.deepEqual(await engine.run(inputs), first);
});

Deno.test("run() of one op after the other is a run of all", async () => {
  const found = plans.find(({ name }) => name === "fp32 ops");
  assert.ok(found);
  const engine = wasmEngine({ readKernels });
  await engine.load(found.file);
  const plan = await decodePlan(found.file);
  const outputs = await engine.run(goldenInputs(plan));
  const { memory } = engine;
  assert.ok(memory instanceof WasmPlan);
  const [{ name, tensor }] = plan.outputs;
  const { offset } = plan.tensors[tensor ?? 0];
  const at = memory.arena.start + offset;
  const output = new Float32Array(memory.arena.buffer, at, outputs[name].data.length);
  output.fill(0);
  writeInputs(plan, memory.arena, goldenInputs(plan));
  for (const op of plan.ops.keys()) memory.run(op + 1, undefined, op);
  assert.deepEqual(output, outputs[name].data);
});

Deno.test("WasmBackend takes relaxed SIMD where the device has it, and says which it took", () => {
  const build = hasRelaxedSimd() ? "relaxed" : "plain";
  assert.equal(new WasmBackend({ readKernels }).name, `fieldmesh wasm, ${build} SIMD`);
  assert.equal(wasmEngine({ readKernels, build: "plain" }).name, "fieldmesh wasm, plain SIMD");
});

Deno.test("WasmBackend reads the kernels once for all plans, of its build alone", async () => {
  const read: KernelBuild[] = [];
  const backend = new WasmBackend({
    build: "plain",
    readKernels: (build) => {
      read.push(build);
      return readKernels(build);
    },
  });
  await Promise.all([backend.prepare(tinyPlan()), backend.prepare(tinyPlan())]);
  await backend.prepare(tinyPlan());
  assert.deepEqual(read, ["plain"]);
});

/** As WebAssembly's binary format has them; `body` follows magic and version. */
function module(...body: number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, ...body);
}

/** Imports env.memory of so many pages. */
function importingMemory(pages: number): Uint8Array<ArrayBuffer> {
  const text = (word: string) => [word.length, ...new TextEncoder().encode(word)];
  return module(0x02, 0x0f, 0x01, ...text("env"), ...text("memory"), 0x02, 0x00, pages);
}

const NO_KERNELS: Readonly<Record<string, readonly [Uint8Array<ArrayBuffer>, RegExp]>> = {
  "nothing": [new Uint8Array(), /Cannot load the kernels \(plain SIMD\): ./],
  "a web page": [new TextEncoder().encode("<!doctype html>"), /Cannot load the kernels \(plain/],
  "half of them": [(await readKernels("plain")).slice(0, 5000), /Cannot load the kernels \(plain/],
  "a module without kernels": [module(), /Cannot load the kernels: they are of another version/],
  "a module that needs more memory": [importingMemory(100), /Cannot load the kernels: .*memory/],
};

for (const [what, [bytes, why]] of Object.entries(NO_KERNELS)) {
  Deno.test(`load() says so when it is given ${what} for kernels, and keeps the engine usable`, async () => {
    const engine = wasmEngine({ build: "plain", readKernels: () => Promise.resolve(bytes) });
    await assert.rejects(engine.load(await tinyPlanFile()), why);
    assert.equal(engine.plan, undefined);
  });
}

Deno.test("load() reads the kernels again after they could not be read", async () => {
  const reads = [
    () => Promise.reject(new Error("not in the cache")),
    () => Promise.resolve(new Uint8Array(8)),
    () => readKernels("plain"),
  ];
  const engine = wasmEngine({
    build: "plain",
    readKernels: () => (reads.shift() ?? assert.fail("read too often"))(),
  });
  const file = await tinyPlanFile();
  await assert.rejects(
    engine.load(file),
    /Cannot load the kernels \(plain SIMD\): not in the cache/,
  );
  await assert.rejects(engine.load(file), /Cannot load the kernels \(plain SIMD\): .*WebAssembly/);
  await engine.load(file);
  await engine.load(file);
});

/** A pool that merges the rows of a very wide picture needs working space for one of them. */
function widePlan(width: number, channels: number) {
  const wide: PlanTensor = {
    ...{ name: "wide", type: "u7", offset: 0, height: 0, width, channels, stride: channels },
    ...{ scale: 1, zero: 0 },
  };
  const one = [1, 1] as const;
  const window = { kernel: one, stride: one, dilation: one, padding: [0, 0] as const };
  const op: PlanOp = { op: "max_pool", input: 0, output: 0, ...window };
  return tinyPlan({ tensors: [wide], ops: [op], inputs: [], outputs: [], arenaBytes: 0 });
}

Deno.test("prepare() refuses a plan that needs more than 2 GiB, and says how much", async () => {
  const backend = new WasmBackend({ readKernels });
  await backend.prepare(widePlan(2 ** 10, 2 ** 10));
  await assert.rejects(
    backend.prepare(widePlan(2 ** 20, 2 ** 12)),
    /^Error: Cannot load the plan: it needs 4295\d{6} bytes$/,
  );
});

Deno.test("prepare() refuses a plan for which the device has no memory", async () => {
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor() {
      super({ initial: 65537 }); // more than there can be
    }
  };
  try {
    await assert.rejects(
      new WasmBackend({ readKernels }).prepare(tinyPlan()),
      /^Error: Cannot load the plan: the device does not give it \d+ bytes$/,
    );
  } finally {
    WebAssembly.Memory = Memory;
  }
});
