import assert from "node:assert/strict";
import fc from "fast-check";
import { demoPictures } from "../tests/fixtures/pictures.ts";
import { createDemoScene, type DemoScene } from "./demo_scene.ts";

const pictures = await demoPictures();
const SMALL = { width: 160, height: 120 };
const scene = createDemoScene(pictures, { seed: 7, ...SMALL });
const MINUTE_MS = 60_000;

const anyTime = fc.double({ min: 0, max: 3 * MINUTE_MS, noNaN: true });
const anySeed = fc.integer();

/** Largest difference of one channel between two frames, and the mean of all. */
function difference(one: DemoScene, aMs: number, bMs: number): { most: number; mean: number } {
  const [a, b] = [one.render(aMs).data, one.render(bMs).data];
  const differences = a.map((value, k) => Math.abs(value - b[k]));
  return {
    most: differences.reduce((most, value) => Math.max(most, value), 0),
    mean: differences.reduce((sum, value) => sum + value, 0) / differences.length,
  };
}

/** Positions alone, without the cost of pixels. */
function seeded(seed: number): DemoScene {
  return createDemoScene(pictures, { seed, width: 40, height: 30 });
}

Deno.test("render() gives the same pixels for the same seed, size and time", () => {
  const again = createDemoScene(pictures, { seed: 7, ...SMALL });
  for (const tMs of [0, 7_000.5, 22_000, 59_999]) {
    assert.deepEqual(again.render(tMs), scene.render(tMs));
    assert.deepEqual(again.truth(tMs), scene.truth(tMs));
  }
  const other = createDemoScene(pictures, { seed: 8, ...SMALL });
  assert.notDeepEqual(other.render(7_000), scene.render(7_000));
});

Deno.test("render() does not depend on what was rendered before", () => {
  const fresh = createDemoScene(pictures, { seed: 7, ...SMALL }).render(9_000);
  scene.render(50_000);
  assert.deepEqual(scene.render(9_000), fresh);
});

Deno.test("render() fills the buffer it is given, opaque, and refuses another size", () => {
  const into = new Uint8ClampedArray(SMALL.width * SMALL.height * 4);
  const frame = scene.render(8_000, into);
  assert.equal(frame.data, into);
  assert.deepEqual([frame.width, frame.height], [160, 120]);
  assert.ok(into.every((value, k) => k % 4 !== 3 || value === 255));
  assert.throws(() => scene.render(0, new Uint8ClampedArray(4)), /Cannot render 160×120 into 4/);
});

Deno.test("render() goes on for ever without a jump", () => {
  assert.deepEqual(scene.render(12_345 + 5 * MINUTE_MS), scene.render(12_345));
  assert.equal(scene.periodMs, MINUTE_MS);
  assert.ok(difference(scene, MINUTE_MS - 20, MINUTE_MS + 20).mean < 2);
  for (let tMs = 0; tMs < MINUTE_MS; tMs += 500) {
    const { mean } = difference(scene, tMs, tMs + 20);
    assert.ok(mean < 10, `at ${tMs} ms the picture changes by ${mean} of 255 within 20 ms`);
  }
});

Deno.test("render() moves all the time", () => {
  for (let tMs = 0; tMs < MINUTE_MS; tMs += 5_000) {
    assert.ok(difference(scene, tMs, tMs + 1_000).most > 0, `at ${tMs} ms nothing moves`);
  }
});

Deno.test("truth() stays within the frame and within its appearance", () => {
  fc.assert(
    fc.property(anySeed, fc.array(anyTime, { minLength: 20, maxLength: 20 }), (seed, times) => {
      const one = seeded(seed);
      const appearances = one.appearances(0, 4 * MINUTE_MS);
      for (const tMs of times) {
        for (const { id, label, box, visibleFraction } of one.truth(tMs)) {
          assert.ok(box.x >= 0 && box.y >= 0 && box.width > 0 && box.height > 0);
          assert.ok(box.x + box.width <= 1 + 1e-9 && box.y + box.height <= 1 + 1e-9);
          assert.ok(visibleFraction > 0 && visibleFraction <= 1 + 1e-9);
          const appearance = appearances.find((candidate) => candidate.id === id);
          assert.equal(appearance?.label, label);
          assert.ok(appearance && appearance.enterMs <= tMs && tMs <= appearance.leaveMs);
        }
      }
    }),
    { numRuns: 15 },
  );
});

Deno.test("truth() is where the picture changes when an object comes", () => {
  const [first] = scene.appearances(0, MINUTE_MS);
  assert.deepEqual(scene.truth(first.enterMs), []);
  const [{ box }] = scene.truth(first.enterMs + 3_000);
  const before = scene.render(first.enterMs).data;
  const after = scene.render(first.enterMs + 3_000).data;
  const changes = { inside: [] as number[], outside: [] as number[] };
  for (let pixel = 0; pixel < SMALL.width * SMALL.height; pixel++) {
    const x = pixel % SMALL.width / SMALL.width - box.x;
    const y = Math.floor(pixel / SMALL.width) / SMALL.height - box.y;
    const inside = x >= 0 && x < box.width && y >= 0 && y < box.height;
    const change = Math.abs(after[pixel * 4] - before[pixel * 4]);
    changes[inside ? "inside" : "outside"].push(change);
  }
  const mean = (list: number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  assert.ok(mean(changes.inside) > 3 * mean(changes.outside), "much changes elsewhere");
});

Deno.test("appearances() of a minute: each class twice, 6 to 15 s, well apart, for any seed", () => {
  fc.assert(
    fc.property(anySeed, (seed) => {
      const shown = seeded(seed).appearances(0, 2 * MINUTE_MS - 1);
      assert.equal(shown.length, 12);
      assert.equal(new Set(shown.map(({ id }) => id)).size, 12);
      for (const label of ["person", "cat", "cup"]) {
        const ofClass = shown.filter((one) => one.label === label);
        assert.equal(ofClass.length, 4);
        ofClass.forEach(({ enterMs, leaveMs }, k) => {
          assert.ok(leaveMs - enterMs > 6_000 && leaveMs - enterMs < 15_000);
          assert.ok(k === 0 || enterMs - ofClass[k - 1].leaveMs > 4_000);
        });
      }
    }),
    { numRuns: 15 },
  );
});

Deno.test("appearances() holds those that overlap the span, by time of entering", () => {
  const all = scene.appearances(0, 2 * MINUTE_MS);
  assert.deepEqual(
    all.map(({ enterMs }) => enterMs),
    all.map(({ enterMs }) => enterMs).toSorted((a, b) => a - b),
  );
  const [first, second] = all;
  const middle = (first.enterMs + first.leaveMs) / 2;
  assert.deepEqual(scene.appearances(middle, middle).map(({ id }) => id), ["person-0", "cat-0"]);
  assert.deepEqual(scene.appearances(first.leaveMs + 1, second.leaveMs).map(({ id }) => id), [
    "cat-0",
  ]);
  assert.deepEqual(scene.appearances(MINUTE_MS + 20_000, MINUTE_MS + 20_000).map(({ id }) => id), [
    "cup-2",
  ]);
  assert.deepEqual(scene.appearances(0, 0), []);
});

Deno.test("objects that share the stage stand apart", () => {
  for (let tMs = 0; tMs < MINUTE_MS; tMs += 250) {
    const clear = scene.truth(tMs).filter(({ visibleFraction }) => visibleFraction > 0.9);
    const [a, b] = clear.map(({ box }) => box);
    if (!a || !b) continue;
    const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
    const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
    const shared = Math.max(width, 0) * Math.max(height, 0);
    assert.ok(shared < 0.1 * Math.min(a.width * a.height, b.width * b.height), `at ${tMs} ms`);
  }
});
