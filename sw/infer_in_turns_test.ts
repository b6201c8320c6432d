import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import type { ModelRef } from "../field/observation.ts";
import type { Frame, ModelDetection } from "../models/model.ts";
import { inferInTurns } from "./infer_in_turns.ts";
import { SmallCalls } from "./small_calls.ts";

const FIRST: ModelRef = { id: "first", sha256: "1" };
const SECOND: ModelRef = { id: "second", sha256: "2" };

/** So many pictures, each as wide as its place in line. */
function pictures(count: number): readonly Frame[] {
  return Array.from({ length: count }, (_, i) => ({
    ...{ width: i + 1, height: 1 },
    data: new Uint8ClampedArray(4 * (i + 1)),
  }));
}

function found(width: number): ModelDetection {
  return { label: `${width}`, score: 1, box: { x: 0, y: 0, width: 1, height: 1 } };
}

/** An engine that takes 10 ms a picture, and a log of what happens in the worker. */
function worker(mostAtOnce: number) {
  const log: string[] = [];
  const small = new SmallCalls(() => 0);
  const engine = {
    mostAtOnce,
    model: FIRST,
    failing: false,
    onBatch: () => {},
    inferBatch(frames: readonly Frame[]) {
      if (this.failing) return Promise.reject(new Error("no memory"));
      log.push(frames.map(({ width }) => width).join("+"));
      this.onBatch();
      const detections = frames.map(({ width }) => [found(width)]);
      return Promise.resolve({ detections, ms: 10 * frames.length, model: this.model });
    },
  };
  /** A page asks for something that takes two turns of the event loop. */
  const ask = (name: string) =>
    void small.track((async () => {
      for (let turn = 0; turn < 2; turn++) await setImmediate();
      log.push(name);
    })());
  const infer = (count: number) =>
    inferInTurns(pictures(count), { engine, othersFirst: () => small.settle() });
  return { engine, log, ask, infer };
}

const labels = (detections: readonly (readonly ModelDetection[])[]) =>
  detections.map((each) => each.map(({ label }) => label).join());

Deno.test("inferInTurns() answers other calls between pictures that block the worker", async () => {
  const { engine, log, ask, infer } = worker(1);
  let asked = 0;
  engine.onBatch = () => ask(`call ${++asked}`);
  const { detections, ms, model } = await infer(4);
  assert.deepEqual(log, ["1", "call 1", "2", "call 2", "3", "call 3", "4"]);
  assert.deepEqual(labels(detections), ["1", "2", "3", "4"]);
  assert.deepEqual([ms, model], [40, FIRST]);
});

Deno.test("inferInTurns() lets what was asked before go first", async () => {
  const { log, ask, infer } = worker(1);
  ask("call");
  await infer(1);
  assert.deepEqual(log, ["call", "1"]);
});

Deno.test("inferInTurns() gives the engine as many at once as it is faster with", async () => {
  const { log, infer } = worker(4);
  const { detections } = await infer(6);
  assert.deepEqual(log, ["1+2+3+4", "5+6"]);
  assert.deepEqual(labels(detections), ["1", "2", "3", "4", "5", "6"]);
});

Deno.test("inferInTurns() looks at all by one model, also where another is chosen meanwhile", async () => {
  const { engine, log, infer } = worker(1);
  engine.onBatch = () => void (engine.model = log.length < 2 ? FIRST : SECOND);
  const { detections, model } = await infer(3);
  assert.deepEqual(log, ["1", "2", "1", "2", "3"]);
  assert.deepEqual([labels(detections), model], [["1", "2", "3"], SECOND]);
});

Deno.test("inferInTurns() of nothing is nothing, and fails for all where one fails", async () => {
  const { engine, infer } = worker(1);
  assert.deepEqual(await infer(0), { detections: [], ms: 0, model: FIRST });
  engine.onBatch = () => void (engine.failing = true);
  await assert.rejects(infer(2), /no memory/);
});
