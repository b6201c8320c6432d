import assert from "node:assert/strict";
import { toFailure } from "../../field/errors.ts";
import { pairFailure } from "../../page/pairing/pair_failure.ts";
import { cameraFailure } from "../../page/sources/camera_failure.ts";
import { cameraWords, stepWords } from "./pair_words.ts";

Deno.test("stepWords() says whose turn it is, on both devices", () => {
  const offering = { step: "offering", code: "FM1:", namesOnly: false, problem: null } as const;
  assert.match(stepWords(offering, false), /^1 of 2: let the other/);
  assert.match(stepWords(offering, true), /^2 of 2: read/);
  assert.match(stepWords({ step: "reading", problem: null }, false), /^1 of 2: read/);
  const answering = { step: "answering", code: "FM1:", namesOnly: false, inReach: false } as const;
  assert.match(stepWords(answering, false), /^2 of 2: let the other/);
  const failed = { step: "failed", failure: pairFailure("unreached") } as const;
  assert.equal(stepWords(failed, false), "Not linked");
});

Deno.test("cameraWords() speaks of no camera in a line, whatever the reason", () => {
  for (const name of ["NotAllowedError", "NotFoundError", "NotReadableError", "SecurityError"]) {
    const words = cameraWords(toFailure(cameraFailure(new DOMException("", name))));
    assert.match(words, /camera/);
    assert.doesNotMatch(words, /demo|start again/);
    assert.ok(words.length <= 90, words);
  }
});
