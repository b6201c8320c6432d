import assert from "node:assert/strict";
import { noise } from "../../tests/fixtures/against_onnxruntime.ts";
import { countInto, emptyHistogram, leastSquaresRange } from "./histogram.ts";

function histogramOf(values: Float32Array) {
  const histogram = emptyHistogram({ low: Math.min(...values), high: Math.max(...values) });
  countInto(histogram, values);
  return histogram;
}

Deno.test("countInto() counts every value once, the highest in the last bin", () => {
  const { counts } = histogramOf(Float32Array.of(-1, 0, 0.5, 1));
  assert.equal(counts.reduce((sum, count) => sum + count, 0), 4);
  assert.deepEqual([counts[0], counts.at(-1)], [1, 1]);
});

Deno.test("countInto() takes values that are all the same, and those beyond the range seen before", () => {
  assert.equal(histogramOf(new Float32Array(9)).counts[0], 9);
  const histogram = emptyHistogram({ low: 0, high: 1 });
  countInto(histogram, Float32Array.of(-5, 5));
  assert.deepEqual([histogram.counts[0], histogram.counts.at(-1)], [1, 1]);
});

Deno.test("leastSquaresRange() keeps nearly all of what is spread evenly", () => {
  const { low, high } = leastSquaresRange(histogramOf(noise(1, 5000, -2, 6)));
  assert.ok(low < -1.9 && low >= -2 && high > 5.8 && high <= 6, `${low} ${high}`);
});

Deno.test("leastSquaresRange() gives up rare outliers for finer steps", () => {
  const values = noise(1, 100_000, -1, 1);
  values[7] = 40;
  const { low, high } = leastSquaresRange(histogramOf(values));
  assert.ok(high < 30 && low <= -0.9, `${low} ${high}`);
});

Deno.test("leastSquaresRange() holds 0", () => {
  assert.equal(leastSquaresRange(histogramOf(noise(1, 1000, 3, 5))).low, 0);
  assert.equal(leastSquaresRange(histogramOf(noise(1, 1000, -5, -3))).high, 0);
});
