import assert from "node:assert/strict";
import fc from "fast-check";
import type { FrameResult } from "../field/messages.ts";
import type { Detection } from "../field/observation.ts";
import { MOST_SOURCES } from "../field/schedule/latest_wins.ts";
import { TEST_MODEL } from "../tests/fixtures/devices.ts";
import { type Found, Lookout } from "./lookout.ts";

const OTHER_MODEL = { id: "other", sha256: "cd".repeat(32) };
const CUP: Detection = {
  label: "cup",
  score: 0.8,
  box: { x: 0.4, y: 0.4, width: 0.1, height: 0.1 },
};

/** Lets everything run that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 60; turn++) await Promise.resolve();
}

/** An engine and a user of what it finds that go on when the test says so. */
class Stage {
  readonly engine = {
    model: TEST_MODEL,
    mostAtOnce: 1,
    inferBatch: (frames: readonly unknown[]) => {
      const run = Promise.withResolvers<Detection[]>();
      this.runs.push(run);
      this.sizes.push(frames.length);
      const { model } = this.engine;
      return run.promise.then((found) => ({
        detections: frames.map(() => [...found]),
        ms: 10 * frames.length,
        model,
      }));
    },
  };
  readonly runs: PromiseWithResolvers<Detection[]>[] = [];
  readonly sizes: number[] = [];
  readonly used: Found[] = [];
  hold: (found: Found) => Promise<void> = () => Promise.resolve();
  now = 0;
  readonly lookout = new Lookout({
    engine: this.engine,
    nowMs: () => this.now,
    othersFirst: () => Promise.resolve(),
    use: async (found) => {
      this.used.push(found);
      await this.hold(found);
      const { why, detections, ms } = found;
      return { looked: why !== "still", why, ms, detections: detections.map(shown) };
    },
  });

  begin(...sources: readonly string[]): void {
    for (const source of sources) this.lookout.begin(source);
  }

  /** A frame of one grey pixel. */
  look(source: string, grey: number, at = this.now, alpha = 255): Promise<FrameResult> {
    const rgba = Uint8Array.of(grey, grey, grey, alpha).buffer;
    return this.lookout.look({ source, width: 1, height: 1, rgba, at });
  }

  /** The engine's n-th run, from 0 on, ends. */
  async answer(n: number, found: Detection[] = []): Promise<void> {
    await settle();
    const run = this.runs[n] ?? assert.fail(`run ${n} does not begin`);
    run.resolve(found);
    await settle();
  }

  /** Looks at one grey of a source until nothing but heartbeats is due. */
  async stand(source: string, grey: number, found: Detection[] = []): Promise<void> {
    const looked = this.look(source, grey);
    await this.answer(this.runs.length, found);
    assert.equal((await looked).why, "looked");
    for (let n = 0; n < 3; n++) assert.equal((await this.look(source, grey)).why, "same");
  }

  get lookedAt(): string[] {
    return this.used.map(({ call, why }) => `${call.source} ${why}`);
  }
}

function shown(detection: Detection) {
  return { ...detection, unsure: true };
}

Deno.test("look() answers a frame in which nothing has changed at once, with what the last look found", async () => {
  const stage = new Stage();
  stage.begin("a");
  await stage.stand("a", 100, [CUP]);
  const { looked, why, detections, ms } = await stage.look("a", 101);
  assert.deepEqual({ looked, why, ms }, { looked: false, why: "still", ms: 0 });
  assert.deepEqual(detections, [shown(CUP)]);
  assert.equal((await stage.look("a", 100, 0, 254)).why, "still", "as bright, but not the same");
  assert.equal(stage.runs.length, 1);
});

Deno.test("look() answers the same pixels with what was found in them, and asks the model about others", async () => {
  const stage = new Stage();
  stage.begin("a", "b");
  await stage.stand("a", 100, [CUP]);
  const known = await stage.look("b", 100);
  assert.deepEqual([known.looked, known.why, known.detections], [true, "same", [shown(CUP)]]);
  const moved = stage.look("a", 200);
  await stage.answer(1);
  assert.deepEqual((await moved).why, "looked");
  const back = await stage.look("a", 100);
  assert.deepEqual([back.why, back.detections], ["same", [shown(CUP)]]);
});

Deno.test("look() asks anew about a scene that stands still when another model looks", async () => {
  const stage = new Stage();
  stage.begin("a");
  await stage.stand("a", 100, [CUP]);
  stage.engine.model = OTHER_MODEL;
  const anew = stage.look("a", 100);
  await stage.answer(1);
  const { why, detections } = await anew;
  assert.deepEqual([why, detections], ["looked", []]);
  assert.deepEqual(stage.used.at(-1)?.model, OTHER_MODEL);
  stage.engine.model = TEST_MODEL;
  const back = stage.look("a", 101); // as still as before, but never seen by this model
  await stage.answer(2);
  assert.equal((await back).why, "looked");
});

Deno.test("look() judges a frame when the engine is free for it, not when it comes", async () => {
  const stage = new Stage();
  stage.begin("a", "b");
  await stage.stand("a", 100);
  const busy = stage.look("b", 7);
  await settle();
  const moved = stage.look("a", 200); // it would have been worth a look
  const stood = stage.look("a", 101);
  await stage.answer(1);
  assert.deepEqual([(await busy).why, (await moved).why, (await stood).why], [
    "looked",
    "newer",
    "still",
  ]);
});

Deno.test("look() that the engine fails is due again, and fails nobody else", async () => {
  const stage = new Stage();
  stage.begin("a", "b");
  const [failing, other] = [stage.look("a", 100), stage.look("b", 50)];
  await settle();
  stage.runs[0].reject(new Error("out of memory"));
  await assert.rejects(failing, /out of memory/);
  await stage.answer(1);
  assert.equal((await other).why, "looked");
  const again = stage.look("a", 100);
  await stage.answer(2);
  assert.equal((await again).why, "looked");
});

Deno.test("look() gives an engine that gains by it the frames of all who wait at once, and no more than it takes", async () => {
  const stage = new Stage();
  const sources = ["a", "b", "c", "d", "e", "f"];
  stage.begin(...sources);
  await stage.stand("b", 33);
  stage.engine.mostAtOnce = 4;
  const busy = stage.look("a", 1);
  await settle();
  const frames = ["b", "c", "d", "e", "f"].map((source, i) => stage.look(source, 33 + i));
  await stage.answer(1);
  await stage.answer(2, [CUP]);
  await stage.answer(3);
  await busy;
  assert.deepEqual(stage.sizes, [1, 1, 3, 1], "b stands still, and f is one too many");
  const whys = (await Promise.all(frames)).map(({ why, ms }) => `${why} ${ms}`);
  assert.deepEqual(whys, ["same 0", "looked 10", "looked 10", "looked 10", "looked 10"]);
});

Deno.test("look() gives each frame of a batch what was found in it, and all of them the failure of one", async () => {
  const stage = new Stage();
  stage.begin("a", "b", "c");
  stage.engine.mostAtOnce = 4;
  const { inferBatch } = stage.engine;
  stage.engine.inferBatch = async (frames) => {
    const batch = await inferBatch(frames);
    return { ...batch, detections: frames.map((_, i) => [{ ...CUP, label: `cup ${i}` }]) };
  };
  const batchOf = (...greys: readonly number[]) =>
    Promise.allSettled(["a", "b", "c"].map((source, i) => stage.look(source, greys[i])));
  const batch = batchOf(1, 2, 3);
  await stage.answer(0);
  const labels = (await batch).map((one) =>
    one.status === "fulfilled" ? one.value.detections[0].label : "failed"
  );
  assert.deepEqual(labels, ["cup 0", "cup 1", "cup 2"]);
  const failing = batchOf(100, 101, 102);
  await settle();
  stage.runs[1].reject(new Error("out of memory"));
  assert.ok((await failing).every(({ status }) => status === "rejected"));
});

Deno.test("look() of a source whose frame is still being used waits for that; others do not", async () => {
  const stage = new Stage();
  stage.begin("a", "b");
  const picture = Promise.withResolvers<void>();
  stage.hold = ({ call }) => call.source === "a" ? picture.promise : Promise.resolve();
  const first = stage.look("a", 1);
  await stage.answer(0);
  const [second, other] = [stage.look("a", 100), stage.look("b", 200)];
  await stage.answer(1);
  assert.equal((await other).why, "looked");
  assert.deepEqual(stage.lookedAt, ["a looked", "b looked"]);
  picture.resolve();
  assert.equal((await first).why, "looked");
  await stage.answer(2);
  assert.equal((await second).why, "looked");
});

Deno.test("end() answers the frame that waits and the one under way, and waits for what is being used", async () => {
  const stage = new Stage();
  stage.begin("a", "b");
  const picture = Promise.withResolvers<void>();
  stage.hold = () => picture.promise;
  const used = stage.look("a", 1);
  await stage.answer(0);
  const waiting = stage.look("a", 100);
  const underWay = stage.look("b", 100);
  await settle();
  let ended = false;
  const ending = stage.lookout.end("a").then(() => ended = true);
  await stage.lookout.end("b");
  await stage.answer(1);
  assert.deepEqual([(await waiting).why, (await underWay).why, ended], ["ended", "ended", false]);
  picture.resolve();
  await ending;
  assert.equal((await used).why, "looked");
  assert.equal((await stage.look("a", 1)).why, "ended");
});

Deno.test("look() under way when its source ends and begins anew says nothing of the new one", async () => {
  const stage = new Stage();
  stage.begin("a");
  const old = stage.look("a", 1);
  await settle();
  await stage.lookout.end("a");
  stage.begin("a");
  await stage.answer(0, [CUP]);
  assert.equal((await old).why, "ended");
  assert.deepEqual(stage.used, []);
});

Deno.test("look() refuses one source too many", async () => {
  const stage = new Stage();
  const sources = Array.from({ length: MOST_SOURCES + 2 }, (_, i) => `s${i}`);
  stage.begin(...sources);
  const frames = [];
  for (const source of sources) {
    frames.push(stage.look(source, 1));
    await settle(); // the first one goes to the engine at once
  }
  assert.equal((await frames[MOST_SOURCES + 1]).why, "busy");
});

const SOURCES = ["a", "b", "c"];
const anyLook = fc.tuple(fc.constantFrom(...SOURCES), fc.constantFrom(100, 100, 101, 101, 200));
const anyStep = fc.oneof(
  { weight: 20, arbitrary: anyLook },
  { weight: 16, arbitrary: fc.constantFrom("engine", "use" as const) },
  { weight: 1, arbitrary: fc.constantFrom("engine fails" as const) },
  { weight: 1, arbitrary: fc.record({ ends: fc.constantFrom(...SOURCES) }) },
);
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

/** Sources, an engine and what uses its answers, one step at a time in any order. */
class Story {
  readonly stage = new Stage();
  /** How each frame was answered, by its number. */
  readonly answers = new Map<number, string[]>();
  readonly held: (() => void)[] = [];
  #asked = 0;
  #answered = 0;

  constructor(mostAtOnce: number) {
    this.stage.engine.mostAtOnce = mostAtOnce;
    this.stage.hold = () => new Promise((resolve) => this.held.push(resolve));
    this.stage.begin(...SOURCES);
  }

  get isEngineBusy(): boolean {
    return this.#answered < this.stage.runs.length;
  }

  async act(step: Step): Promise<void> {
    if (Array.isArray(step)) this.#look(...step);
    else if (typeof step === "object") {
      this.stage.lookout.end(step.ends); // resolves when what is in use has been used
      this.stage.lookout.begin(step.ends);
    } else if (step === "use") this.held.shift()?.();
    else if (this.isEngineBusy) {
      const run = this.stage.runs[this.#answered++];
      if (step === "engine") run.resolve([CUP]);
      else run.reject(new Error("out of memory"));
    }
    await settle();
  }

  #look(source: string, grey: number): void {
    const number = this.#asked++;
    const told: string[] = [];
    this.answers.set(number, told);
    this.stage.look(source, grey, number)
      .then(({ why }) => told.push(String(why)), () => told.push("failed"));
  }

  async end(): Promise<void> {
    while (this.isEngineBusy || this.held.length > 0) {
      await this.act("engine");
      await this.act("use");
    }
  }
}

Deno.test("any frames of any sources: each is answered once, one of a source waits, the engine has one batch", async () => {
  const ways = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyStep, { maxLength: 200, size: "max" }),
      fc.constantFrom(1, 3),
      async (steps, mostAtOnce) => {
        const story = new Story(mostAtOnce);
        const { stage } = story;
        for (const step of steps) {
          await story.act(step);
          const { offered, taken, displaced, refused, forgotten } = stage.lookout.counts;
          assert.ok(offered - taken - displaced - refused - forgotten <= SOURCES.length);
        }
        assert.ok(stage.sizes.every((size) => size >= 1 && size <= mostAtOnce));
        await story.end();
        for (const told of story.answers.values()) assert.equal(told.length, 1);
        for (const [told] of story.answers.values()) ways.add(told);
        for (const source of SOURCES) {
          const order = stage.used.flatMap(({ call }) => call.source === source ? [call.at] : []);
          assert.deepEqual(order, order.toSorted((a, b) => a - b));
        }
      },
    ),
    { seed: 14, numRuns: 60 },
  );
  assert.deepEqual([...ways].sort(), ["ended", "failed", "looked", "newer", "same", "still"]);
});

Deno.test("any order of frames starves no source: of n that wait, each is served within n turns after the one under way", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 20, maxLength: 80 }),
      async (looks) => {
        const stage = new Stage();
        stage.begin("a", "b", "c", "d", "e");
        /** The engine's turns since a source began to wait. */
        const turns = new Map<string, number>();
        for (const [n, source] of looks.entries()) {
          // as no other before, so that each wants a look
          const frame = stage.look(source, (n * 60) % 256, n);
          turns.set(source, turns.get(source) ?? 0);
          await settle();
          if (n % 3 === 0) await stage.answer(stage.runs.length - 1);
          for (const { call } of stage.used.splice(0)) {
            turns.delete(call.source);
            for (const [one, count] of turns) turns.set(one, count + 1);
          }
          assert.ok([...turns.values()].every((count) => count <= 5), `${[...turns]}`);
          frame.catch(() => {});
        }
      },
    ),
    { seed: 15, numRuns: 100 },
  );
});
