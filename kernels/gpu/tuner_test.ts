import assert from "node:assert/strict";
import { readKernels } from "../../models/kernels_wasm.ts";
import { readShaders } from "../../models/kernels_wgsl.ts";
import { countingDevice } from "../../tests/fixtures/counting_device.ts";
import { gpuTest } from "../../tests/fixtures/gpu_only.ts";
import { ownDevice, trialDevice } from "../../tests/fixtures/gpu_trial.ts";
import { smallPlans } from "../../tests/fuzz/small_plans.ts";
import { goldenInputs } from "../golden.ts";
import type { Plan } from "../plan.ts";
import { goldenAnswer } from "../plan_engine.ts";
import { decodePlan } from "../plan_file.ts";
import { WasmBackend } from "../wasm_engine.ts";
import { GpuBackend } from "./gpu_backend.ts";
import { findAdapter } from "./gpu_device.ts";
import type { TileChoice } from "./gpu_op.ts";
import { lowerPlan } from "./lower_plan.ts";
import { rememberedTiles, tuneTiles } from "./tuner.ts";

const sources = await readShaders();
const [{ file }] = await smallPlans(new WasmBackend({ readKernels }));
const plan = await decodePlan(file);
const WAYS = [{ name: "likely" }, { name: "other" }];
/** Far more than it can need here. */
const LONG_MS = 1e9;

/** All names that each layer of a plan could be given. */
function namesOf(plan: Plan): Map<string, string[]> {
  const names = new Map<string, string[]>();
  const tiles: TileChoice = {
    choose: (layer, byCost) => {
      names.set(layer, byCost.map(({ name }) => name));
      return byCost[0];
    },
  };
  lowerPlan(plan, { tiles, packedDot: true });
  return names;
}

async function device(): Promise<GPUDevice> {
  return await trialDevice() ?? assert.fail("there is an adapter");
}

Deno.test("rememberedTiles() gives the remembered tile, else the likely one", () => {
  const { choose } = rememberedTiles({ conv: "other", old: "gone", damaged: 7 });
  assert.equal(choose("conv", WAYS).name, "other");
  for (const layer of ["old", "damaged", "unknown", "toString", "__proto__"]) {
    assert.equal(choose(layer, WAYS).name, "likely", layer);
  }
});

Deno.test("rememberedTiles() passes over what is no record", () => {
  for (const record of [undefined, null, 7, "conv", [], ["other"], { conv: { name: "other" } }]) {
    assert.equal(rememberedTiles(record).choose("conv", WAYS).name, "likely");
  }
});

gpuTest("tuneTiles() names for every layer a tile that it has, and the bits stay", async () => {
  const found = await findAdapter();
  const opened = "absent" in found ? found : await found.open();
  assert.ok(!("absent" in opened));
  for (const each of [await device(), opened.device]) {
    const record = await tuneTiles({
      device: each,
      sources,
      packedDot: true,
      plan,
      budgetMs: LONG_MS,
    });
    const names = namesOf(plan);
    assert.deepEqual(new Set(Object.keys(record)), new Set(names.keys()));
    for (const [layer, tile] of Object.entries(record)) assert.ok(names.get(layer)?.includes(tile));
    const kept: unknown = JSON.parse(JSON.stringify(record));
    const backend = new GpuBackend({ device: each, sources, tiles: rememberedTiles(kept) });
    const memory = await backend.prepare(plan);
    assert.equal((await goldenAnswer({ plan, memory })).output, plan.golden.output);
    memory.dispose();
  }
  opened.device.destroy();
});

gpuTest("tuneTiles() stops when its time is spent, and keeps what it knows", async () => {
  for (const ticks of [1, 2, 12, 40]) {
    const counting = countingDevice(await device());
    let nowMs = 5000;
    let calls = 0;
    const record = await tuneTiles({
      device: counting.device,
      sources,
      plan,
      budgetMs: ticks,
      nowMs: () => (calls++, nowMs++),
    });
    // Each look is a millisecond. A round that was begun is waited for: two looks a way.
    assert.ok(calls <= ticks + 2 * 4 + 4, `${calls} looks for ${ticks}`);
    const [submissions = 0, pipelines = 0] = ["submit", "createComputePipelineAsync"]
      .map((call) => counting.calls.get(call));
    assert.equal(pipelines > 0, ticks > 1, "it compiles nothing when its time is spent");
    assert.equal(submissions > 0, ticks > 2, "nor runs what it has compiled");
    assert.ok(submissions < calls);
    assert.ok(Object.keys(record).length < namesOf(plan).size);
  }
});

gpuTest("tuneTiles() leaves the device answering between its submissions", async () => {
  const one = await device();
  const backend = new GpuBackend({ device: one, sources });
  const memory = await backend.prepare(plan);
  let isTuned = false;
  const tuned = tuneTiles({ device: one, sources, plan, budgetMs: LONG_MS }).finally(() => {
    isTuned = true;
  });
  let answers = 0;
  while (!isTuned) {
    await memory.answer([goldenInputs(plan)]);
    answers++;
  }
  await tuned;
  assert.ok(answers > 2, `${answers} answers`);
  memory.dispose();
});

gpuTest("tuneTiles() throws when the device is lost", async () => {
  const lost = await ownDevice();
  const tuned = tuneTiles({ device: lost, sources, plan, budgetMs: LONG_MS });
  lost.destroy();
  await assert.rejects(tuned);
});
