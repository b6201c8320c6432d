import assert from "node:assert/strict";
import fc from "fast-check";
import { makeFormats } from "../format.ts";
import { parseOccasion, sinceLine } from "./occasions.ts";

const formats = makeFormats({ locale: "en-GB", timeZone: "UTC" });
const NOON = Date.UTC(2026, 10, 21, 12);
const MORNING = Date.UTC(2026, 10, 21, 9, 40);

Deno.test("parseOccasion() gives back what was written", () => {
  fc.assert(fc.property(fc.nat(), fc.nat(), (at, total) => {
    assert.deepEqual(parseOccasion(JSON.stringify({ at, total })), { at, total });
  }));
});

Deno.test("parseOccasion() refuses whatever else a setting may hold", () => {
  for (
    const text of [null, "", "{", "null", "3", '"a"', "{}", '{"at":1}', '{"at":"1","total":2}']
  ) {
    assert.equal(parseOccasion(text), null, String(text));
  }
});

Deno.test("sinceLine() counts what came since, and never less than nothing", () => {
  const line = (before: number, total: number | null) =>
    sinceLine({ at: MORNING, total: before }, { what: "backup", total, now: NOON }, formats);
  assert.equal(line(1131, 1204), "Last backup: Today, 09:40. 73 observations since.");
  assert.equal(line(1203, 1204), "Last backup: Today, 09:40. 1 observation since.");
  assert.equal(line(1204, 1204), "Last backup: Today, 09:40. Nothing new since.");
  assert.equal(line(1300, 1204), "Last backup: Today, 09:40. Nothing new since.");
  assert.equal(line(1131, null), "Last backup: Today, 09:40.");
});
