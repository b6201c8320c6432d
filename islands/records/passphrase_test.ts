import assert from "node:assert/strict";
import { LEAST_PASSPHRASE_LENGTH } from "../../field/identity_backup.ts";
import { LEAST_LENGTH, lengthOf, passphraseProblem, strengthWords } from "./passphrase.ts";

Deno.test("LEAST_LENGTH is what the worker asks for", () => {
  assert.equal(LEAST_LENGTH, LEAST_PASSPHRASE_LENGTH);
});

Deno.test("lengthOf() counts characters, not code units", () => {
  assert.equal(lengthOf("fuchs"), 5);
  assert.equal(lengthOf("🦊🦊"), 2);
});

Deno.test("strengthWords() grows with the length alone", () => {
  const words = (length: number) => strengthWords("a".repeat(length));
  assert.match(words(0), /Four or more/);
  assert.match(words(7), /^Too short/);
  assert.match(words(8), /^Short/);
  assert.match(words(13), /^Short/);
  assert.match(words(14), /^Fair/);
  assert.match(words(20), /^Strong/);
});

Deno.test("passphraseProblem() wants enough, twice the same", () => {
  assert.match(passphraseProblem("short", "short"), /8 characters/);
  assert.match(passphraseProblem("long enough", "long enougj"), /do not match/);
  assert.equal(passphraseProblem("long enough", "long enough"), "");
});
