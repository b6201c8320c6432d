import assert from "node:assert/strict";
import fc from "fast-check";
import { fromBase41, toBase41 } from "./base41.ts";

Deno.test("toBase41() is read back as it was, at every length", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
    const text = toBase41(bytes);
    assert.equal(text.length, 3 * (bytes.length >> 1) + 2 * (bytes.length & 1));
    assert.match(text, /^[0-9A-Z$%+/-]*$/);
    assert.deepEqual([...fromBase41(text) ?? []], [...bytes]);
  }));
});

Deno.test("fromBase41() is null for a text that no bytes have", () => {
  for (const text of ["A", "AAAA", "A B", "a0", "ÄÄ", "///", "//", "00:", "0.0"]) {
    assert.equal(fromBase41(text), null, text);
  }
  assert.deepEqual(fromBase41(""), new Uint8Array());
});
