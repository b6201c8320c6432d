/** The parts together: five cameras at ten frames a second before one engine that takes 80 ms a look. */
import assert from "node:assert/strict";
import { CameraScene, type Patch, texture } from "../../tests/fixtures/camera_scene.ts";
import { formBatch } from "./batch_former.ts";
import { FrameGate, type Verdict } from "./frame_gate.ts";
import { Tracker } from "../tracker.ts";
import { LatestWins } from "./latest_wins.ts";
import { RateControl } from "./rate_control.ts";

const SOURCES = ["a", "b", "c", "d", "e"];
const LOOK_MS = 80;
/** Two frames of a batch take no longer than one. */
const AT_ONCE = 2;
/** Thumbnail and comparison. */
const JUDGE_MS = 2;
const FRAME_MS = 100;

interface Look {
  readonly source: string;
  readonly takenMs: number;
  /** When the frame came. */
  readonly cameMs: number;
}

interface Run {
  readonly looks: readonly Look[];
  readonly judged: number;
  readonly offered: number;
  readonly displaced: number;
  readonly longestQueue: number;
}

interface Setup {
  readonly lastMs: number;
  /** Is this source's frame of that moment worth a look? */
  readonly isWorthIt: (source: string, ms: number) => boolean;
  readonly everyMs?: (ms: number) => number;
  readonly batch?: { readonly most: number; readonly lingerMs: number };
}

/** In steps of a millisecond; sources are a fifth of a frame apart. */
function run({ lastMs, isWorthIt, everyMs = () => FRAME_MS, batch }: Setup): Run {
  const queue = new LatestWins<number>();
  const looks: Look[] = [];
  const nextMs = SOURCES.map((_, i) => (i * FRAME_MS) / SOURCES.length);
  let [freeMs, judged, longestQueue] = [0, 0, 0];
  const policy = { most: 1, lingerMs: 0, ...batch, sources: SOURCES.length };
  for (let ms = 0; ms <= lastMs; ms++) {
    SOURCES.forEach((source, i) => {
      if (ms < nextMs[i]) return;
      queue.offer(source, ms, ms);
      nextMs[i] = ms + everyMs(ms);
    });
    longestQueue = Math.max(longestQueue, queue.size);
    if (ms < freeMs) continue;
    const formed = formBatch(queue, ms, policy);
    if (!("frames" in formed)) continue;
    judged += formed.frames.length;
    const worth = formed.frames.filter(({ source, item }) => isWorthIt(source, item));
    looks.push(...worth.map(({ source, item }) => ({ source, takenMs: ms, cameMs: item })));
    freeMs = ms + JUDGE_MS * formed.frames.length + LOOK_MS * Math.ceil(worth.length / AT_ONCE);
  }
  const { offered, displaced } = queue.counts;
  return { looks, judged, offered, displaced, longestQueue };
}

/** The longest time from one look at a source to its next, ms. */
function longestGap(looks: readonly Look[], source: string): number {
  const at = looks.filter((look) => look.source === source).map(({ takenMs }) => takenMs);
  return Math.max(...at.slice(1).map((ms, i) => ms - at[i]));
}

Deno.test("five sources in motion: none starves, the queue is bounded, each look is at the newest frame", () => {
  const { looks, longestQueue, displaced } = run({ lastMs: 60_000, isWorthIt: () => true });
  const counts = SOURCES.map((source) => looks.filter((look) => look.source === source).length);
  assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${counts}`);
  assert.ok(counts[0] >= 60_000 / (SOURCES.length * (LOOK_MS + JUDGE_MS + 1)) - 1);
  for (const source of SOURCES) {
    assert.ok(longestGap(looks, source) <= SOURCES.length * (LOOK_MS + JUDGE_MS + 1));
  }
  assert.ok(looks.every(({ takenMs, cameMs }) => takenMs - cameMs <= FRAME_MS));
  assert.equal(longestQueue, SOURCES.length);
  assert.ok(displaced > 0);
});

Deno.test("five sources at the rate that the engine bears: none waits in vain", () => {
  const control = new RateControl();
  const conditions = { inferenceMs: LOOK_MS, battery: null, thermal: null, pressure: 0 };
  const demands = SOURCES.map((source) => ({ source, weight: 1 }));
  const rate = control.update(conditions, demands, { offered: 0, displaced: 0 }, 0).get("a") ?? 0;
  const everyMs = Math.round(1000 / rate);
  const { looks, displaced } = run({
    lastMs: 60_000,
    isWorthIt: () => true,
    everyMs: () => everyMs,
  });
  assert.equal(displaced, 0);
  assert.ok(looks.every(({ takenMs, cameMs }) => takenMs - cameMs <= SOURCES.length * LOOK_MS));
});

Deno.test("five sources in batches of four: each is looked at in every second batch at the latest", () => {
  const batch = { most: 4, lingerMs: 20 };
  const { looks, longestQueue } = run({ lastMs: 30_000, isWorthIt: () => true, batch });
  const batchMs = 2 * LOOK_MS + 4 * JUDGE_MS + batch.lingerMs + 1;
  for (const source of SOURCES) assert.ok(longestGap(looks, source) <= 2 * batchMs);
  assert.ok(longestQueue <= SOURCES.length);
});

/** Somebody walks past source c from second 12 to 15, and past e from 20 to 22. */
const PASSAGES = [
  { source: "c", fromMs: 12_000, toMs: 15_000 },
  { source: "e", fromMs: 20_000, toMs: 22_000 },
];

function patchesAt(source: string, ms: number): Patch[] {
  return PASSAGES.flatMap(({ source: where, fromMs, toMs }) => {
    if (where !== source || ms < fromMs || ms > toMs) return [];
    const x = -12 + ((ms - fromMs) / (toMs - fromMs)) * 170;
    return [{ x, y: 50, width: 12, height: 30, contrast: -60 }];
  });
}

Deno.test("five mostly still scenes: the gate saves nine of ten looks, and misses nobody", () => {
  const scenes = new Map(SOURCES.map((source, i) =>
    [source, {
      scene: new CameraScene(texture(160, 120), 3, i + 1),
      gate: new FrameGate(),
    }] as const
  ));
  const motions: { source: string; ms: number }[] = [];
  const isWorthIt = (source: string, ms: number) => {
    const watched = scenes.get(source);
    assert.ok(watched);
    const patches = patchesAt(source, ms);
    const verdict: Verdict = watched.gate.judge(watched.scene.frame({ patches }), ms);
    const box = { x: 0, y: 0.4, width: 1, height: 0.3 };
    const inView = patches.map(() => ({ label: "person", score: 0.8, box }));
    if (verdict.look) watched.gate.looked(verdict, inView);
    if (verdict.kind === "motion" && ms > 2000) motions.push({ source, ms });
    return verdict.look;
  };
  const { looks, judged, displaced } = run({ lastMs: 30_000, isWorthIt });
  const share = 1 - looks.length / judged;
  assert.ok(share > 0.9, `saved ${share.toFixed(3)} of ${judged}`);
  assert.ok(displaced < judged / 10, `${displaced}`);
  for (const { source, fromMs, toMs } of PASSAGES) {
    const during = looks.filter((look) =>
      look.source === source && look.cameMs >= fromMs && look.cameMs <= toMs
    );
    assert.ok(during[0].takenMs - fromMs <= 500, `found after ${during[0].takenMs - fromMs} ms`);
    assert.ok(during.length >= 0.8 * (toMs - fromMs) / FRAME_MS, `${during.length} looks`);
  }
  const isExpected = ({ source, ms }: { source: string; ms: number }) =>
    PASSAGES.some((one) => one.source === source && ms >= one.fromMs && ms <= one.toMs + 400);
  const alarms = motions.filter((one) => !isExpected(one)).length;
  assert.ok(alarms <= judged / 100, `${alarms} for nothing`);
});

Deno.test("a cup that is put down, stands still and is taken away: one track, begun at once, its end noticed", () => {
  const scene = new CameraScene(texture(160, 120), 2);
  const [gate, tracker] = [new FrameGate(), new Tracker()];
  const patches = [{ x: 60, y: 50, width: 20, height: 24, contrast: 50 }];
  const box = { x: 60 / 160, y: 50 / 120, width: 20 / 160, height: 24 / 120 };
  const isThere = (ms: number) => ms >= 5000 && ms < 20_000;
  const [began, ended]: number[][] = [[], []];
  let looks = 0;
  for (let ms = 0; ms < 40_000; ms += FRAME_MS) {
    const verdict = gate.judge(scene.frame({ patches: isThere(ms) ? patches : [] }), ms);
    if (!verdict.look) continue;
    looks++;
    const detections = isThere(ms) ? [{ label: "cup", score: 0.7, box }] : [];
    const step = tracker.step(detections, ms);
    gate.looked(verdict, step.seen.map(({ detection }) => detection));
    began.push(...step.began.map(() => ms));
    ended.push(...step.ended.map(() => ms));
  }
  assert.deepEqual(began, [5000 + 2 * FRAME_MS]);
  // a thing that stood still is awaited for half the time that it stood
  assert.equal(ended.length, 1);
  assert.ok(ended[0] > 22_000 && ended[0] <= 20_000 + 7500 + 1500, `${ended}`);
  assert.ok(looks < 60, `${looks} of 400`);
});
