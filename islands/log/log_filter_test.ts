import assert from "node:assert/strict";
import { makeFormats } from "../format.ts";
import { foundWords, isAll, partsOf, queryOf, SHOW_ALL, toggled } from "./log_filter.ts";

const formats = makeFormats({ locale: "en", timeZone: "UTC" });

Deno.test("queryOf() asks for everything when nothing is chosen", () => {
  assert.deepEqual(queryOf(SHOW_ALL), {});
  assert.deepEqual(queryOf({ ...SHOW_ALL, text: "  " }), {});
  assert.ok(isAll(SHOW_ALL));
  assert.ok(!isAll({ ...SHOW_ALL, starred: true }));
});

Deno.test("queryOf() takes whole days, both included", () => {
  const { since, until } = queryOf({ ...SHOW_ALL, from: "2026-11-21", to: "2026-11-21" });
  const midnight = new Date(2026, 10, 21).getTime();
  assert.equal(since, midnight - 1, "the first moment of the day is after `since`");
  assert.equal(until, new Date(2026, 10, 22).getTime());
});

Deno.test("queryOf() passes over a day that is still being typed", () => {
  assert.deepEqual(queryOf({ ...SHOW_ALL, from: "2026-1" }), {});
});

Deno.test("partsOf() gives each condition with what takes just it away", () => {
  const filter = { ...SHOW_ALL, classes: ["cat", "cup"], devices: ["ab"], starred: true };
  const parts = partsOf(filter, () => "Gate phone");
  assert.deepEqual(parts.map(({ words }) => words), ["cat", "cup", "Gate phone", "starred"]);
  assert.deepEqual(parts[0].without, { ...filter, classes: ["cup"] });
  assert.deepEqual(parts[3].without, { ...filter, starred: false });
  assert.equal(new Set(parts.map(({ key }) => key)).size, parts.length);
});

Deno.test("toggled() puts in and takes out", () => {
  assert.deepEqual(toggled(["a"], "b"), ["a", "b"]);
  assert.deepEqual(toggled(["a", "b"], "a"), ["b"]);
});

Deno.test("foundWords() says whether there may be more", () => {
  assert.equal(foundWords(0, true, formats), "Nothing found");
  assert.equal(foundWords(1, true, formats), "1 observation found");
  assert.equal(foundWords(250, false, formats), "250 observations found so far");
});
