import assert from "node:assert/strict";
import { isOurCallKept } from "./crossed_calls.ts";

Deno.test("isOurCallKept() is true at exactly one end of two that have just called each other", () => {
  for (const [own, peer] of [["fm-00", "fm-01"], ["fm-01", "fm-00"]]) {
    const ends = [
      isOurCallKept({ own, peer, ageMs: 0 }),
      isOurCallKept({
        own: peer,
        peer: own,
        ageMs: 200,
      }),
    ];
    assert.deepEqual(ends, [own < peer, peer < own]);
  }
});

Deno.test("isOurCallKept() is false for a call that was not heard: the other would not have called", () => {
  assert.equal(isOurCallKept({ own: "fm-00", peer: "fm-01", ageMs: 2_999 }), true);
  assert.equal(isOurCallKept({ own: "fm-00", peer: "fm-01", ageMs: 3_000 }), false);
});
