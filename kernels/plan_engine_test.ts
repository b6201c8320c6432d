import assert from "node:assert/strict";
import { compiledNetwork } from "../tests/fixtures/compiled_network.ts";
import { difference } from "../tests/fixtures/small_networks.ts";
import { tinyPlan, tinyPlanFile, withAnswer } from "../tests/fixtures/tiny_plan.ts";
import { frameOf } from "../tests/fuzz/networks.ts";
import { smallPlans } from "../tests/fuzz/small_plans.ts";
import { openPlan, sealPlan } from "../tests/fuzz/mutate_plan.ts";
import type { Tensors } from "./engine.ts";
import type { Plan } from "./plan.ts";
import { ArenaPlan } from "./arena_plan.ts";
import { type Backend, PlanEngine, type PlanEngineOptions } from "./plan_engine.ts";
import { encodePlan } from "./plan_file.ts";
import { referenceBackend, referenceEngine } from "./reference_engine.ts";

const X = [1, -2, 3.5, -0.25, 0, -1e20];
const Y = [2, 0, 7, 0, 0, 0];

function inputs(values: readonly number[] = X): Tensors {
  return { x: { data: Float32Array.from(values), shape: [2, 3] } };
}

async function assertTiny(engine: PlanEngine): Promise<void> {
  const { y } = await engine.run(inputs());
  assert.deepEqual([[...y.data], y.shape], [Y, [2, 3]]);
}

/** An engine on the tiny plan. */
async function tinyEngine(options?: PlanEngineOptions): Promise<PlanEngine> {
  const engine = referenceEngine(options);
  await engine.load(await tinyPlanFile());
  return engine;
}

/** The tiny plan with subtraction for addition, but still its answer: its hash is right. */
async function lyingPlan(): Promise<Uint8Array> {
  const plan = await withAnswer(tinyPlan());
  const [first] = plan.ops;
  const second = { ...plan.ops[1], kind: "sub" } as Plan["ops"][number];
  return await encodePlan({ ...plan, ops: [first, second] });
}

async function detector(): Promise<Uint8Array> {
  const [{ name, file }] = await smallPlans(referenceBackend);
  assert.match(name, /detector/);
  return file;
}

Deno.test("load() refuses a plan that answers wrongly, names the backend, keeps the plan before", async () => {
  const engine = await tinyEngine();
  const before = engine.plan;
  await assert.rejects(
    engine.load(await lyingPlan()),
    /^Error: Cannot load the plan: reference does not give its known answer on this device$/,
  );
  assert.equal(engine.plan, before);
  await assertTiny(engine);
});

Deno.test("load() refuses a plan of which any one weight has changed, though its hash is right", async () => {
  const engine = referenceEngine();
  const { header, data } = openPlan(await detector());
  await engine.load(await sealPlan({ header, data }));
  const { plan } = engine;
  const conv = plan?.ops.find(({ op }) => op === "conv");
  assert.ok(conv?.op === "conv");
  data[conv.weights] ^= 1;
  await assert.rejects(engine.load(await sealPlan({ header, data })), /known answer/);
  assert.equal(engine.plan, plan);
});

Deno.test("load() refuses a plan that was asked another question", async () => {
  const plan = await withAnswer(tinyPlan());
  const file = await encodePlan({ ...plan, golden: { ...plan.golden, seed: 8 } });
  await assert.rejects(referenceEngine().load(file), /known answer/);
});

Deno.test("load() keeps the plan before when bytes are damaged, cut, of another version", async () => {
  const engine = await tinyEngine();
  const file = await tinyPlanFile();
  const newer = file.slice();
  newer[6] = 2;
  const changed = file.slice();
  changed[file.length - 1] ^= 1;
  const refused = [[file.subarray(0, 100), /100 bytes/], [newer, /version 2/], [
    changed,
    /SHA-256/,
  ]];
  for (const [bytes, why] of refused) {
    assert.ok(bytes instanceof Uint8Array && why instanceof RegExp);
    await assert.rejects(engine.load(bytes), why);
    await assertTiny(engine);
  }
});

Deno.test("load() keeps the plan before when the backend has no room for another", async () => {
  let plans = 0;
  const backend: Backend = {
    name: "one plan only",
    prepare: (plan) => {
      plans++;
      if (plans > 1) throw new Error("Cannot load the plan: no memory");
      return referenceBackend.prepare(plan);
    },
  };
  const engine = new PlanEngine(backend);
  await engine.load(await tinyPlanFile());
  await assert.rejects(engine.load(await tinyPlanFile()), /no memory/);
  await assertTiny(engine);
});

Deno.test("load() refuses a plan that its own question does not fit", async () => {
  const { header, data } = openPlan(await detector());
  assert.ok(typeof header === "object");
  const frame = { name: "input0", shape: [1, 32768, 4] }; // wider than kernels take
  const file = await sealPlan({ header: { ...header, inputs: [frame] }, data });
  await assert.rejects(
    referenceEngine().load(file),
    /^Error: Cannot load the plan: it cannot answer its question \(Cannot run: a frame of 32768×1 is too/,
  );
});

Deno.test("load() asks isProven about the plan's answer, and does not run what is proven", async () => {
  const asked: Plan["golden"][] = [];
  const told: Plan["golden"][] = [];
  const options: PlanEngineOptions = {
    isProven: (golden) => asked.push(golden) > 0,
    onProven: (golden) => void told.push(golden),
  };
  const backend: Backend = {
    name: "not to be run",
    prepare: () =>
      Promise.resolve({
        answer: () => assert.fail("it was run"),
        tell: () => assert.fail("it was asked"),
        dispose: () => {},
      }),
  };
  await new PlanEngine(backend, options).load(await tinyPlanFile());
  assert.deepEqual(asked, [(await withAnswer(tinyPlan())).golden]);
  assert.deepEqual(told, []);
});

Deno.test("load() tells onProven of right answers, and of no others", async () => {
  const told: Plan["golden"][] = [];
  const options: PlanEngineOptions = {
    isProven: () => Promise.resolve(false),
    onProven: (golden) => void told.push(golden),
  };
  const engine = await tinyEngine(options);
  const { golden } = await withAnswer(tinyPlan());
  assert.deepEqual(told, [golden]);
  await assert.rejects(engine.load(await lyingPlan()), /known answer/);
  assert.deepEqual(told, [golden]);
});

Deno.test("load() keeps the plan before when isProven or onProven fails", async () => {
  let fails = false;
  const fail = () => {
    if (fails) throw new Error("no store");
  };
  for (const option of ["isProven", "onProven"] as const) {
    fails = false;
    const engine = await tinyEngine({ [option]: fail });
    const before = engine.plan;
    fails = true;
    await assert.rejects(engine.load(await tinyPlanFile()), /no store/);
    assert.equal(engine.plan, before);
    await assertTiny(engine);
  }
});

Deno.test("run() gives both answers when it is called twice at once", async () => {
  const engine = await tinyEngine();
  const other = [6, 5, 4, -3, 2, 1];
  const [first, second] = await Promise.all([engine.run(inputs()), engine.run(inputs(other))]);
  assert.deepEqual([...first.y.data], Y);
  assert.deepEqual([...second.y.data], [12, 10, 8, 0, 4, 2]);
});

Deno.test("run() gives both answers when two frames come at once, as one after the other", async () => {
  const engine = referenceEngine();
  await engine.load(await detector());
  const run = (seed: number) => {
    const { width, height, data } = frameOf(20 + seed, 30, seed);
    return engine.run({ input0: { data: Uint8Array.from(data), shape: [height, width, 4] } });
  };
  const alone = [await run(1), await run(2)];
  assert.notDeepEqual(alone[0], alone[1]);
  assert.deepEqual(await Promise.all([run(1), run(2)]), alone);
});

Deno.test("run() gives copies: neither the caller's changes nor later runs reach into them", async () => {
  const engine = await tinyEngine();
  const given = inputs();
  const first = await engine.run(given);
  first.y.data.fill(7);
  given.x.data.fill(9);
  await assertTiny(engine);
  assert.ok(first.y.data.every((value) => value === 7));
  assert.ok(engine.memory instanceof ArenaPlan);
  assert.notEqual(first.y.data.buffer, engine.memory.arena.buffer);
});

Deno.test("run() refuses frames that are not what they say, and works afterwards", async () => {
  const engine = referenceEngine();
  await engine.load(await detector());
  const data = new Uint8Array(4 * 5 * 4);
  const refused: [Tensors[string], RegExp][] = [
    [{ data, shape: [4, 5, 3] }, /input0 has shape \[4,5,3\], the network wants \[0,0,4\]/],
    [{ data, shape: [5, 5, 4] }, /input0 holds 80 elements, not 100/],
    [{ data: new Uint8Array(), shape: [0, 5, 4] }, /a frame of 5×0 holds nothing/],
    [{ data, shape: [-4, -5, 4] }, /a frame of -5×-4 holds nothing/],
    [{ data: new Float32Array(80), shape: [4, 5, 4] }, /input0 is not uint8 RGBA/],
    [{ data: new Uint8Array(4 * 20000), shape: [1, 20000, 4] }, /a frame of 20000×1 is too large/],
  ];
  for (const [input0, why] of refused) await assert.rejects(engine.run({ input0 }), why);
  await engine.run({ input0: { data, shape: [4, 5, 4] } });
});

Deno.test("plan tells what is loaded, without its constants", async () => {
  const engine = referenceEngine();
  const name = () => engine.plan?.provenance.name;
  assert.equal(name(), undefined);
  await engine.load(await tinyPlanFile());
  assert.equal(name(), "tiny");
  assert.ok(
    !Object.hasOwn(engine.plan ?? {}, "data"),
    "constants are in the backend's memory alone",
  );
  await engine.load(await compiledNetwork(difference()));
  assert.equal(name(), "small");
});

Deno.test("dispose() lets go of plan and memory", async () => {
  const engine = await tinyEngine();
  await engine.dispose();
  assert.deepEqual([engine.plan, engine.memory], [undefined, undefined]);
  await assert.rejects(engine.run(inputs()), /disposed/);
});

Deno.test("dispose() while a plan is loaded makes that load refuse", async () => {
  const engine = referenceEngine();
  const loading = engine.load(await tinyPlanFile());
  await engine.dispose();
  await assert.rejects(loading, /disposed/);
  assert.equal(engine.memory, undefined);
});
