import assert from "node:assert/strict";
import { TokenBucket } from "./token_bucket.ts";

function takeAll(bucket: TokenBucket, nowMs: number): number {
  let taken = 0;
  while (taken < 1000 && bucket.take(nowMs)) taken += 1;
  return taken;
}

Deno.test("TokenBucket.take() allows the burst at once and no more", () => {
  assert.equal(takeAll(new TokenBucket({ perSecond: 10, burst: 4 }, 0), 0), 4);
});

Deno.test("TokenBucket.take() allows the rate after the burst is spent, and never saves above it", () => {
  const bucket = new TokenBucket({ perSecond: 10, burst: 4 }, 0);
  takeAll(bucket, 0);
  assert.equal(takeAll(bucket, 99), 0);
  assert.equal(takeAll(bucket, 100), 1);
  assert.equal(takeAll(bucket, 60_000), 4);
});

Deno.test("TokenBucket.take() neither gives nor takes when the clock goes back", () => {
  const bucket = new TokenBucket({ perSecond: 10, burst: 2 }, 1000);
  assert.equal(bucket.take(0), true);
  assert.equal(takeAll(bucket, 0), 1);
});
