import assert from "node:assert/strict";
import fc from "fast-check";
import { LEAST_RATE, MOST_RATE, shareRates } from "./rate_shares.ts";

const weight = fc.constantFrom(0.25, 0.5, 1, 2, 4);
const demands = fc.array(weight, { minLength: 1, maxLength: 12 })
  .map((weights) => weights.map((weight, i) => ({ source: `s${i}`, weight })));
const capacity = fc.double({ min: 0, max: 150, noNaN: true });
const run = { seed: 8, numRuns: 300 };

const sum = (rates: ReadonlyMap<string, number>) => [...rates.values()].reduce((a, b) => a + b, 0);

Deno.test("shareRates() divides evenly, by weight, and gives on what one cannot use", () => {
  const of = (capacity: number, ...weights: number[]) =>
    weights.map((weight, i) => ({ source: `${i}`, weight })).reduce(
      (list, { source }, _, all) => [...list, shareRates(capacity, all).get(source) ?? -1],
      [] as number[],
    ).map((rate) => Math.round(rate * 1000) / 1000);
  assert.deepEqual(of(10, 1, 1, 1, 1, 1), [2, 2, 2, 2, 2]);
  assert.deepEqual(of(4.4, 4, 1), [3.4, 1]);
  assert.deepEqual(of(16, 4, 1, 1), [10, 3, 3]);
  assert.deepEqual(of(0, 4, 1), [LEAST_RATE, LEAST_RATE]);
  assert.deepEqual(of(1000, 0.25, 4), [MOST_RATE, MOST_RATE]);
});

Deno.test("shareRates() of nobody is nobody", () => {
  assert.equal(shareRates(10, []).size, 0);
});

Deno.test("shareRates() keeps within bounds and capacity, and leaves nothing that somebody could use", () => {
  fc.assert(
    fc.property(capacity, demands, (capacity, demands) => {
      const rates = shareRates(capacity, demands);
      const [least, most] = [LEAST_RATE * demands.length, MOST_RATE * demands.length];
      assert.equal(rates.size, demands.length);
      assert.ok([...rates.values()].every((r) => r >= LEAST_RATE && r <= MOST_RATE + 1e-9));
      const wanted = Math.min(most, Math.max(least, capacity));
      assert.ok(Math.abs(sum(rates) - wanted) < 1e-6, `${sum(rates)} of ${wanted}`);
    }),
    run,
  );
});

Deno.test("shareRates() rises for all with the capacity, for one with its weight, and falls for the others", () => {
  const more = fc.double({ min: 0, max: 50, noNaN: true });
  const EPSILON = 1e-9;
  fc.assert(
    fc.property(capacity, more, demands, (capacity, more, demands) => {
      const before = shareRates(capacity, demands);
      const roomier = shareRates(capacity + more, demands);
      for (const [source, rate] of before) assert.ok(rate <= (roomier.get(source) ?? 0) + EPSILON);
      const raised = demands.map((one, i) => i === 0 ? { ...one, weight: 4 } : one);
      for (const [source, rate] of shareRates(capacity, raised)) {
        const change = rate - (before.get(source) ?? 0);
        assert.ok(source === "s0" ? change >= -EPSILON : change <= EPSILON, `${source} ${change}`);
      }
    }),
    run,
  );
});

Deno.test("shareRates() takes weights beyond its bounds for these", () => {
  const of = (weight: number) =>
    shareRates(8, [{ source: "a", weight }, { source: "b", weight: 1 }]);
  assert.deepEqual(of(1e9), of(4));
  assert.deepEqual(of(0), of(0.25));
});
