import assert from "node:assert/strict";
import { offsetWords, peerClockWords } from "./clock_words.ts";

Deno.test("offsetWords() says how a clock differs from the crew's", () => {
  assert.equal(offsetWords(120), "as the crew’s");
  assert.equal(offsetWords(-499), "as the crew’s");
  assert.equal(offsetWords(600), "0.6 s ahead of the crew’s");
  assert.equal(offsetWords(180_000), "3 min ahead of the crew’s");
  assert.equal(offsetWords(-3 * 24 * 3_600_000), "3 days behind the crew’s");
});

Deno.test("peerClockWords() is silent within what the measurement can tell", () => {
  assert.equal(peerClockWords(undefined), null);
  assert.equal(peerClockWords({ aheadMs: 2000, withinMs: 3000 }), null);
  assert.equal(
    peerClockWords({ aheadMs: -9000, withinMs: 20 }),
    "Its clock is 9 s behind this device’s.",
  );
});
