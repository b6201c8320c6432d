import assert from "node:assert/strict";
import { idOf } from "../../tests/fixtures/devices.ts";
import { FeedClaims } from "./feed_claims.ts";

Deno.test("a feed is asked of one link, until that has answered or is gone", () => {
  const claims = new FeedClaims();
  const [x, y] = [idOf(1), idOf(2)];
  claims.claim(x, "a");
  claims.claim(y, "b");
  assert.ok(claims.isFree(x, "a"), "its own");
  assert.ok(!claims.isFree(x, "b"));
  assert.throws(() => claims.claim(x, "b"));
  assert.ok(claims.release("a"));
  assert.ok(!claims.release("a"));
  assert.ok(claims.isFree(x, "b"));
  assert.ok(!claims.isFree(y, "a"), "what others hold stays");
});
