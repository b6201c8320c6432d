import assert from "node:assert/strict";
import { differingSince } from "./differing_since.ts";

Deno.test("differingSince() holds from the first report of a difference until all agree", () => {
  const first = differingSince(null, { atMs: 500, agreedSinceMs: null });
  assert.equal(first, 500);
  assert.equal(differingSince(first, { atMs: 900, agreedSinceMs: null }), 500);
  assert.equal(differingSince(first, { atMs: 950, agreedSinceMs: 940 }), null);
});

Deno.test("differingSince() begins anew with another swarm, whose time is earlier", () => {
  assert.equal(differingSince(60_000, { atMs: 50, agreedSinceMs: null }), 50);
});
