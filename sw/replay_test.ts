/** Scenes with known contents, through the watcher with the real detector, and the same without the gate. */
import assert from "node:assert/strict";
import type { Detection, Observation } from "../field/observation.ts";
import { EMPTY_HEARTBEAT_MS } from "../field/schedule/frame_gate.ts";
import type { Frame } from "../field/schedule/grey_thumbnail.ts";
import { detectorById } from "../models/catalogue.ts";
import { loadedEngine } from "../models/deno_engine.ts";
import { detect } from "../models/model.ts";
import { createDemoScene } from "../page/demo_scene.ts";
import { DEMO_SEED, DEMO_SIZE } from "../page/sources/demo_source.ts";
import { idOf, TEST_MODEL } from "../tests/fixtures/devices.ts";
import { demoPictures } from "../tests/fixtures/pictures.ts";
import { NOW } from "../tests/fixtures/replicas.ts";
import { TRIPOD_MS, TripodScene } from "../tests/fixtures/tripod_scene.ts";
import { CAMERA, openWatcher } from "../tests/fixtures/watchers.ts";
import { Watch } from "./watch.ts";

const FRAME_MS = 200;
const LOOK_MS = 40;
/** A person and a cat come and go. */
const DEMO_MS = 16_000;
/** Long enough for what was in view to be gone. */
const AGAIN_MS = 20_000;

/** An appearance as it was recorded, ms of the scene's time. */
interface Seen {
  readonly label: string;
  readonly first: number;
  readonly last: number;
}

interface Shot {
  readonly ms: number;
  readonly frame: Frame;
  readonly detections: readonly Detection[];
}

/** A scene's frames and what the model sees in each: the same bits, however often it is asked. */
async function filmed(lastMs: number, render: (ms: number) => Frame): Promise<Shot[]> {
  const detector = detectorById("nanodet-g");
  assert.ok(detector);
  const engine = await loadedEngine(detector);
  const shots: Shot[] = [];
  for (let ms = 0; ms < lastMs; ms += FRAME_MS) {
    const frame = render(ms);
    shots.push({ ms, frame, detections: await detect(engine, detector, frame) });
  }
  await engine.dispose();
  return shots;
}

/** Every frame looked at, as it was before there was a gate. */
async function withoutGate(shots: readonly Shot[]): Promise<Seen[]> {
  const records = new Map<string, Observation>();
  const watch = new Watch(
    {
      device: idOf(1),
      beginStamp: (first) => first,
      model: TEST_MODEL,
      thumbnail: () =>
        Promise.resolve({ hash: idOf(2), type: "image/jpeg", bytes: Uint8Array.of(1) }),
      wholeFrame: () => null,
      clockAheadMs: () => null,
      record: (observation) => records.set(observation.id, observation),
    },
    { ...CAMERA.source, since: NOW },
    [],
  );
  for (const { ms, frame, detections } of shots) {
    await watch.see(frame, detections, NOW + ms, undefined);
  }
  watch.finish();
  return [...records.values()].map(seen);
}

async function throughWatcher(shots: readonly Shot[]) {
  const looks: number[] = [];
  let now = 0;
  const engine = {
    model: TEST_MODEL,
    mostAtOnce: 1,
    inferenceMs: LOOK_MS,
    inferBatch: (frames: readonly Frame[]) => {
      looks.push(now);
      const found = shots.find(({ ms }) => ms === now)?.detections ?? [];
      return Promise.resolve({
        detections: frames.map(() => [...found]),
        ms: LOOK_MS,
        model: TEST_MODEL,
      });
    },
  };
  const { watcher, hand, clock, ann, looks: told } = await openWatcher(() =>
    Promise.resolve(engine)
  );
  await watcher.start(CAMERA);
  for (const { ms, frame } of shots) {
    [now, clock.now] = [ms, NOW + ms];
    await hand(frame, ms);
  }
  assert.equal(watcher.current?.looked, looks.length);
  assert.equal(watcher.current?.frames, shots.length);
  await watcher.stop("cam");
  const appearances = (await ann.store.observations({ limit: 50 })).map(seen);
  return { appearances, looks, told };
}

function seen({ label, first, last }: Observation): Seen {
  return { label, first: first - NOW, last: last - NOW };
}

function inOrder(appearances: readonly Seen[]): Seen[] {
  return appearances.toSorted((a, b) => a.first - b.first);
}

Deno.test("a scene that stands still in between: the gate saves more than half of the looks and loses no appearance", async () => {
  const scene = await TripodScene.open(3);
  const shots = await filmed(TRIPOD_MS, (ms) => scene.frame(ms));
  const { appearances, looks, told } = await throughWatcher(shots);
  assert.deepEqual(inOrder(appearances), inOrder(await withoutGate(shots)));
  assert.deepEqual(inOrder(appearances).map(({ label }) => label), ["person", "cup"]);
  for (const { enterMs, label } of scene.visits) {
    const first = looks.find((ms) => ms > enterMs) ?? Infinity;
    assert.ok(
      first - enterMs <= 2 * FRAME_MS,
      `the ${label} is looked at after ${first - enterMs} ms`,
    );
  }
  assert.ok(looks.length < 0.5 * shots.length, `${looks.length} looks at ${shots.length} frames`);
  const longestMs = Math.max(...looks.slice(1).map((ms, i) => ms - looks[i]));
  assert.ok(longestMs <= EMPTY_HEARTBEAT_MS, `nobody looked for ${longestMs} ms`);
  // what is told of frames in between is what the look before them found
  assert.deepEqual(told.map(({ atMs }) => atMs - NOW), shots.map(({ ms }) => ms));
  for (const [i, { ms }] of shots.entries()) {
    const lookedMs = looks.findLast((looked) => looked <= ms);
    assert.deepEqual(told[i].detections, shots.find((one) => one.ms === lookedMs)?.detections);
  }
});

Deno.test("the demo scene, which never stands still: what is seen is what is seen without the gate", async () => {
  const scene = createDemoScene(await demoPictures(), { seed: DEMO_SEED, ...DEMO_SIZE });
  const shots = await filmed(DEMO_MS, (ms) => scene.render(ms));
  const { appearances } = await throughWatcher(shots);
  assert.deepEqual(inOrder(appearances), inOrder(await withoutGate(shots)));
  assert.deepEqual(inOrder(appearances).map(({ label }) => label), ["person", "cat"]);
});

Deno.test("the same film twice: the second time, no frame is looked at, and all is seen again", async () => {
  const scene = createDemoScene(await demoPictures(), { seed: DEMO_SEED, ...DEMO_SIZE });
  const film = await filmed(4_000, (ms) => scene.render(ms));
  const again = film.map((shot) => ({ ...shot, ms: shot.ms + AGAIN_MS }));
  const { appearances, looks } = await throughWatcher([...film, ...again]);
  assert.deepEqual(appearances.map(({ label }) => label), ["person", "person"]);
  assert.ok(looks.every((ms) => ms < AGAIN_MS), `${looks}`);
});
