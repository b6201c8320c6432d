import assert from "node:assert/strict";
import { SHARE_OUTCOMES } from "../../field/shared_file.ts";
import { makeFormats } from "../format.ts";
import { notTaken, outcomeInSearch } from "./shared_words.ts";

const formats = makeFormats({ locale: "en-GB", timeZone: "UTC" });

Deno.test("outcomeInSearch() reads the mark and nothing else", () => {
  assert.equal(outcomeInSearch("?shared=here", "shared"), "here");
  assert.equal(outcomeInSearch("?a=1&shared=full", "shared"), "full");
  assert.equal(outcomeInSearch("?shared=%3Cb%3E", "shared"), null);
  assert.equal(outcomeInSearch("", "shared"), null);
});

Deno.test("notTaken() says of every outcome but the good one what to do", () => {
  const told = SHARE_OUTCOMES.map((outcome) => notTaken(outcome, formats));
  assert.equal(told[0], null);
  for (const words of told.slice(1)) assert.match(words ?? "", /share|take in/i);
  assert.equal(new Set(told).size, SHARE_OUTCOMES.length);
  assert.match(notTaken("too-large", formats) ?? "", /1\.1 GB/);
});
