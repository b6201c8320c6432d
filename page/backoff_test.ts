import assert from "node:assert/strict";
import { Backoff } from "./backoff.ts";

const limits = { firstMs: 1_000, mostMs: 30_000 };

Deno.test("Backoff.nextMs() doubles up to the most, and begins again after reset()", () => {
  const backoff = new Backoff(limits, () => 1);
  const waits = Array.from({ length: 7 }, () => backoff.nextMs());
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  backoff.reset();
  assert.equal(backoff.nextMs(), 1_000);
});

Deno.test("Backoff.nextMs() spreads over the upper half of each wait", () => {
  assert.equal(new Backoff(limits, () => 0).nextMs(), 500);
  assert.equal(new Backoff(limits, () => 0.5).nextMs(), 750);
});

Deno.test("Backoff.nextMs() stays at the most after any number of failures", () => {
  const backoff = new Backoff(limits, () => 1);
  for (let failure = 0; failure < 5_000; failure++) backoff.nextMs();
  assert.equal(backoff.nextMs(), 30_000);
});
