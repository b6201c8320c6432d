import assert from "node:assert/strict";
import fc from "fast-check";
import { hasWordWith, wordsOf } from "./words.ts";

Deno.test("wordsOf() gives words without case and accents, sorted, each once", () => {
  assert.deepEqual(wordsOf("Red fox, red FOX; 2nd-fox's"), ["2nd", "fox", "red", "s"]);
  assert.deepEqual(wordsOf("Füchsin ÉLAN e\u0301lan ñandú"), ["elan", "fuchsin", "nandu"]);
  assert.deepEqual(wordsOf("STRASSE straße"), ["strasse"]);
  assert.deepEqual(wordsOf("ΟΔΟΣ οδός"), ["οδοσ"]);
  assert.deepEqual(wordsOf("İstanbul ISPARTA ısparta"), ["isparta", "istanbul"]);
  assert.deepEqual(wordsOf("ﬁnch"), ["finch"]);
  assert.deepEqual(wordsOf("лиса Лиса"), ["лиса"]);
  assert.deepEqual(wordsOf(" …!? "), []);
  assert.deepEqual(wordsOf(""), []);
});

Deno.test("hasWordWith() finds a beginning among sorted words, as a search through all does", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 4 });
  fc.assert(
    fc.property(fc.uniqueArray(word), word, (some, prefix) => {
      const words = some.sort();
      const expected = words.some((one) => one.startsWith(prefix));
      assert.equal(hasWordWith(prefix, words), expected);
    }),
    { numRuns: 500 },
  );
});
