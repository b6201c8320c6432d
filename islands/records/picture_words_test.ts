import assert from "node:assert/strict";
import type { MediaTotals } from "../../field/media.ts";
import { makeFormats } from "../format.ts";
import {
  ageLimits,
  keptWords,
  previewOf,
  previewWords,
  ruleWords,
  sizeLimits,
  thinLimits,
} from "./picture_words.ts";

const formats = makeFormats({ locale: "en-GB", timeZone: "UTC" });
const TOTALS: MediaTotals = {
  here: 392,
  hereBytes: 641e6,
  onlyHere: 12,
  onlyHereBytes: 1.2e6,
  wanted: 0,
  thinned: 0,
};

Deno.test("ageLimits() and sizeLimits() begin with never, and show a rule that others made", () => {
  assert.deepEqual(ageLimits(null, formats).map(({ value }) => value), [null, 7, 30, 90, 365]);
  assert.deepEqual(ageLimits(45, formats).map(({ value }) => value), [null, 7, 30, 45, 90, 365]);
  assert.equal(ageLimits(1, formats)[1].name, "After 1 day");
  assert.equal(sizeLimits(null, formats)[1].name, "Beyond 100 MB");
  assert.equal(sizeLimits(2e9, formats).filter(({ value }) => value === 2e9).length, 1);
});

Deno.test("thinLimits() offers sizes below what is here, the gentlest first", () => {
  assert.deepEqual(thinLimits(TOTALS, formats).map(({ value }) => value), [500e6, 100e6, 0]);
  assert.deepEqual(thinLimits({ ...TOTALS, hereBytes: 5e6 }, formats).map(({ value }) => value), [
    0,
  ]);
});

Deno.test("ruleWords() says what is lost only when something may be", () => {
  const rule = { mostAgeDays: 30, mostBytes: null, evenOnlyHere: false };
  assert.match(ruleWords({ ...rule, mostAgeDays: null, evenOnlyHere: true }), /until you remove/);
  assert.match(ruleWords(rule), /so do pictures that no other device has/);
  assert.match(ruleWords({ ...rule, evenOnlyHere: true }), /lost/);
});

Deno.test("previewOf() keeps what only this device has", () => {
  const preview = previewOf(TOTALS, { mostBytes: 0, evenOnlyHere: false });
  assert.deepEqual(preview, {
    bytes: 639.8e6,
    pictures: 380,
    lost: 0,
    kept: 12,
    keptBytes: 1.2e6,
  });
  assert.equal(previewWords(preview, formats), "380 pictures go: 640 MB.");
  assert.equal(
    keptWords(preview, formats),
    "12 pictures (1.2 MB) stay: no other device is known to have them.",
  );
});

Deno.test("previewOf() counts what would be lost when the user allows it", () => {
  const preview = previewOf(TOTALS, { mostBytes: 0, evenOnlyHere: true });
  assert.deepEqual(preview, { bytes: 641e6, pictures: 392, lost: 12, kept: 0, keptBytes: 0 });
  assert.equal(keptWords(preview, formats), "");
});

Deno.test("previewOf() tells bytes, not pictures, where only a part goes", () => {
  const preview = previewOf(TOTALS, { mostBytes: 500e6, evenOnlyHere: false });
  assert.equal(preview.bytes, 141e6);
  assert.equal(preview.pictures, null);
  assert.match(previewWords(preview, formats), /^About 141 MB/);
});

Deno.test("previewOf() removes nothing below the limit, nor where all is only here", () => {
  const small = previewOf(TOTALS, { mostBytes: 641e6, evenOnlyHere: true });
  assert.equal(small.bytes, 0);
  assert.equal(small.lost, 0);
  assert.equal(previewWords(small, formats), "Nothing goes.");
  const alone = { ...TOTALS, onlyHere: 392, onlyHereBytes: 641e6 };
  assert.equal(previewOf(alone, { mostBytes: 0, evenOnlyHere: false }).bytes, 0);
});
