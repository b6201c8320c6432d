import assert from "node:assert/strict";
import { Chance } from "../../tests/sim/chance.ts";
import { clearMot, type TrackingFrame } from "./clear_mot.ts";
import type { Vector } from "./world_track.ts";
import { type PlacedDetection, type TrackerStep, WorldTracker } from "./world_tracker.ts";

const START = 1_800_000_000_000;

function seen(
  east: number,
  north: number,
  other: Partial<PlacedDetection> = {},
): PlacedDetection {
  return {
    ...{ label: "person", confidence: 0.8, position: [east, north] },
    ...{ covariance: [0.04, 0, 0.04], ...other },
  };
}

/** Frames 200 ms apart. */
function watch(
  scene: (ms: number) => readonly PlacedDetection[],
  { lastMs = 3000, frameMs = 200, tracker = new WorldTracker("a") } = {},
): readonly TrackerStep[] {
  const steps: TrackerStep[] = [];
  for (let ms = 0; ms <= lastMs; ms += frameMs) steps.push(tracker.step(scene(ms), START + ms));
  return steps;
}

function idsOf(steps: readonly TrackerStep[], of: "confirmed" | "lost"): readonly string[] {
  return steps.flatMap((step) => step[of].map(({ id }) => id));
}

Deno.test("step() confirms what three frames show, and finds its place and velocity", () => {
  const steps = watch((ms) => [seen(1 + 1.5 * ms / 1000, 4 - ms / 1000)]);
  assert.deepEqual(steps.map(({ tracks }) => tracks.length).slice(0, 4), [0, 0, 1, 1]);
  assert.deepEqual(idsOf(steps, "confirmed"), ["a:0"]);
  const [{ position, velocity, covariance, label, confidence, ...times }] = steps.at(-1)!.tracks;
  assert.deepEqual([label, confidence], ["person", 0.8]);
  assert.ok(Math.hypot(position[0] - 5.5, position[1] - 1) < 0.1, `${position}`);
  assert.ok(Math.hypot(velocity[0] - 1.5, velocity[1] + 1) < 0.2, `${velocity}`);
  assert.ok(covariance[0] < 0.04);
  assert.deepEqual([times.firstAtMs, times.lastAtMs], [START, START + 3000]);
});

Deno.test("step() does not take noise for a thing", () => {
  const chance = new Chance(3);
  const steps = watch(
    () => chance.is(0.3) ? [seen(100 * chance.fraction(), 100 * chance.fraction())] : [],
    {
      lastMs: 60_000,
    },
  );
  assert.deepEqual(idsOf(steps, "confirmed"), []);
});

Deno.test("step() waits for what is hidden for 3 s, and knows it again where it would be by then", () => {
  const walks = (ms: number) => [seen(1.4 * ms / 1000, 0)];
  const hidden = watch((ms) => ms > 4000 && ms < 6400 ? [] : walks(ms), { lastMs: 9000 });
  assert.deepEqual(idsOf(hidden, "confirmed"), ["a:0"]);
  assert.deepEqual(idsOf(hidden, "lost"), []);
  const gone = watch((ms) => ms > 4000 ? [] : walks(ms), { lastMs: 9000 });
  assert.deepEqual(idsOf(gone, "lost"), ["a:0"]);
  const at = gone.findIndex(({ lost }) => lost.length > 0);
  assert.equal(at * 200, 7200);
  assert.equal(gone[at].lost[0].lastAtMs, START + 4000);
});

Deno.test("step() waits for three frames on a slow device, however long they take", () => {
  const steps = watch((ms) => ms % 9000 === 0 ? [seen(3, 3)] : [], {
    lastMs: 90_000,
    frameMs: 3000,
  });
  assert.deepEqual(idsOf(steps, "confirmed"), ["a:0"]);
  assert.deepEqual(idsOf(steps, "lost"), []);
});

Deno.test("step() keeps two that pass each other apart", () => {
  const steps = watch((ms) => {
    const x = 1.4 * ms / 1000;
    return ms % 400 === 0 ? [seen(x, 0), seen(8 - x, 1)] : [seen(8 - x, 1), seen(x, 0)];
  }, { lastMs: 6000 });
  assert.deepEqual(idsOf(steps, "confirmed"), ["a:0", "a:1"]);
  const east = new Map(steps.at(-1)!.tracks.map(({ id, velocity }) => [id, velocity[0] > 0]));
  const begun = new Map(steps[4].tracks.map(({ id, velocity }) => [id, velocity[0] > 0]));
  assert.deepEqual(east, begun);
});

Deno.test("step() gives a thing the name that it had most surely, and no second track for a second name", () => {
  const steps = watch((ms) => [
    seen(2, 2, { label: "cup", confidence: 0.6 }),
    ...(ms % 400 === 0 ? [seen(2.05, 2, { label: "bowl", confidence: 0.5 })] : []),
  ]);
  assert.deepEqual(idsOf(steps, "confirmed"), ["a:0"]);
  assert.equal(steps.at(-1)!.tracks[0].label, "cup");
  assert.deepEqual(steps.at(-1)!.tracks[0].votes.map(({ label }) => label), ["bowl", "cup"]);
});

Deno.test("step() rather keeps the names of two side by side than the nearest places", () => {
  const steps = watch((ms) => {
    const [cup, bowl] = ms === 2000 ? [0.41, 0.39] : [0, 0.8];
    return [seen(cup, 0, { label: "cup" }), seen(bowl, 0, { label: "bowl" })];
  });
  const labels = steps.at(-1)!.tracks.map(({ votes }) => votes.map(({ label }) => label));
  assert.deepEqual(labels, [["cup"], ["bowl"]]);
});

Deno.test("step() never gets surer than the camera's pose is", () => {
  const covariance = [1.04, 0.3, 0.54] as const;
  const steps = watch(() => [seen(2, 2, { covariance, biasCovariance: [1, 0.3, 0.5] })], {
    lastMs: 60_000,
  });
  const [track] = steps.at(-1)!.tracks;
  assert.ok(track.covariance[0] > 1 && track.covariance[0] < 1.04);
  assert.ok(track.covariance[2] > 0.5 && track.covariance[2] < 0.54);
});

Deno.test("step() tells things apart by what changes from frame to frame, not by the pose's error", () => {
  const biased = { covariance: [4.01, 0, 4.01], biasCovariance: [4, 0, 4] } as const;
  const steps = watch((ms) => [seen(0, 0, biased), seen(1.5, 0, biased)].slice(ms < 400 ? 0 : 1), {
    lastMs: 1000,
  });
  assert.ok(Math.abs(steps.at(-1)!.tracks[0].position[0] - 1.5) < 0.1);
});

Deno.test("step() leaves out what is nowhere, and frames that are not later", () => {
  const tracker = new WorldTracker("a");
  const bad = [
    seen(NaN, 0),
    seen(0, Infinity),
    seen(0, 0, { covariance: [1, 2, 1] }),
    seen(0, 0, { covariance: [0.1, 0, 0.1], biasCovariance: [9, 0, 9] }),
    seen(0, 0, { label: "" }),
  ];
  for (let i = 0; i < 5; i++) assert.deepEqual(tracker.step(bad, START + i).tracks, []);
  for (let i = 0; i < 5; i++) tracker.step([seen(0, 0)], START + 4);
  assert.deepEqual(tracker.tracks, []);
});

Deno.test("step() bounds the tracks that it follows, and begins with the number it is told", () => {
  const crowd = Array.from({ length: 200 }, (_, i) => seen(10 * (i % 20), 10 * Math.floor(i / 20)));
  const steps = watch(() => crowd, { tracker: new WorldTracker("a", { firstNumber: 7 }) });
  assert.equal(steps.at(-1)!.tracks.length, 64);
  assert.equal(steps.at(-1)!.tracks[0].id, "a:7");
});

Deno.test("twelve walkers, seen in 9 of 10 frames among false alarms, keep their names for a minute", () => {
  const frames: TrackingFrame[] = [];
  for (let seed = 1; seed <= 3; seed++) {
    const chance = new Chance(seed);
    const tracker = new WorldTracker("a");
    for (let ms = 0; ms < 60_000; ms += 200) {
      const truth = Array.from({ length: 12 }, (_, i) => ({
        id: `${seed} ${i}`,
        position: walker(i, ms / 1000),
      }));
      const shown = truth.filter(() => chance.is(0.9)).map(({ position: [x, y] }) =>
        seen(x + 0.4 * (chance.fraction() - 0.5), y + 0.4 * (chance.fraction() - 0.5))
      );
      const alarms = chance.is(0.3) ? [seen(60 * chance.fraction(), 60 * chance.fraction())] : [];
      const { tracks } = tracker.step([...shown, ...alarms], START + ms);
      frames.push({
        truth,
        tracks: tracks.map(({ id, position }) => ({ id: `${seed} ${id}`, position })),
      });
    }
  }
  const { mota, meanErrorM, switches } = clearMot(frames, 1);
  assert.ok(mota > 0.97, `${mota}`);
  assert.ok(meanErrorM < 0.2, `${meanErrorM}`);
  assert.ok(switches <= 3, `${switches}`);
});

/** Round in circles of their own, which touch. */
function walker(i: number, s: number): Vector {
  const angle = 1.3 * s / 4 + i;
  return [8 + 12 * (i % 4) + 6 * Math.cos(angle), 8 + 12 * Math.floor(i / 4) + 6 * Math.sin(angle)];
}

Deno.test("step() takes another label for another thing after three frames without the first", () => {
  const scene = (gapMs: number) => (ms: number) =>
    ms < 1000
      ? [seen(1, 2)]
      : ms < 1000 + gapMs
      ? []
      : [seen(1, 2, { label: "cup", confidence: 0.5 })];
  assert.deepEqual(idsOf(watch(scene(400)), "confirmed"), ["a:0"], "the network wavers");
  assert.deepEqual(idsOf(watch(scene(600)), "confirmed"), ["a:0", "a:1"]);
});
