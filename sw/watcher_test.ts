import assert from "node:assert/strict";
import { HybridClock } from "../field/clock.ts";
import { FieldError } from "../field/errors.ts";
import type { FrameResult } from "../field/messages.ts";
import type { Engine, Tensors } from "../kernels/engine.ts";
import type { ModelDetection } from "../models/model.ts";
import { detectorOf } from "../tests/fixtures/detectors.ts";
import { idOf, observationAt } from "../tests/fixtures/devices.ts";
import { NOW, openDevice } from "../tests/fixtures/replicas.ts";
import { BeginStamps } from "./begin_stamps.ts";
import { EngineHost } from "./engine_host.ts";
import { Recorder } from "./recorder.ts";
import type { WatchPorts } from "./watch.ts";
import { Watcher } from "./watcher.ts";

const PLAN = Uint8Array.of(1);
const DETECTOR = await detectorOf("test", PLAN);

/** An engine whose runs end when the test says so, and how. */
class GatedEngine implements Engine {
  readonly name = "gated";
  readonly runs: PromiseWithResolvers<Tensors>[] = [];
  load = () => Promise.resolve();
  dispose = () => Promise.resolve();
  run(): Promise<Tensors> {
    const gate = Promise.withResolvers<Tensors>();
    this.runs.push(gate);
    return gate.promise;
  }
  runBatch = (batch: readonly Tensors[]) => Promise.all(batch.map(() => this.run()));
  /** The n-th run, from 0 on, once it has begun. */
  async nth(n: number): Promise<PromiseWithResolvers<Tensors>> {
    for (let turn = 0; turn < MOST_TURNS && this.runs.length <= n; turn++) await macrotask();
    return this.runs[n] ?? assert.fail(`run ${n} does not begin`);
  }
}

/** Hashes are made on other threads: how many turns of this one they take, nobody knows. */
const MOST_TURNS = 1000;

const macrotask = () => new Promise((resolve) => setTimeout(resolve));

/** How a promise stands once nothing but the test can move it. */
async function stateOf(promise: Promise<unknown>): Promise<"hangs" | "answered" | "failed"> {
  let state: "hangs" | "answered" | "failed" = "hangs";
  promise.then(() => state = "answered", () => state = "failed");
  for (let turn = 0; turn < 5; turn++) await macrotask();
  return state;
}

async function openWatcher(detections: ModelDetection[] = []) {
  const ann = await openDevice("ann");
  const engine = new GatedEngine();
  const clock = { now: NOW };
  const pictures: { make: WatchPorts["thumbnail"] } = {
    make: () => Promise.reject(new Error("no picture is wanted in this test")),
  };
  const host = await EngineHost.open({
    detectors: [{ ...DETECTOR, decode: () => detections }],
    engineFor: () => engine,
    engineName: () => engine.name,
    filesOf: () => [],
    read: () => Promise.resolve(PLAN.slice().buffer),
    has: () => Promise.resolve(true),
    forget: () => Promise.resolve(),
    nowMs: () => clock.now,
    store: ann.store,
  });
  const recorder = new Recorder({
    replica: ann.replica,
    wait: macrotask as () => Promise<void>,
    onSaved: () => {},
    onFailure: () => {},
    onFull: () => {},
  });
  const links = { pressure: 0 };
  const stamps = new BeginStamps(new HybridClock(() => clock.now), () => clock.now);
  const watcher = new Watcher({
    device: ann.id,
    beginStamp: (first) => stamps.next(first),
    store: ann.store,
    engine: host,
    recorder,
    thumbnail: (...args) => pictures.make(...args),
    wholeFrame: () => null,
    clockAheadMs: () => null,
    nowMs: () => clock.now,
    othersFirst: () => Promise.resolve(),
    onSeen: () => {},
    onSources: () => {},
    pressure: () => links.pressure,
  });
  const look = (at: number, source = "cam") => {
    const rgba = new ArrayBuffer(4);
    return watcher.look({ source, width: 1, height: 1, rgba, at: NOW + at });
  };
  return { ann, engine, pictures, watcher, recorder, clock, look, links };
}

const CAMERA = { source: { id: "cam", name: "Rear camera", kind: "camera" } } as const;

Deno.test("look() answers every frame: the newest is looked at, those before it are not", async () => {
  const { engine, watcher, look } = await openWatcher();
  await watcher.start(CAMERA);
  const frames = [look(0)];
  await macrotask();
  frames.push(look(1), look(2));
  (await engine.nth(0)).resolve({});
  await macrotask();
  (await engine.nth(1)).resolve({});
  const looked = (await Promise.all(frames)).map(({ looked }: FrameResult) => looked);
  assert.deepEqual(looked, [true, false, true]);
  assert.equal(watcher.current?.frames, 2);
  await watcher.stop("cam");
});

Deno.test("look() asks for rest before the next frame when the links to peers are full", async () => {
  const { engine, watcher, look, links } = await openWatcher();
  await watcher.start(CAMERA);
  const rests: (number | undefined)[] = [];
  for (const [n, pressure] of [0, 0.5, 0.75, 1].entries()) {
    links.pressure = pressure;
    const looked = look(n * 200);
    (await engine.nth(n)).resolve({});
    rests.push((await looked).restMs);
  }
  assert.deepEqual(rests, [0, 0, 500, 1000]);
  await watcher.stop("cam");
});

Deno.test("look() of a source that has not begun fails with bad-frame", async () => {
  const { look } = await openWatcher();
  await assert.rejects(
    async () => await look(0),
    (error) => error instanceof FieldError && error.code === "bad-frame",
  );
});

Deno.test("look() fails when the engine does, for the frame that it failed on, and goes on", async () => {
  const { engine, watcher, look } = await openWatcher();
  await watcher.start(CAMERA);
  const first = look(0);
  await macrotask();
  const second = look(1);
  (await engine.nth(0)).resolve({});
  assert.equal(await stateOf(first), "answered");
  (await engine.nth(1)).reject(new Error("out of memory"));
  assert.equal(await stateOf(second), "failed");
  const third = look(2);
  await macrotask();
  (await engine.nth(2)).resolve({});
  assert.equal(await stateOf(third), "answered");
  await watcher.stop("cam");
});

Deno.test("look() goes on with the frame that waits when the one before it failed", async () => {
  const { engine, watcher, look } = await openWatcher();
  await watcher.start(CAMERA);
  const first = look(0);
  await macrotask();
  const second = look(1);
  (await engine.nth(0)).reject(new Error("out of memory"));
  assert.equal(await stateOf(first), "failed");
  (await engine.nth(1)).resolve({});
  assert.equal(await stateOf(second), "answered");
  await watcher.stop("cam");
});

Deno.test("stop() answers the frame that waits and the one that is being looked at", async () => {
  const { engine, watcher, look } = await openWatcher();
  await watcher.start(CAMERA);
  const frames = [look(0)];
  await macrotask();
  frames.push(look(1));
  await watcher.stop("cam");
  (await engine.nth(0)).resolve({});
  const results = await Promise.all(frames);
  assert.deepEqual(results.map(({ looked }) => looked), [false, false]);
  assert.equal(watcher.current, null);
});

Deno.test("stop() waits for the picture that is in the making: no observation is saved without", async () => {
  const cup = { label: "cup", score: 0.8, box: { x: 0.4, y: 0.4, width: 0.1, height: 0.1 } };
  const { ann, engine, pictures, watcher, look } = await openWatcher([cup]);
  await watcher.start(CAMERA);
  const picture = Promise.withResolvers<void>();
  pictures.make = async () => {
    await picture.promise;
    return { hash: idOf(7), type: "image/jpeg", bytes: Uint8Array.of(7) };
  };
  const frames = [];
  for (let n = 0; n < 3; n++) {
    frames.push(look(n * 200));
    await macrotask();
    (await engine.nth(n)).resolve({});
    await macrotask();
  }
  const stopping = watcher.stop("cam");
  picture.resolve();
  await Promise.all([stopping, ...frames]);
  const [saved] = await ann.store.observations({ limit: 5 });
  assert.equal(saved.thumb, idOf(7));
  assert.equal(saved.open, false);
});

Deno.test("start() again finds the source begun; stop() of an unknown one does nothing", async () => {
  const { watcher } = await openWatcher();
  const [one, two] = await Promise.all([watcher.start(CAMERA), watcher.start(CAMERA)]);
  assert.deepEqual(one, two);
  assert.deepEqual(await watcher.start(CAMERA), one);
  await watcher.stop("other");
  assert.equal(watcher.current?.id, "cam");
  await watcher.stop("cam");
});

Deno.test("start() goes on with what was in view of that source a moment ago, and completes the rest", async () => {
  const { ann, watcher, recorder } = await openWatcher();
  const at = (n: number, other = {}) => observationAt(ann.id, NOW - n, { open: true, ...other });
  const fresh = at(10_000, { last: NOW - 5000 });
  const other = at(11_000, { last: NOW - 5000, source: "Demo" });
  const old = at(90_000, { last: NOW - 46_000 });
  await ann.replica.record([fresh, other, old], []);
  await watcher.start(CAMERA);
  await recorder.flush();
  const open = await ann.store.openObservations(ann.id);
  assert.deepEqual(open.map(({ id }) => id), [fresh.id]);
  await watcher.stop("cam");
  assert.deepEqual(await ann.store.openObservations(ann.id), []);
  assert.equal(await ann.store.countObservations(), 3);
});

Deno.test("closeStale() completes what an earlier run left in view, but not what may still go on", async () => {
  const { ann, watcher, recorder, clock } = await openWatcher();
  const fresh = observationAt(ann.id, NOW - 10_000, { open: true, last: NOW - 5000 });
  const old = observationAt(ann.id, NOW - 90_000, { open: true, last: NOW - 46_000 });
  await ann.replica.record([fresh, old], []);
  await watcher.closeStale();
  await recorder.flush();
  const open = async () => (await ann.store.openObservations(ann.id)).map(({ id }) => id);
  assert.deepEqual(await open(), [fresh.id]);
  clock.now += 60_000;
  await watcher.closeStale();
  await recorder.flush();
  assert.deepEqual(await open(), []);
});
