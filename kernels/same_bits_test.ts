import assert from "node:assert/strict";
import type { Tensors } from "./engine.ts";
import { areSameBits } from "./same_bits.ts";

const ONE: Tensors = {
  a: { shape: [2], data: Float32Array.of(1, 0) },
  b: { shape: [1], data: Int32Array.of(7) },
};

Deno.test("areSameBits() compares names, shapes, types and bits", () => {
  assert.ok(areSameBits([ONE, ONE], [structuredClone(ONE), ONE]));
  assert.ok(areSameBits([], []));
  const others: Tensors[] = [
    { a: ONE.a },
    { ...ONE, c: ONE.b },
    { a: ONE.a, c: ONE.b },
    { ...ONE, a: { shape: [2], data: Float32Array.of(1, -0) } },
    { ...ONE, a: { shape: [1, 2], data: Float32Array.of(1, 0) } },
    { ...ONE, a: { shape: [2], data: Float32Array.of(1, 0, 0) } },
    { ...ONE, b: { shape: [1], data: Float32Array.of(1e-44) } },
  ];
  for (const other of others) {
    assert.ok(!areSameBits([other], [ONE]), JSON.stringify(other));
    assert.ok(!areSameBits([ONE], [other]), JSON.stringify(other));
  }
  assert.ok(!areSameBits([ONE], [ONE, ONE]));
});
