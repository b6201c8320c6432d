import assert from "node:assert/strict";
import fc from "fast-check";
import type { Conditions } from "./engine_capacity.ts";
import { LatestWins } from "./latest_wins.ts";
import { intervalMs, RateControl, STEP } from "./rate_control.ts";
import { LEAST_RATE, MOST_RATE } from "./rate_shares.ts";

const EASY: Conditions = { inferenceMs: 80, battery: null, thermal: null, pressure: 0 };
const NO_QUEUE = { offered: 0, displaced: 0 };

function demandsOf(count: number) {
  return Array.from({ length: count }, (_, i) => ({ source: `s${i}`, weight: 1 }));
}

/** The one source's rate after each second of these conditions. */
function story(control: RateControl, seconds: readonly Conditions[], fromMs = 0): number[] {
  return seconds.map((conditions, i) =>
    control.update(conditions, demandsOf(1), NO_QUEUE, fromMs + i * 1000).get("s0") ?? -1
  );
}

const during = (seconds: number, conditions: Conditions) => Array(seconds).fill(conditions);
const changes = (rates: readonly number[]) => rates.filter((r, i) => i > 0 && r !== rates[i - 1]);

Deno.test("update() falls at once and rises by half a second, to the target and no further", () => {
  const slow = { ...EASY, inferenceMs: 800 };
  const rates = story(new RateControl(), [EASY, ...during(2, slow), ...during(8, EASY)]);
  assert.deepEqual(rates.slice(0, 6), [10, 1, 1, 1.5, 2.25, 3.375]);
  assert.deepEqual(rates.slice(-2), [10, 10]);
});

Deno.test("update() does not rise faster when it is asked more often", () => {
  const control = new RateControl();
  story(control, [{ ...EASY, inferenceMs: 800 }]);
  let rate = 0;
  for (let ms = 10; ms <= 1000; ms += 10) {
    rate = control.update(EASY, demandsOf(1), NO_QUEUE, ms).get("s0") ?? 0;
  }
  assert.ok(rate < 1.7, `${rate}`);
});

Deno.test("update() does not make up for a pause: nothing is known of what happened meanwhile", () => {
  const control = new RateControl();
  story(control, [{ ...EASY, inferenceMs: 800 }]);
  assert.equal(story(control, [EASY], 100_000)[0], 1.5);
  assert.equal(
    story(control, [EASY], 50_000)[0],
    1.5,
    "nor does the clock that is set back matter",
  );
});

Deno.test("update() leaves a rate as it is while its target wavers by less than a step", () => {
  const wavering = fc.array(fc.double({ min: -0.99, max: 0.99, noNaN: true }), { maxLength: 40 });
  fc.assert(
    fc.property(wavering, (shares) => {
      const control = new RateControl();
      const [first] = story(control, [{ ...EASY, inferenceMs: 200 }]);
      const waver = shares.map((share) => ({ ...EASY, inferenceMs: 200 / (1 + share * STEP) }));
      assert.deepEqual(changes([first, ...story(control, waver, 1000)]), []);
    }),
    { seed: 11 },
  );
});

Deno.test("update() follows a target that changed by more than a step", () => {
  for (const inferenceMs of [200 / (1 + STEP) - 1, 200 / (1 - STEP) + 1]) {
    const rates = story(new RateControl(), [
      { ...EASY, inferenceMs: 200 },
      { ...EASY, inferenceMs },
    ]);
    assert.ok(Math.abs(rates[1] - 800 / inferenceMs) < 1e-9);
  }
});

Deno.test("update() under constant conditions goes one way and comes to rest within 10 s", () => {
  const conditions = fc.record<Conditions>({
    inferenceMs: fc.double({ min: 1, max: 4000, noNaN: true }),
    battery: fc.option(
      fc.record({ level: fc.double({ min: 0, max: 1, noNaN: true }), charging: fc.boolean() }),
    ),
    thermal: fc.constantFrom("nominal", "serious", null),
    pressure: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(conditions, conditions, (before, after) => {
      const control = new RateControl();
      const [first] = story(control, [before]);
      const rates = [first, ...story(control, during(20, after), 1000)];
      const ways = new Set(rates.slice(1).map((rate, i) => Math.sign(rate - rates[i])));
      assert.ok(!(ways.has(1) && ways.has(-1)), `${rates}`);
      assert.deepEqual(changes(rates.slice(11)), []);
      assert.ok(rates.every((rate) => rate >= LEAST_RATE && rate <= MOST_RATE));
    }),
    { seed: 12, numRuns: 300 },
  );
});

Deno.test("update() gives a source that a decision raised more, and the others less", () => {
  const control = new RateControl();
  const of = (weight: number, ms: number) =>
    control.update(EASY, [{ source: "a", weight }, { source: "b", weight: 1 }], NO_QUEUE, ms);
  of(1, 0);
  for (let ms = 1000; ms < 6000; ms += 1000) of(3, ms);
  const [a, b] = [...of(3, 6000).values()];
  assert.ok(a > 6.5 && b < 3 && b > 2, `${a} ${b}`);
  for (let ms = 7000; ms < 12_000; ms += 1000) of(1, ms);
  assert.ok([...of(1, 12_000).values()].every((rate) => Math.abs(rate - 5) < 0.5));
});

Deno.test("update() spares battery and links also where the engine has more than enough", () => {
  const low = { ...EASY, inferenceMs: 5, battery: { level: 0.1, charging: false } };
  const control = new RateControl();
  assert.deepEqual([story(control, [low])[0], control.framesRate], [2.5, 2.5]);
  const full = { ...EASY, inferenceMs: 5, pressure: 1 };
  assert.equal(story(new RateControl(), [full])[0].toFixed(6), "1.000000");
});

Deno.test("update() gives a decision the share of the usual rate that it wants, within what the engine has", () => {
  const rate = (factor: number, conditions: Conditions) => {
    const control = new RateControl();
    const rates = control.update(conditions, demandsOf(1), NO_QUEUE, 0, factor);
    return [rates.get("s0"), control.framesRate];
  };
  const low = { ...EASY, battery: { level: 0.1, charging: false } };
  assert.deepEqual([0.5, 1, 2].map((factor) => rate(factor, EASY)[0]), [5, 10, 10]);
  assert.deepEqual([0.5, 1, 2, 9].map((factor) => rate(factor, low)[0]), [1.25, 2.5, 5, 10]);
  assert.deepEqual(rate(2, { ...EASY, inferenceMs: 800 }), [1, 10]);
  assert.deepEqual(rate(0.001, EASY), [LEAST_RATE, LEAST_RATE]);
});

Deno.test("update() forgets sources that have ended, and begins new ones at their share", () => {
  const control = new RateControl();
  assert.equal(control.update(EASY, demandsOf(1), NO_QUEUE, 0).get("s0"), 10);
  assert.deepEqual([...control.update(EASY, demandsOf(2), NO_QUEUE, 100).values()], [5, 5]);
  assert.deepEqual([...control.update(EASY, [], NO_QUEUE, 200).values()], []);
});

Deno.test("update() trims the capacity by what the queue displaced, once it has seen enough", () => {
  const control = new RateControl();
  const after = (offered: number, displaced: number) => {
    control.update(EASY, demandsOf(2), { offered, displaced }, offered);
    return control.trim;
  };
  assert.equal(after(99, 50), 1);
  assert.equal(after(100, 50), 0.5);
  assert.equal(after(200, 65), 0.5, "15 of 100: what one step up can do is no overload");
  assert.ok(Math.abs(after(300, 65) - 0.515) < 1e-9);
  assert.ok(Math.abs(after(400, 81) - 0.515 * 0.84) < 1e-9);
  assert.ok(Math.abs(after(10, 0) - 0.515 * 0.84) < 1e-9, "another queue");
  assert.ok(Math.abs(after(110, 50) - 0.515 * 0.84 * 0.5) < 1e-9, "which is judged from there on");
  for (let i = 2; i < 60; i++) after(10 + i * 100, 50);
  assert.equal(control.trim, 1);
  for (let i = 60; i < 70; i++) after(10 + i * 100, 50 + (i - 59) * 100);
  assert.equal(control.trim, 0.05);
});

interface Plant {
  readonly sources: number;
  /** What a look really takes, ms, and what part of it is known. */
  readonly lookMs: number;
  readonly knownShare: number;
  /** Frames and looks come and take this share earlier or later. */
  readonly jitter: number;
  readonly seed: number;
}

/** The published rates of 240 s with a real queue before an engine that is slower than is known. */
function runPlant({ sources, lookMs, knownShare, jitter, seed }: Plant): number[] {
  let state = seed;
  const wobble = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 1 + jitter * (state / 2 ** 32 - 0.5);
  };
  const [control, queue] = [new RateControl(), new LatestWins<number>()];
  const conditions = { ...EASY, inferenceMs: lookMs * knownShare };
  const demands = demandsOf(sources);
  const nextMs = demands.map((_, i) => (i * 1000) / sources / 7);
  const published: number[] = [];
  let freeMs = 0;
  for (let ms = 0; ms < 240_000; ms += 2) {
    if (ms % 1000 === 0) {
      published.push(control.update(conditions, demands, queue.counts, ms).get("s0") ?? 0);
    }
    demands.forEach(({ source }, i) => {
      if (ms < nextMs[i]) return;
      queue.offer(source, ms, ms);
      nextMs[i] += (1000 / published[published.length - 1]) * wobble();
    });
    if (ms >= freeMs && queue.take()) freeMs = ms + lookMs * wobble();
  }
  return published;
}

Deno.test("update() finds the rate that an engine bears which is up to five times slower than known, and rests", () => {
  const plant = fc.record<Plant>({
    sources: fc.integer({ min: 2, max: 12 }),
    lookMs: fc.integer({ min: 40, max: 300 }),
    knownShare: fc.double({ min: 0.2, max: 1.3, noNaN: true }),
    jitter: fc.double({ min: 0, max: 0.5, noNaN: true }),
    seed: fc.nat(1 << 30),
  });
  fc.assert(
    fc.property(plant, (plant) => {
      const rates = runPlant(plant);
      const late = rates.slice(120);
      const borne = 1000 / plant.lookMs / plant.sources;
      assert.ok(changes(late).length <= 3, `${changes(late)}`);
      const most = Math.max(LEAST_RATE, Math.min(MOST_RATE, borne * 1.25));
      const least = Math.min(MOST_RATE, borne * Math.min(0.7, (0.8 * 0.9) / plant.knownShare));
      const last = late[late.length - 1];
      assert.ok(last <= most && last >= least, `${last} of ${borne}`);
    }),
    { seed: 13, numRuns: 30 },
  );
});

Deno.test("intervalMs() is a rate's inverse, and no longer than the least rate's", () => {
  assert.deepEqual([10, 3, 0.2, 0].map(intervalMs), [100, 333, 5000, 5000]);
});
