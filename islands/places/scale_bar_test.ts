import assert from "node:assert/strict";
import fc from "fast-check";
import { gridLines, lengthWords, roundBelow, scaleBar } from "./scale_bar.ts";

Deno.test("scaleBar() is the longest round length that has room", () => {
  assert.deepEqual(scaleBar(4, 96), { lengthM: 20, lengthPx: 80, words: "20 m" });
  assert.deepEqual(scaleBar(1, 50), { lengthM: 50, lengthPx: 50, words: "50 m" });
  assert.equal(scaleBar(0.02, 96).words, "2 km");
  assert.equal(scaleBar(90, 96).words, "1 m");
  assert.equal(scaleBar(100, 96).words, "50 cm");
});

Deno.test("roundBelow() is within a factor of 2.5 below", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (value) => {
      const round = roundBelow(value);
      assert.ok(round <= value * (1 + 1e-8) && round * 2.5 > value, `${round} of ${value}`);
      assert.match(round.toExponential(), /^[125]e/);
    }),
    { seed: 75 },
  );
});

Deno.test("roundBelow() of a round figure is that figure", () => {
  for (const value of [0.01, 0.02, 0.05, 0.1, 1, 2, 5, 10, 1000]) {
    assert.equal(roundBelow(value), value);
  }
});

Deno.test("lengthWords() has the unit that fits", () => {
  assert.deepEqual([0.05, 1, 999, 1000, 20_000].map(lengthWords), [
    "5 cm",
    "1 m",
    "999 m",
    "1 km",
    "20 km",
  ]);
});

Deno.test("gridLines() are the multiples within, ends included", () => {
  assert.deepEqual(gridLines(-10, 10, 5), [-10, -5, 0, 5, 10]);
  assert.deepEqual(gridLines(1, 4, 5), []);
});
