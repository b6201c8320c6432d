import assert from "node:assert/strict";
import { pairFailure } from "../../page/pairing/pair_failure.ts";
import { stepWords } from "./pair_words.ts";

Deno.test("stepWords() says whose turn it is, on both devices", () => {
  const offering = { step: "offering", code: "FM1:", problem: null } as const;
  assert.match(stepWords(offering, false), /^1 of 2: let the other/);
  assert.match(stepWords(offering, true), /^2 of 2: read/);
  assert.match(stepWords({ step: "reading", problem: null }, false), /^1 of 2: read/);
  const answering = { step: "answering", code: "FM1:", inReach: false } as const;
  assert.match(stepWords(answering, false), /^2 of 2: let the other/);
  const failed = { step: "failed", failure: pairFailure("unreached") } as const;
  assert.equal(stepWords(failed, false), "Not linked");
});
