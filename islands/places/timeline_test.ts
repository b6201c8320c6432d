import assert from "node:assert/strict";
import fc from "fast-check";
import { indexAt, momentAt, momentWords, steppedBy, tickOf } from "./timeline.ts";

const TIMES = [1_000, 2_000, 4_000, 8_000];

Deno.test("indexAt() is the last that is not after, live the newest, before all the first", () => {
  assert.deepEqual([null, 8_001, 8_000, 7_999, 2_000, 0].map((at) => indexAt(TIMES, at)), [
    3,
    3,
    3,
    2,
    1,
    0,
  ]);
  assert.equal(indexAt([], null), -1);
  assert.equal(indexAt([], 5), -1);
});

Deno.test("indexAt() agrees with a search from the end", () => {
  const times = fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 1 });
  fc.assert(
    fc.property(times, fc.integer({ min: -5, max: 105 }), (all, at) => {
      const rising = all.toSorted((a, b) => a - b);
      assert.equal(indexAt(rising, at), Math.max(0, rising.findLastIndex((one) => one <= at)));
    }),
    { seed: 79 },
  );
});

Deno.test("momentAt() and steppedBy() end live at the newest, and stop at the oldest", () => {
  assert.equal(momentAt(TIMES, 3), null);
  assert.equal(momentAt(TIMES, 1), 2_000);
  assert.equal(steppedBy(TIMES, null, -1), 4_000);
  assert.equal(steppedBy(TIMES, 4_000, 1), null);
  assert.equal(steppedBy(TIMES, 1_000, -1), 1_000);
});

Deno.test("a moment looked back to stays while newer ones come", () => {
  assert.equal(indexAt([...TIMES, 9_000, 10_000], momentAt(TIMES, 2)), 2);
});

Deno.test("tickOf() stands where the slider first shows it", () => {
  assert.deepEqual([1_000, 1_500, 4_000, 9_000].map((at) => tickOf(TIMES, at)), [
    0,
    1 / 3,
    2 / 3,
    1,
  ]);
  assert.equal(tickOf([5], 5), 1);
});

Deno.test("momentWords() says live, or how long before the newest", () => {
  assert.equal(momentWords(TIMES, null), "Live");
  assert.equal(momentWords(TIMES, 2_000), "6 s ago");
});
