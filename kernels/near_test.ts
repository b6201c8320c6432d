import assert from "node:assert/strict";
import { isNear, NEAR } from "./near.ts";

function near(actual: readonly number[], expected: readonly number[]): boolean {
  return isNear(bytesOf(actual), bytesOf(expected));
}

function bytesOf(values: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

Deno.test("isNear() measures by the largest of what is expected", () => {
  assert.ok(near([1000, 0.05], [1000, 0]));
  assert.ok(!near([1000, 0.2], [1000, 0]));
  assert.ok(near([0.05, -1000], [0, -1000]));
  assert.ok(!near([1e-3, 0], [1e-3, 1e-6]), "small outputs are held to it, too");
  assert.ok(near([1 + 0.9 * NEAR], [1]));
  assert.ok(!near([1 + 1.1 * NEAR], [1]));
});

Deno.test("isNear() wants infinities and not-a-number where they are expected, and nowhere else", () => {
  assert.ok(near([Infinity, NaN, 1], [Infinity, NaN, 1]));
  for (const wrong of [-Infinity, NaN, 0, 3.4e38]) assert.ok(!near([wrong, 1], [Infinity, 1]));
  for (const wrong of [Infinity, 0]) assert.ok(!near([wrong, 1], [NaN, 1]));
  for (const wrong of [Infinity, NaN]) assert.ok(!near([wrong, 1], [0, 1]));
  assert.ok(!near([Infinity, 2], [Infinity, 1]), "what is infinite does not widen the rest");
});

Deno.test("isNear() takes denormal numbers for 0, and no other number where all are 0", () => {
  assert.ok(near([0, -0], [2 ** -149, 0]));
  assert.ok(!near([1e-20], [0]));
});

Deno.test("isNear() refuses other lengths", () => {
  assert.ok(!near([1, 1], [1]));
  assert.ok(!near([], [1]));
  assert.ok(near([], []));
});
