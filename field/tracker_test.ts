import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "../tests/fixtures/devices.ts";
import type { Box, Detection } from "./observation.ts";
import { type Track, Tracker, type TrackerStep } from "./tracker.ts";

const START = 1_800_000_000_000;

/** Detections of one frame, `ms` after the start. */
type Scene = (ms: number) => readonly Detection[];

interface Story {
  readonly began: Track[];
  readonly ended: Track[];
  readonly improved: Track[];
  readonly steps: TrackerStep[];
}

/** Shows a scene frame by frame; the source ends after `lastMs`. */
function watch(scene: Scene, { lastMs, frameMs = 200, tracker = new Tracker() }: {
  readonly lastMs: number;
  readonly frameMs?: number;
  readonly tracker?: Tracker;
}): Story {
  const steps: TrackerStep[] = [];
  for (let ms = 0; ms <= lastMs; ms += frameMs) steps.push(tracker.step(scene(ms), START + ms));
  const left = tracker.finish();
  return {
    steps,
    began: steps.flatMap(({ began }) => began),
    improved: steps.flatMap(({ improved }) => improved),
    ended: [...steps.flatMap(({ ended }) => ended), ...left],
  };
}

function box(x: number, y: number, width = 0.1, height = 0.2): Box {
  return { x, y, width, height };
}

function seen(label: string, score: number, where: Box): Detection {
  return { label, score, box: where };
}

/** Numbers in 0..1, the same ones for the same seed. */
function chances(seed: number): () => number {
  const random = seededRandom(seed);
  return () => random(1)[0] / 256;
}

const ids = (tracks: readonly Track[]) => tracks.map(({ id }) => id);

Deno.test("step() makes one track of a static scene, 10 minutes at 5 fps with flickering scores", () => {
  const chance = chances(1);
  const story = watch(() => {
    const score = 0.2 + 0.55 * chance();
    const wobble = (chance() - 0.5) * 0.01;
    return chance() < 0.25 ? [] : [seen("cup", score, box(0.4 + wobble, 0.3 - wobble))];
  }, { lastMs: 600_000 });
  assert.equal(story.began.length, 1);
  assert.deepEqual(ids(story.ended), ids(story.began));
  const [track] = story.ended;
  assert.ok(track.frames > 2000);
  assert.ok(track.first <= START + 1000 && track.last >= START + 595_000);
  assert.ok(track.score > 0.7 && track.score <= 0.75);
});

Deno.test("step() begins a track at the third sure sighting, and only once", () => {
  const story = watch(() => [seen("cat", 0.8, box(0.4, 0.4))], { lastMs: 2000 });
  assert.deepEqual(story.steps.map(({ began }) => began.length).slice(0, 4), [0, 0, 1, 0]);
  assert.equal(story.began.length, 1);
  assert.equal(story.began[0].first, START);
  assert.equal(story.steps[1].seen[0].track.confirmed, false);
  assert.equal(story.steps[2].seen[0].track.confirmed, true);
});

Deno.test("step() makes two tracks when an object leaves and returns after 4 s", () => {
  const away = (ms: number) => ms > 3000 && ms < 7000;
  const story = watch((ms) => away(ms) ? [] : [seen("person", 0.8, box(0.4, 0.3))], {
    lastMs: 10_000,
  });
  assert.equal(story.began.length, 2);
  assert.deepEqual(ids(story.ended), ids(story.began));
  assert.equal(story.ended[0].last, START + 3000);
  assert.equal(story.ended[1].first, START + 7000);
});

Deno.test("step() keeps one track through an absence of 1.8 s", () => {
  const away = (ms: number) => ms > 3000 && ms < 4800;
  const story = watch((ms) => away(ms) ? [] : [seen("person", 0.8, box(0.4, 0.3))], {
    lastMs: 8000,
  });
  assert.equal(story.began.length, 1);
});

Deno.test("step() makes nothing of noise that lasts two frames", () => {
  const story = watch((ms) => {
    const n = Math.floor(ms / 1000);
    return ms % 1000 < 400 ? [seen("bird", 0.9, box((n % 7) / 8, (n % 4) / 5, 0.08, 0.1))] : [];
  }, { lastMs: 120_000 });
  assert.deepEqual(story.began, []);
  assert.deepEqual(story.ended, []);
});

Deno.test("step() makes nothing of sightings that are never sure", () => {
  const story = watch(() => [seen("cup", 0.39, box(0.4, 0.3))], { lastMs: 30_000 });
  assert.deepEqual(story.began, []);
});

Deno.test("step() gives a wavering label the name that most of its confidence had", () => {
  const chance = chances(2);
  const story = watch(() => {
    const isCup = chance() < 0.7;
    return [seen(isCup ? "cup" : "bowl", isCup ? 0.6 : 0.5, box(0.4, 0.3))];
  }, { lastMs: 30_000 });
  assert.equal(story.began.length, 1);
  assert.equal(story.ended[0].label, "cup");
  assert.equal(story.ended[0].score, 0.6);
});

Deno.test("step() takes two names at one place in one frame for one thing", () => {
  const story = watch(
    () => [seen("cup", 0.7, box(0.4, 0.3)), seen("bowl", 0.5, box(0.405, 0.3))],
    { lastMs: 10_000 },
  );
  assert.equal(story.began.length, 1);
  assert.equal(story.ended[0].label, "cup");
});

Deno.test("step() keeps two objects of one kind apart while they cross", () => {
  const along = (ms: number, from: number, to: number) => from + ((to - from) * ms) / 10_000;
  const story = watch((ms) => [
    seen("person", 0.8, box(along(ms, 0, 0.8), 0.2, 0.12, 0.35)),
    seen("person", 0.8, box(along(ms, 0.8, 0), 0.42, 0.12, 0.35)),
  ], { lastMs: 10_000 });
  assert.equal(story.began.length, 2);
  const [upper, lower] = story.ended.sort((a, b) => a.box.y - b.box.y);
  assert.equal(story.ended.length, 2);
  assert.ok(upper.box.x > 0.75 && upper.box.y === 0.2);
  assert.ok(lower.box.x < 0.05 && lower.box.y === 0.42);
});

Deno.test("step() keeps two objects of different kinds apart while one passes before the other", () => {
  const story = watch((ms) => [
    seen("person", 0.8, box(0.1 + (0.7 * ms) / 10_000, 0.2, 0.15, 0.5)),
    seen("cat", 0.7, box(0.45, 0.5, 0.12, 0.12)),
  ], { lastMs: 10_000 });
  assert.deepEqual(story.began.map(({ label }) => label).sort(), ["cat", "person"]);
  assert.equal(story.ended.length, 2);
});

Deno.test("step() follows an object at 1 fps, and through three frames without it", () => {
  const missed = new Set([19_000, 20_000, 21_000]);
  const story = watch(
    (ms) => missed.has(ms) ? [] : [seen("person", 0.7, box(0.1 + ms / 60_000, 0.3, 0.2, 0.4))],
    {
      lastMs: 30_000,
      frameMs: 1000,
    },
  );
  assert.equal(story.began.length, 1);
  assert.equal(story.ended.length, 1);
  assert.equal(story.ended[0].frames, 28);
});

Deno.test("step() begins a track at 1 fps also when only every third frame shows the object", () => {
  const story = watch((ms) => ms % 3000 === 0 ? [seen("person", 0.7, box(0.3, 0.3))] : [], {
    lastMs: 20_000,
    frameMs: 1000,
  });
  assert.equal(story.began.length, 1);
});

Deno.test("step() ends a track at 1 fps once four frames have passed without it", () => {
  const story = watch((ms) => ms <= 6000 ? [seen("person", 0.7, box(0.3, 0.3))] : [], {
    lastMs: 20_000,
    frameMs: 1000,
  });
  const at = story.steps.findIndex(({ ended }) => ended.length > 0);
  assert.ok(at >= 10 && at <= 12, `ended at frame ${at}`);
});

Deno.test("step() follows a fast object that hardly overlaps itself from frame to frame", () => {
  const story = watch(
    (ms) => [seen("person", 0.8, box(0.1 + (0.055 * ms) / 200, 0.1 + (0.05 * ms) / 200, 0.1, 0.1))],
    { lastMs: 2400 },
  );
  assert.equal(story.began.length, 1);
  assert.equal(story.ended[0].frames, 13);
});

Deno.test("step() says of every track that begins when to take its thumbnail", () => {
  const scores = [0.9, 0.8, 0.8, 0.75, 0.7, 0.8, 0.6];
  const story = watch((ms) => [seen("cat", scores[(ms / 200) % 7], box(0.4, 0.4))], {
    lastMs: 5000,
  });
  assert.equal(story.began.length, 1);
  assert.deepEqual([...new Set(ids(story.improved))], ids(story.began));
});

Deno.test("step() asks for a better thumbnail only when the view is better by enough", () => {
  const story = watch((ms) => [seen("cat", 0.5 + ms / 1e6, box(0.4, 0.4))], { lastMs: 60_000 });
  assert.ok(story.improved.length >= 2 && story.improved.length <= 4, `${story.improved.length}`);
  assert.ok(story.improved.every(({ box: now, bestBox }) => now === bestBox));
});

Deno.test("step() bounds the tracks that it follows", () => {
  const crowd = Array.from(
    { length: 100 },
    (_, i) => seen("bird", 0.9, box((i % 10) / 10, Math.floor(i / 10) / 10, 0.05, 0.05)),
  );
  const story = watch(() => crowd, { lastMs: 2000 });
  assert.equal(story.began.length, 64);
});

Deno.test("step() is the same for the same frames", () => {
  const scene = (seed: number): Scene => {
    const chance = chances(seed);
    return () =>
      Array.from(
        { length: 3 },
        () => seen(chance() < 0.5 ? "cup" : "cat", chance(), box(chance(), chance())),
      );
  };
  assert.deepEqual(watch(scene(3), { lastMs: 20_000 }), watch(scene(3), { lastMs: 20_000 }));
});

Deno.test("resume() goes on with an object that is still there: nothing begins, one end", () => {
  const tracker = new Tracker();
  const where = box(0.4, 0.3);
  const [first, last] = [START - 60_000, START - 5000];
  const id = tracker.resume({ label: "cup", score: 0.6, box: where, first, last });
  const story = watch(() => [seen("cup", 0.5, where)], { lastMs: 5000, tracker });
  assert.deepEqual(story.began, []);
  assert.deepEqual(ids(story.ended), [id]);
  const [track] = story.ended;
  assert.equal(track.first, START - 60_000);
  assert.equal(track.last, START + 5000);
  assert.equal(track.score, 0.6);
});

Deno.test("resume() ends an object that has gone, with the last time that it was seen", () => {
  const tracker = new Tracker();
  const where = box(0.4, 0.3);
  const id = tracker.resume({
    label: "cup",
    score: 0.6,
    box: where,
    first: START - 3000,
    last: START - 1000,
  });
  const story = watch(() => [], { lastMs: 40_000, tracker });
  assert.deepEqual(ids(story.ended), [id]);
  assert.equal(story.ended[0].last, START - 1000);
  const at = story.steps.findIndex(({ ended }) => ended.length > 0);
  assert.ok(at > 5, "it is waited for from the first frame on, not from when it was seen");
});

Deno.test("resume() of an object that nobody looks for any more ends when the source ends", () => {
  const tracker = new Tracker();
  const where = box(0.1, 0.1);
  const id = tracker.resume({ label: "cat", score: 0.5, box: where, first: START, last: START });
  assert.deepEqual(ids(tracker.finish()), [id]);
});

Deno.test("finish() ends every track in view, and those only once", () => {
  const tracker = new Tracker();
  for (let i = 0; i < 5; i++) {
    tracker.step([seen("cat", 0.9, box(0.1, 0.1)), seen("cup", 0.9, box(0.6, 0.6))], START + i);
  }
  assert.equal(tracker.finish().length, 2);
  assert.deepEqual(tracker.finish(), []);
});

/** Objects far apart that drift slowly, are missed now and then, and leave for good. */
const object = fc.record({
  label: fc.constantFrom("person", "cat", "cup"),
  drift: fc.double({ min: -0.01, max: 0.01, noNaN: true }),
  from: fc.nat(20_000),
  lasting: fc.integer({ min: 0, max: 40_000 }),
  missed: fc.double({ min: 0, max: 0.4, noNaN: true }),
  sure: fc.double({ min: 0.2, max: 0.9, noNaN: true }),
});

Deno.test("step() never begins more tracks than there are objects, when they are well apart", () => {
  const objects = fc.array(object, { maxLength: 6 });
  fc.assert(
    fc.property(objects, fc.integer(), fc.constantFrom(100, 200, 500), (all, seed, frameMs) => {
      const chance = chances(seed);
      const gaps = new Map<number, number>();
      const story = watch((ms) =>
        all.flatMap((one, i) => {
          if (ms < one.from || ms > one.from + one.lasting) return [];
          const gap = gaps.get(i) ?? 0;
          gaps.set(i, gap + frameMs);
          if (chance() < one.missed && gap + frameMs < 1800) return [];
          gaps.set(i, 0);
          const x = 0.02 + 0.33 * (i % 3) + one.drift * (ms / 10_000);
          const where = box(x, i < 3 ? 0.1 : 0.6, 0.12, 0.25);
          return [seen(one.label, one.sure * (0.7 + 0.3 * chance()), where)];
        }), { lastMs: 60_000, frameMs });
      assert.ok(story.began.length <= all.length, `${story.began.length} of ${all.length}`);
    }),
    { numRuns: 60 },
  );
});

Deno.test("every track that began ends exactly once, whatever is seen", () => {
  const fraction = fc.double({ min: 0, max: 1, noNaN: true });
  const detection = fc.record({
    label: fc.constantFrom("cup", "cat"),
    score: fraction,
    box: fc.record({
      x: fraction,
      y: fraction,
      width: fc.constantFrom(0, 0.05, 0.3),
      height: fc.constantFrom(0, 0.1, 0.3),
    }),
  });
  const frame = fc.record({
    after: fc.integer({ min: 1, max: 3000 }),
    detections: fc.array(detection, { maxLength: 4 }),
    times: fc.integer({ min: 1, max: 6 }),
  });
  fc.assert(fc.property(fc.array(frame, { maxLength: 30 }), (frames) => {
    const tracker = new Tracker();
    let at = START;
    const [began, ended]: Track[][] = [[], []];
    for (const { after, detections, times } of frames) {
      for (let i = 0; i < times; i++) {
        const step = tracker.step(detections, at += after);
        began.push(...step.began);
        ended.push(...step.ended);
        for (const { track } of step.seen) assert.ok(track.score >= 0 && track.last === at);
        for (const { id } of step.improved) assert.ok(ids(began).includes(id));
      }
    }
    ended.push(...tracker.finish());
    assert.deepEqual(ids(ended).sort(), ids(began).sort());
    for (const track of ended) assert.ok(track.first <= track.last && track.confirmed);
  }));
});
