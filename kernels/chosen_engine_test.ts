import assert from "node:assert/strict";
import { FakeTiming, settled } from "../page/fakes_for_tests.ts";
import {
  type AbsentGpu,
  ChosenEngine,
  type ChosenEnginePorts,
  type FoundGpu,
  isChoosing,
  type ProcessorMode,
  type Remembered,
} from "./chosen_engine.ts";
import type { Engine, Tensors } from "./engine.ts";
import type { GpuFailure } from "./gpu/gpu_failure.ts";
import type { OpenGpu } from "./gpu/guarded_gpu.ts";
import { areSameBits } from "./same_bits.ts";

const [SECOND, MINUTE] = [1000, 60_000];
/** A trial that measures: checks, and turns. */
const CHECKS = 3;
const TURNS = 18;
const GPU: Pick<FoundGpu, "name" | "id" | "isSoftware"> = {
  name: "Speedy 9",
  id: "speedy 9 driver 1",
  isSoftware: false,
};

/** Twice the input, after some time. */
class DoublingEngine implements Engine {
  runs = 0;
  disposed = 0;
  underWay = 0;
  /** By the number of the run, from 1 on: throws it, or never answers. */
  failAt: (run: number) => Error | "hang" | null = () => null;
  wrongAt: (run: number) => boolean = () => false;

  constructor(readonly name: string, readonly timing: FakeTiming, public ms: number) {}

  load(): Promise<void> {
    return Promise.resolve();
  }

  async run(inputs: Tensors): Promise<Tensors> {
    const [outputs] = await this.runBatch([inputs]);
    return outputs;
  }

  async runBatch(batch: readonly Tensors[]): Promise<Tensors[]> {
    assert.equal(this.disposed, 0, `${this.name} was disposed`);
    assert.equal(this.underWay++, 0, `two runs at once on ${this.name}`);
    const run = ++this.runs;
    const failure = this.failAt(run);
    if (failure === "hang") return await new Promise<never>(() => {});
    await new Promise<void>((resolve) => this.timing.after(this.ms, resolve));
    this.underWay--;
    if (failure) throw failure;
    const more = this.wrongAt(run) ? 1 : 0;
    return batch.map((inputs) => {
      if (!inputs.x) throw new Error("Cannot run: input x is missing");
      return { y: { shape: [1], data: inputs.x.data.map((value) => value * 2 + more) } };
    });
  }

  dispose(): Promise<void> {
    this.disposed++;
    return Promise.resolve();
  }
}

interface FakeGpu extends DoublingEngine {
  readonly end: (failure: GpuFailure) => void;
}

interface World {
  readonly timing: FakeTiming;
  readonly wasm: DoublingEngine;
  readonly engine: ChosenEngine;
  /** Each that was opened. */
  readonly gpus: FakeGpu[];
  readonly memory: Map<string, Remembered>;
  readonly unheard: unknown[];
  looks: number;
  found: () => Promise<FoundGpu | AbsentGpu>;
  open: () => Promise<OpenGpu | AbsentGpu>;
  /** Done to each GPU as it is opened. */
  prepare: (gpu: FakeGpu) => void;
}

interface Given {
  readonly mode?: ProcessorMode;
  readonly gpuMs?: number;
  readonly wasmMs?: number;
  readonly isSoftware?: boolean;
  readonly memory?: Map<string, Remembered>;
}

/** What opens is twice as fast as Wasm unless it is told otherwise. */
function worldOf(
  { mode = "auto", gpuMs = 10, wasmMs = 20, isSoftware = false, memory }: Given = {},
) {
  const timing = new FakeTiming();
  const wasm = new DoublingEngine("wasm", timing, wasmMs);
  const ports: ChosenEnginePorts = {
    wasm,
    mode,
    findGpu: () => {
      world.looks++;
      return world.found();
    },
    recall: (gpu) => Promise.resolve(world.memory.get(gpu) ?? {}),
    // deno-lint-ignore require-await
    remember: async (gpu, found) => void world.memory.set(gpu, found),
    isSame: areSameBits,
    nowMs: () => timing.now(),
    dateMs: () => 1_000_000 + timing.now(),
    after: (ms, run) => timing.after(ms, run),
    onFailure: (thrown) => world.unheard.push(thrown),
  };
  const world: World = {
    timing,
    wasm,
    engine: new ChosenEngine(ports),
    gpus: [],
    memory: memory ?? new Map(),
    unheard: [],
    looks: 0,
    found: () => Promise.resolve({ ...GPU, isSoftware, open: () => world.open() }),
    open: () => {
      const ended = Promise.withResolvers<GpuFailure>();
      const gpu = Object.assign(new DoublingEngine("gpu", timing, gpuMs), { end: ended.resolve });
      world.gpus.push(gpu);
      world.prepare(gpu);
      const dispose = () => void gpu.dispose();
      return Promise.resolve({ engine: gpu, ended: ended.promise, dispose });
    },
    prepare: () => {},
  };
  return world;
}

/** What the engine makes of a number, once time has gone on for it. */
async function askFor({ engine, timing }: World, value: number): Promise<number> {
  let result: Tensors | undefined;
  let failure: unknown;
  engine.run(input(value)).then((outputs) => result = outputs, (thrown) => failure = thrown);
  for (let ms = 0; ms < 10_000 && !result && !failure; ms += 10) await timing.pass(10);
  if (failure) throw failure;
  assert.ok(result, "no answer");
  return result.y.data[0];
}

function input(value: number): Tensors {
  return { x: { shape: [1], data: Float32Array.of(value) } };
}

/** Frames that come one after the other; each is answered right. */
async function watch(world: World, frames: number): Promise<void> {
  for (let n = 0; n < frames; n++) {
    assert.equal(await askFor(world, n), 2 * n);
    await world.timing.pass(50); // longer than a check, less than it takes to be idle
  }
}

/** Until the GPU is in use, or given up. */
async function settle(world: World): Promise<void> {
  await watch(world, 2 + CHECKS + TURNS);
}

const ROOM_FOR_ALL = 30;

Deno.test("run() does not look for a GPU before it has answered the first frame", async () => {
  const world = worldOf();
  const { engine, timing } = world;
  assert.deepEqual(engine.choice, { mode: "auto", inUse: "wasm", why: "not-tried" });
  let looks: number | undefined;
  const first = engine.run(input(3)).finally(() => looks = world.looks);
  await settled();
  assert.equal(world.looks, 0);
  await timing.pass(20);
  assert.equal((await first).y.data[0], 6);
  assert.equal(looks, 0, "the answer goes out first");
  await timing.pass(1);
  assert.equal(world.looks, 1);
});

Deno.test("a GPU that is faster is kept, with both times, after the same bits were seen", async () => {
  const world = worldOf();
  await watch(world, 2);
  assert.equal(world.engine.choice.why, "measuring");
  assert.equal(world.engine.choice.inUse, "wasm");
  await settle(world);
  assert.deepEqual(world.engine.choice, {
    mode: "auto",
    inUse: "gpu",
    why: "faster",
    gpu: "Speedy 9",
    times: { gpuMs: 10, wasmMs: 20 },
  });
  assert.equal(world.engine.name, "gpu");
  const { runs } = world.wasm;
  await watch(world, 5);
  assert.equal(world.wasm.runs, runs);
  assert.deepEqual(world.memory.get(GPU.id), { times: { gpuMs: 10, wasmMs: 20 } });
});

Deno.test("a GPU that gains too little is given back, and remembered as such", async () => {
  const world = worldOf({ gpuMs: 19 });
  await settle(world);
  const { inUse, why, times } = world.engine.choice;
  assert.deepEqual([inUse, why, times], ["wasm", "faster", { gpuMs: 19, wasmMs: 20 }]);
  assert.equal(world.gpus[0].disposed, 1);
  const again = worldOf({ memory: world.memory });
  await settle(again);
  assert.equal(again.gpus.length, 0);
  assert.equal(again.engine.choice.why, "faster");
});

Deno.test("a GPU that is remembered as the faster is used at once, without being measured again", async () => {
  const memory = new Map([[GPU.id, { times: { gpuMs: 10, wasmMs: 20 } }]]);
  const world = worldOf({ memory, gpuMs: 500 });
  await watch(world, 1);
  assert.equal(world.engine.choice.why, "trying");
  await watch(world, 40);
  assert.equal(world.engine.choice.inUse, "gpu");
  assert.deepEqual(world.engine.choice.times, { gpuMs: 10, wasmMs: 20 });
});

Deno.test("what is remembered of another GPU does not count", async () => {
  const memory = new Map([["another", { times: { gpuMs: 90, wasmMs: 20 }, refusals: 2 }]]);
  const world = worldOf({ memory });
  await settle(world);
  assert.equal(world.engine.choice.inUse, "gpu");
});

Deno.test("when no frame comes the trial goes on with the last one", async () => {
  const world = worldOf();
  assert.equal(await askFor(world, 4), 8);
  await world.timing.pass((CHECKS + TURNS + 5) * 300);
  assert.equal(world.engine.choice.inUse, "gpu");
  assert.equal(await askFor(world, 5), 10);
});

Deno.test("the trial on the last frame does not disturb frames that come", async () => {
  const world = worldOf({ gpuMs: 40, wasmMs: 60 });
  for (let n = 0; n < 40; n++) {
    assert.equal(await askFor(world, n), 2 * n);
    await world.timing.pass((n * 37) % 400);
    assert.ok(!/fail|late|wrong/.test(world.engine.choice.why), `${world.engine.choice.cause}`);
  }
  assert.equal(world.engine.choice.inUse, "gpu");
});

for (
  const [absent, isRetried] of [
    ["no-webgpu", false],
    ["no-adapter", true],
    ["no-device", true],
  ] as const
) {
  Deno.test(`without a GPU (${absent}) Wasm looks, says why, ${isRetried ? "tries again" : "and that is all"}`, async () => {
    const world = worldOf();
    const absence: AbsentGpu = { absent, message: "it says so" };
    if (absent === "no-device") world.open = () => Promise.resolve(absence);
    else world.found = () => Promise.resolve(absence);
    await watch(world, 2);
    const { why, inUse, cause, retryAt } = world.engine.choice;
    assert.deepEqual([why, inUse, cause], [absent, "wasm", "it says so"]);
    assert.equal(retryAt !== undefined, isRetried);
    await world.timing.pass(10 * MINUTE);
    await watch(world, 3);
    assert.equal(world.looks, isRetried ? 2 : 1);
  });
}

Deno.test("a GPU in software is not even opened, unless it is forced", async () => {
  const world = worldOf({ isSoftware: true });
  await settle(world);
  assert.deepEqual([world.engine.choice.why, world.gpus.length], ["software", 0]);
  const forced = worldOf({ isSoftware: true, mode: "gpu" });
  await watch(forced, 2 + CHECKS);
  assert.deepEqual([forced.engine.choice.why, forced.engine.choice.inUse], ["forced", "gpu"]);
});

Deno.test("forced to Wasm it never looks for a GPU", async () => {
  const world = worldOf({ mode: "wasm" });
  await settle(world);
  assert.deepEqual(world.engine.choice, { mode: "wasm", inUse: "wasm", why: "forced" });
  assert.equal(world.looks, 0);
});

Deno.test("forced to the GPU it uses a slower one, once it has given the same bits", async () => {
  const world = worldOf({ mode: "gpu", gpuMs: 30 });
  await watch(world, 1);
  assert.equal(world.engine.choice.inUse, "wasm");
  await watch(world, 1 + CHECKS);
  assert.deepEqual([world.engine.choice.why, world.engine.choice.inUse], ["forced", "gpu"]);
  assert.equal(world.memory.size, 0);
});

Deno.test("prefer() changes what looks, from the next frame on, in every state", async () => {
  const world = worldOf();
  const { engine, gpus } = world;
  await settle(world);
  engine.prefer("wasm");
  assert.deepEqual([engine.choice.inUse, engine.choice.why], ["wasm", "forced"]);
  assert.equal(gpus[0].disposed, 1);
  await watch(world, 3);
  engine.prefer("gpu");
  assert.equal(engine.choice.why, "trying");
  await watch(world, 1 + CHECKS);
  assert.equal(engine.choice.inUse, "gpu");
  engine.prefer("gpu");
  assert.equal(engine.choice.inUse, "gpu", "it stays what it is");
  await watch(world, 1);
  assert.equal(gpus.length, 2);
  engine.prefer("auto");
  await watch(world, 2 + CHECKS);
  assert.deepEqual([engine.choice.inUse, engine.choice.why], ["gpu", "faster"]);
  engine.prefer("wasm");
  engine.prefer("auto");
  engine.prefer("wasm");
  await watch(world, 3);
  assert.equal(engine.choice.inUse, "wasm");
  assert.ok(gpus.every(({ disposed }) => disposed === 1));
});

Deno.test("prefer() while a GPU is being opened: what comes then is given back", async () => {
  const world = worldOf();
  const gate = Promise.withResolvers<void>();
  const { open } = world;
  world.open = () => gate.promise.then(open);
  await watch(world, 1);
  world.engine.prefer("wasm");
  gate.resolve();
  await settled();
  assert.deepEqual([world.gpus.length, world.gpus[0].disposed], [1, 1]);
  assert.equal(world.engine.choice.inUse, "wasm");
});

/** In use, and failing as it is told at the frame after. */
async function inUse(world: World): Promise<FakeGpu> {
  await settle(world);
  assert.equal(world.engine.choice.inUse, "gpu");
  return world.gpus[0];
}

const FAILURES: readonly (readonly [kind: string, message: string])[] = [
  ["lost", "Cannot run: the GPU was lost (reset)"],
  ["memory", "Cannot run: the GPU is out of memory (heap 0)"],
  ["failed", "GPUValidationError: no"],
];

for (const [kind, message] of FAILURES) {
  Deno.test(`a GPU that fails a frame (${kind}): Wasm answers it, says so, tries again after a minute`, async () => {
    const world = worldOf();
    const gpu = await inUse(world);
    gpu.failAt = () => new Error(message);
    assert.equal(await askFor(world, 21), 42);
    const at = 1_000_000 + world.timing.now();
    const { why, inUse: now, cause, failedAt = 0, retryAt = 0 } = world.engine.choice;
    assert.deepEqual([why, now, cause], [kind, "wasm", message]);
    assert.ok(Math.abs(failedAt - at) < SECOND);
    assert.equal(retryAt - failedAt, MINUTE);
    assert.equal(gpu.disposed, 1);
    await watch(world, 3);
    assert.equal(world.gpus.length, 1);
    await world.timing.pass(MINUTE);
    await watch(world, 2 + CHECKS);
    assert.equal(world.engine.choice.inUse, "gpu");
    assert.deepEqual([world.looks, world.gpus.length], [2, 2]);
  });
}

Deno.test("a device lost between frames, or under one, gives the frame to Wasm at once", async () => {
  const between = worldOf();
  (await inUse(between)).end({ kind: "lost", message: "unplugged" });
  await settled();
  assert.deepEqual([between.engine.choice.why, between.engine.choice.inUse], ["lost", "wasm"]);
  assert.equal(await askFor(between, 1), 2);

  const under = worldOf();
  const gpu = await inUse(under);
  gpu.failAt = () => "hang";
  const answer = under.engine.run(input(5));
  await under.timing.pass(5);
  gpu.end({ kind: "lost", message: "unplugged" });
  await under.timing.pass(20);
  assert.equal((await answer).y.data[0], 10);
  assert.equal(under.engine.choice.cause, "unplugged");
});

Deno.test("an answer of a device that failed meanwhile does not count", async () => {
  const world = worldOf();
  const gpu = await inUse(world);
  gpu.wrongAt = () => true;
  const answer = world.engine.run(input(5));
  await world.timing.pass(9);
  gpu.end({ kind: "failed", message: "a buffer was destroyed" });
  await world.timing.pass(30);
  assert.equal((await answer).y.data[0], 10);
  assert.equal(world.engine.choice.why, "failed");

  const together = worldOf();
  const other = await inUse(together);
  other.wrongAt = () => {
    other.end({ kind: "failed", message: "a buffer was destroyed" });
    return true;
  };
  assert.equal(await askFor(together, 5), 10);
});

Deno.test("a GPU that does not answer is given up after 20 times its time, a second at least", async () => {
  const world = worldOf();
  const gpu = await inUse(world);
  gpu.failAt = () => "hang";
  const start = world.timing.now();
  assert.equal(await askFor(world, 8), 16);
  const waited = world.timing.now() - start;
  assert.ok(waited >= SECOND && waited < 1.2 * SECOND, `${waited} ms`);
  assert.equal(world.engine.choice.why, "late");
});

Deno.test("a slow GPU is waited for five seconds at most", async () => {
  const world = worldOf({ mode: "gpu", gpuMs: 900 });
  await watch(world, 1);
  await world.timing.pass(10 * SECOND);
  assert.equal(world.engine.choice.inUse, "gpu");
  world.gpus[0].failAt = () => "hang";
  const start = world.timing.now();
  assert.equal(await askFor(world, 8), 16);
  const waited = world.timing.now() - start;
  assert.ok(waited >= 5 * SECOND && waited < 5.2 * SECOND, `${waited} ms`);
});

Deno.test("what no engine can run is the caller's failure, not the GPU's", async () => {
  const world = worldOf();
  const gpu = await inUse(world);
  let failure: unknown;
  world.engine.run({}).catch((thrown) => failure = thrown);
  await world.timing.pass(100);
  assert.match(String(failure), /input x is missing/);
  assert.deepEqual([world.engine.choice.inUse, gpu.disposed], ["gpu", 0]);
  assert.equal(await askFor(world, 6), 12);
});

Deno.test("it waits longer each time the GPU fails, then leaves it alone until the user chooses", async () => {
  const world = worldOf({ mode: "gpu" });
  world.open = () => Promise.reject(new Error("Cannot load the plan: no shader file"));
  const waits: (number | undefined)[] = [];
  for (let n = 0; n < 6; n++) {
    await watch(world, 2);
    const { retryAt, failedAt = 0 } = world.engine.choice;
    waits.push(retryAt === undefined ? undefined : (retryAt - failedAt) / MINUTE);
    await world.timing.pass(180 * MINUTE);
  }
  assert.deepEqual(waits, [1, 5, 30, 120, undefined, undefined]);
  assert.equal(world.looks, 5);
  world.engine.prefer("gpu");
  await watch(world, 1);
  assert.equal(world.looks, 6);
});

Deno.test("a GPU that was of use for half an hour begins with the first wait again", async () => {
  const world = worldOf();
  for (const [usedMs, waitMs] of [[0, 1], [0, 5], [31 * MINUTE, 1]]) {
    await settle(world);
    assert.equal(world.engine.choice.inUse, "gpu");
    await world.timing.pass(usedMs);
    world.gpus.at(-1)?.end({ kind: "lost", message: "" });
    await settled();
    const { retryAt = 0, failedAt = 0 } = world.engine.choice;
    assert.equal((retryAt - failedAt) / MINUTE, waitMs);
    await world.timing.pass(waitMs * MINUTE);
  }
});

Deno.test("a plan that the GPU refuses twice is not tried again by this version", async () => {
  const refuse = () =>
    Promise.reject(new Error("Cannot load the plan: the GPU does not take it (the shader conv)"));
  const world = worldOf();
  world.open = refuse;
  await watch(world, 2);
  assert.equal(world.engine.choice.why, "refused");
  await world.timing.pass(MINUTE);
  await watch(world, 2);
  assert.equal(world.engine.choice.retryAt, undefined);
  await world.timing.pass(500 * MINUTE);
  await watch(world, 2);
  assert.equal(world.looks, 2);
  assert.deepEqual(world.memory.get(GPU.id), { refusals: 2 });
  for (const mode of ["auto", "gpu"] as const) {
    const later = worldOf({ memory: world.memory, mode });
    await settle(later);
    assert.deepEqual([later.engine.choice.why, later.gpus.length], ["refused", 0]);
  }
});

Deno.test("a GPU whose bits differ on a frame never answers one", async () => {
  const world = worldOf({ mode: "gpu" });
  world.prepare = (gpu) => gpu.wrongAt = (run) => run === 3;
  await watch(world, 8);
  assert.deepEqual([world.engine.choice.why, world.engine.choice.inUse], ["wrong", "wasm"]);
  assert.deepEqual(world.memory.get(GPU.id), { refusals: 1 });
});

Deno.test("a GPU that fails in the trial is given up, and its turn is answered by Wasm", async () => {
  for (const failing of [1, 3, CHECKS + 1, CHECKS + 9]) {
    const world = worldOf();
    world.prepare = (gpu) => gpu.failAt = (run) => run === failing ? new Error("reset") : null;
    await settle(world);
    assert.deepEqual([world.engine.choice.why, world.gpus[0].disposed], ["failed", 1]);
    assert.equal(world.memory.size, 0, "nothing is known of its times");
  }
});

Deno.test("a GPU that hangs in a check holds up no frame", async () => {
  const world = worldOf();
  world.prepare = (gpu) => gpu.failAt = () => "hang";
  await watch(world, 20);
  assert.equal(world.engine.choice.why, "measuring");
  await world.timing.pass(61 * SECOND);
  assert.equal(world.engine.choice.why, "late");
});

Deno.test("a GPU that does not open is given up after five minutes; what comes later is given back", async () => {
  const world = worldOf();
  const gate = Promise.withResolvers<void>();
  const { open } = world;
  world.open = () => gate.promise.then(open);
  await watch(world, 5);
  await world.timing.pass(5 * MINUTE);
  assert.equal(world.engine.choice.why, "late");
  gate.resolve();
  await settled();
  assert.equal(world.gpus[0].disposed, 1);
  await watch(world, 2);
});

Deno.test("runBatch() goes the same way, and gives each item its answer", async () => {
  const world = worldOf();
  const gpu = await inUse(world);
  gpu.failAt = (run) => run % 2 === 0 ? new Error("reset") : null;
  for (let round = 0; round < 2; round++) {
    const answer = world.engine.runBatch([input(1), input(2), input(3)]);
    await world.timing.pass(50);
    assert.deepEqual((await answer).map(({ y }) => y.data[0]), [2, 4, 6]);
  }
  assert.equal(world.engine.choice.inUse, "wasm");
});

Deno.test("dispose() gives back both, and whatever was on its way", async () => {
  for (const frames of [0, 1, 5, ROOM_FOR_ALL]) {
    const world = worldOf();
    await watch(world, frames);
    await world.engine.dispose();
    assert.equal(world.timing.pending, 0);
    await world.timing.pass(SECOND);
    assert.equal(world.wasm.disposed, 1);
    assert.ok(world.gpus.every(({ disposed }) => disposed === 1));
    assert.equal(world.timing.pending, 0);
    await assert.rejects(world.engine.run(input(1)), /disposed/);
  }
});

Deno.test("load() of a second plan is refused: the GPU is opened with the first", async () => {
  const { engine } = worldOf();
  await engine.load(new Uint8Array());
  await assert.rejects(engine.load(new Uint8Array()), /made for one/);
});

Deno.test("what cannot be remembered is told, and used all the same", async () => {
  const world = worldOf();
  world.memory.set = () => {
    throw new Error("the disk is full");
  };
  await settle(world);
  assert.equal(world.engine.choice.inUse, "gpu");
  assert.match(String(world.unheard), /disk is full/);
});

Deno.test("isChoosing() knows an engine that has a choice", () => {
  const { engine, wasm } = worldOf();
  assert.deepEqual([isChoosing(engine), isChoosing(wasm)], [true, false]);
});

/** mulberry32, 0..1 */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

for (let seed = 1; seed <= 20; seed++) {
  Deno.test(`100 frames while the GPU fails at any moment, in any way, are each answered once and right: seed ${seed}`, async () => {
    const random = randomNumbers(seed);
    const world = worldOf({ mode: random() < 0.3 ? "gpu" : "auto" });
    const failure = (): Error | "hang" | null => {
      const dice = random();
      return dice > 0.2 ? null : dice < 0.05 ? "hang" : new Error("the GPU was lost");
    };
    world.prepare = (gpu) => {
      gpu.failAt = failure;
      const at = random() * 5 * MINUTE;
      world.timing.after(at, () => gpu.end({ kind: "lost", message: "gone" }));
    };
    const answers: number[] = [];
    for (let frame = 0; frame < 100; frame++) {
      answers.push(await askFor(world, frame));
      await world.timing.pass(random() * (random() < 0.2 ? 2 * MINUTE : 300));
      if (random() < 0.05) world.engine.prefer(random() < 0.5 ? "auto" : "gpu");
    }
    assert.deepEqual(answers, Array.from({ length: 100 }, (_, frame) => 2 * frame));
    assert.ok(world.gpus.length > 0);
    assert.deepEqual(world.unheard, []);
    await world.engine.dispose();
    assert.ok(world.gpus.every(({ disposed }) => disposed === 1), "each GPU is given back once");
  });
}
