import assert from "node:assert/strict";
import { expF32, roundHalfEven, sigmoidF32, tanhF32 } from "./elementary.ts";

/** Relative distance of two adjacent floats at most. */
const STEP = 2 ** -23;
const SMALLEST_NORMAL = 2 ** -126;

/** The greatest relative error of `actual` over floats from −limit to limit, normal results only. */
function worstError(
  actual: (x: number) => number,
  exact: (x: number) => number,
  limit: number,
): number {
  let worst = 0;
  for (let index = -200_000; index <= 200_000; index++) {
    const x = Math.fround(limit * (index / 200_000) ** 3);
    const truth = exact(x);
    if (Math.abs(truth) < SMALLEST_NORMAL) continue;
    worst = Math.max(worst, Math.abs(actual(x) / truth - 1));
  }
  return worst;
}

Deno.test("expF32() is within a step of the real one", () => {
  assert.ok(worstError(expF32, Math.exp, 88.7) < STEP);
});

Deno.test("sigmoidF32() is within two steps of the real one", () => {
  const exact = (x: number) => x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
  assert.ok(worstError(sigmoidF32, exact, 80) < 2 * STEP);
});

Deno.test("tanhF32() is within two steps of the real one", () => {
  assert.ok(worstError(tanhF32, Math.tanh, 20) < 2 * STEP);
});

Deno.test("expF32() ends in 0 and in infinity, by way of denormal numbers", () => {
  assert.deepEqual([-Infinity, -1e30, -104].map(expF32), [0, 0, 0]);
  assert.deepEqual([89, 1e30, Infinity].map(expF32), [Infinity, Infinity, Infinity]);
  assert.deepEqual([0, -0, NaN].map(expF32), [1, 1, NaN]);
  assert.ok(expF32(-103) > 0 && expF32(-103) < 2 ** -148);
  for (const x of [-90, -95, -100]) {
    assert.ok(Math.abs(expF32(x) - Math.exp(x)) <= 2 ** -149, `${x}`);
  }
});

Deno.test("sigmoidF32() and tanhF32() keep signs and limits", () => {
  assert.deepEqual([-Infinity, Infinity, 0, NaN].map(sigmoidF32), [0, 1, 0.5, NaN]);
  assert.deepEqual([-Infinity, Infinity, 0, -0, NaN].map(tanhF32), [-1, 1, 0, -0, NaN]);
});

Deno.test("roundHalfEven() takes the even one of two", () => {
  const values = [0.5, 1.5, 2.5, -1.5, -2.5, 0.25, 7.75, Infinity];
  assert.deepEqual(values.map(roundHalfEven), [0, 2, 2, -2, -2, 0, 8, Infinity]);
});
