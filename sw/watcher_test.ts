import assert from "node:assert/strict";
import { FieldError } from "../field/errors.ts";
import type { FrameResult } from "../field/messages.ts";
import { MemoryStore } from "../field/store/memory_store.ts";
import type { Store } from "../field/store/store.ts";
import type { CameraPose } from "../field/world/camera_pose.ts";
import type { Engine, Tensors } from "../kernels/engine.ts";
import type { ModelDetection } from "../models/model.ts";
import { detectorOf } from "../tests/fixtures/detectors.ts";
import { idOf, observationAt, TEST_MODEL } from "../tests/fixtures/devices.ts";
import { NOW } from "../tests/fixtures/replicas.ts";
import { CAMERA, type FrameOptions, openWatcher } from "../tests/fixtures/watchers.ts";
import { EngineHost } from "./engine_host.ts";

const PLAN = Uint8Array.of(1);
const OTHER_PLAN = Uint8Array.of(2);
const DETECTOR = await detectorOf("test", PLAN);
const OTHER = await detectorOf("other", OTHER_PLAN);

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

async function openGated(detections: ModelDetection[] = [], disk?: Store) {
  const engine = new GatedEngine();
  let host: EngineHost | undefined;
  const all = await openWatcher(async (nowMs) =>
    host = await EngineHost.open({
      detectors: [DETECTOR, OTHER].map((one) => ({ ...one, decode: () => detections })),
      engineFor: () => engine,
      engineName: () => engine.name,
      filesOf: () => [],
      read: (url) => Promise.resolve((url === OTHER.url ? OTHER_PLAN : PLAN).slice().buffer),
      has: () => Promise.resolve(true),
      forget: () => Promise.resolve(),
      nowMs,
      store: new MemoryStore(),
    }), disk);
  let frames = 0;
  /** A frame of one pixel: of `grey`, or as no other. */
  const look = (at: number, { grey = (++frames * 60) % 256, ...other }: GreyOptions = {}) =>
    all.hand({ width: 1, height: 1, data: Uint8Array.of(grey, grey, grey, 255) }, at, other);
  return { ...all, engine, look, host: () => host ?? assert.fail("no host") };
}

const POSE: CameraPose = {
  ...{ position: [0, 0], heightM: 3, headingDeg: 90, tiltDeg: 20 },
  ...{ fovDeg: 60, aspect: 4 / 3, rangeM: 50 },
};

type GreyOptions = FrameOptions & { readonly grey?: number };

Deno.test("look() answers every frame: the newest is looked at, those before it are not", async () => {
  const { engine, watcher, look } = await openGated();
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

Deno.test("look() asks for rest before the next frame when links, battery or a decision want it", async () => {
  const { engine, watcher, look, device, clock } = await openGated();
  await watcher.start(CAMERA);
  let n = 0;
  const restAfter = async (more: GreyOptions = {}) => {
    clock.now += 10_000;
    const looked = look(n * 10_000, more);
    (await engine.nth(n++)).resolve({});
    return (await looked).restMs;
  };
  const rests = [];
  for (const pressure of [0, 0.5, 0.75, 1]) {
    device.pressure = pressure;
    rests.push(await restAfter());
  }
  assert.deepEqual(rests, [100, 100, 182, 1000]);
  device.pressure = 0;
  for (let settling = 0; settling < 6; settling++) await restAfter();
  assert.equal(await restAfter({ battery: { level: 0.1, charging: false } }), 400);
  device.rateFactor = 0.5;
  assert.equal(await restAfter(), 800);
  assert.equal(
    await restAfter({ battery: { level: 0.1, charging: true } }),
    533,
    "it rises slowly",
  );
  await watcher.stop("cam");
});

const CUP = { label: "cup", score: 0.8, box: { x: 0.4, y: 0.4, width: 0.1, height: 0.1 } };

/** Looks at one grey until only heartbeats are due. */
async function stand({ engine, look }: Awaited<ReturnType<typeof openGated>>): Promise<void> {
  for (let n = 0; n < 4; n++) {
    const looked = look(n * 200, { grey: 100 });
    if (n === 0) (await engine.nth(engine.runs.length)).resolve({});
    await looked;
  }
}

Deno.test("look() answers a frame without the model where nothing has changed: objects stay, and are no seen oftener", async () => {
  const all = await openGated([CUP]);
  const { ann, engine, watcher, look, shown } = all;
  await watcher.start(CAMERA);
  await stand(all);
  const { looked, why, detections, ms } = await look(800, { grey: 101 });
  assert.deepEqual({ looked, why, ms }, { looked: false, why: "still", ms: 0 });
  assert.deepEqual(detections.map(({ label, unsure }) => ({ label, unsure })), [
    { label: "cup", unsure: false },
  ]);
  assert.deepEqual(shown.at(-1), detections, "other pages and peers hear of it too");
  const { frames, looked: looks } = watcher.current ?? {};
  assert.deepEqual([frames, looks, engine.runs.length], [5, 1, 1]);
  await watcher.stop("cam");
  const [saved] = await ann.store.observations({ limit: 5 });
  assert.deepEqual([saved.frames, saved.last - NOW], [4, 600]);
});

Deno.test("look() wants the next frame of a still scene sooner than the engine could look at it", async () => {
  const infer = (frames: readonly unknown[]) =>
    Promise.resolve({ detections: frames.map(() => []), ms: 800, model: TEST_MODEL });
  const engine = { model: TEST_MODEL, mostAtOnce: 1, inferenceMs: 800, inferBatch: infer };
  const { watcher, hand } = await openWatcher(() => Promise.resolve(engine));
  await watcher.start(CAMERA);
  const rests = [];
  for (const grey of [100, 100, 100, 100, 101]) {
    const frame = { width: 1, height: 1, data: Uint8Array.of(grey, grey, grey, 255) };
    const { why, restMs } = await hand(frame, 0);
    rests.push(`${why} ${restMs}`);
  }
  assert.deepEqual(rests, ["looked 1000", "same 100", "same 100", "same 100", "still 100"]);
  await watcher.stop("cam");
});

Deno.test("look() tells of every frame whose detections are known, and of no other", async () => {
  const all = await openGated([CUP]);
  const { engine, watcher, look, looks } = all;
  await watcher.start(CAMERA);
  await stand(all);
  await look(800, { grey: 101 });
  const frames = [look(900, { grey: 200 })];
  await engine.nth(1);
  frames.push(look(1000, { grey: 30 }), look(1100, { grey: 90 }));
  engine.runs[1].resolve({});
  (await engine.nth(2)).resolve({});
  await Promise.all(frames);
  assert.deepEqual(looks.map(({ atMs }) => atMs - NOW), [0, 200, 400, 600, 800, 900, 1100]);
  assert.deepEqual(looks[4], {
    ...{ source: "cam", atMs: NOW + 800, width: 1, height: 1 },
    detections: [CUP],
  });
  await watcher.stop("cam");
});

Deno.test("look() of a camera that moved says nothing of where things are until the model has looked again", async () => {
  const all = await openGated([CUP]);
  const { engine, watcher, look, looks } = all;
  await watcher.start(CAMERA);
  const pose = { ...POSE };
  for (let n = 0; n < 4; n++) {
    const looked = look(n * 200, { grey: 100, pose });
    if (n === 0) (await engine.nth(0)).resolve({});
    await looked;
  }
  await look(800, { grey: 101, pose: { ...pose } });
  await look(900, { grey: 101, pose: { ...pose, headingDeg: 91 } });
  const moved = look(1000, { grey: 200, pose: { ...pose, headingDeg: 91 } });
  (await engine.nth(1)).resolve({});
  await moved;
  assert.deepEqual(looks.slice(4).map(({ atMs, pose }) => [atMs - NOW, pose?.headingDeg]), [
    [800, 90],
    [1000, 91],
  ]);
  await watcher.stop("cam");
});

Deno.test("another model looks at the very next frame, however still the scene, and begins its own observations", async () => {
  const all = await openGated([CUP]);
  const { ann, engine, host, watcher, look } = all;
  await watcher.start(CAMERA);
  await stand(all);
  await host().choose(OTHER.id);
  for (let n = 0; n < 3; n++) {
    const looked = look(800 + n * 200, { grey: 100 });
    if (n === 0) (await engine.nth(1)).resolve({});
    assert.equal((await looked).looked, true);
  }
  assert.deepEqual([watcher.current?.frames, watcher.current?.looked], [7, 2]);
  await watcher.stop("cam");
  const saved = await ann.store.observations({ limit: 5 });
  assert.deepEqual(saved.map(({ model }) => model.id).sort(), [OTHER.id, DETECTOR.id].sort());
});

Deno.test("a watcher that takes over after a restart looks at the first frame, and goes on with what was in view", async () => {
  const before = await openGated([CUP]);
  await before.watcher.start(CAMERA);
  await stand(before);
  await before.recorder.flush();
  const after = await openGated([CUP], before.ann.store);
  await after.watcher.start(CAMERA);
  const looked = after.look(800, { grey: 100 });
  (await after.engine.nth(0)).resolve({});
  assert.equal((await looked).why, "looked");
  await after.watcher.stop("cam");
  const saved = await after.ann.store.observations({ limit: 5 });
  assert.deepEqual(saved.map(({ open, frames }) => [open, frames]), [[false, 4]]);
  await before.watcher.stop("cam");
});

Deno.test("look() of a source that has not begun fails with bad-frame", async () => {
  const { look } = await openGated();
  await assert.rejects(
    async () => await look(0),
    (error) => error instanceof FieldError && error.code === "bad-frame",
  );
});

Deno.test("look() fails when the engine does, for the frame that it failed on, and goes on", async () => {
  const { engine, watcher, look } = await openGated();
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
  const { engine, watcher, look } = await openGated();
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
  const { engine, watcher, look } = await openGated();
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
  const { ann, engine, pictures, watcher, look } = await openGated([CUP]);
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
  const { watcher } = await openGated();
  const [one, two] = await Promise.all([watcher.start(CAMERA), watcher.start(CAMERA)]);
  assert.deepEqual(one, two);
  assert.deepEqual(await watcher.start(CAMERA), one);
  await watcher.stop("other");
  assert.equal(watcher.current?.id, "cam");
  await watcher.stop("cam");
});

Deno.test("start() goes on with what was in view of that source a moment ago, and completes the rest", async () => {
  const { ann, watcher, recorder } = await openGated();
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
  const { ann, watcher, recorder, clock } = await openGated();
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
