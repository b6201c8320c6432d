import assert from "node:assert/strict";
import {
  capitalised,
  counted,
  duration,
  initials,
  listed,
  makeFormats,
  runningClock,
  shortKey,
  twoDigits,
  until,
} from "./format.ts";

const british = makeFormats({ locale: "en-GB", timeZone: "Europe/Berlin" });
const american = makeFormats({ locale: "en-US", timeZone: "America/Denver" });
const AFTERNOON = Date.UTC(2026, 10, 21, 13, 2, 11);
const DAY_MS = 86_400_000;

Deno.test("twoDigits() rounds to two digits and is never a hundred", () => {
  assert.equal(twoDigits(0.814), "81");
  assert.equal(twoDigits(0.816), "82");
  assert.equal(twoDigits(0.04), "04");
  assert.equal(twoDigits(1), "99");
  assert.equal(twoDigits(-0.1), "00");
});

Deno.test("runningClock() shows hours only when there are some", () => {
  assert.equal(runningClock(0), "00:00");
  assert.equal(runningClock(252_999), "04:12");
  assert.equal(runningClock(3_599_999), "59:59");
  assert.equal(runningClock(3_852_000), "1:04:12");
  assert.equal(runningClock(-5), "00:00");
});

Deno.test("duration() keeps the two largest units", () => {
  assert.equal(duration(0), "1 s");
  assert.equal(duration(9_400), "9 s");
  assert.equal(duration(60_000), "1 min");
  assert.equal(duration(200_000), "3 min 20 s");
  assert.equal(duration(3_900_000), "1 h 5 min");
  assert.equal(duration(7_200_000), "2 h");
});

Deno.test("until() rounds to what matters and says now when it has passed", () => {
  assert.equal(until(1_000, 2_000), "now");
  assert.equal(until(30_500, 0), "in 31 s");
  assert.equal(until(14 * 60_000, 0), "in 14 min");
  assert.equal(until(3 * 3_600_000, 0), "in 3 h");
});

Deno.test("bytes() picks decimal units and keeps a digit where it tells something", () => {
  assert.equal(british.bytes(0), "0 bytes");
  assert.equal(british.bytes(999), "999 bytes");
  assert.equal(british.bytes(14_234_000), "14.2 MB");
  assert.equal(british.bytes(512_000_000), "512 MB");
  assert.equal(british.bytes(2_600_000_000), "2.6 GB");
});

Deno.test("time() and minute() follow locale and time zone", () => {
  assert.equal(british.time(AFTERNOON), "14:02:11");
  assert.equal(british.minute(AFTERNOON), "14:02");
  assert.match(american.minute(AFTERNOON), /^6:02.AM$/);
});

Deno.test("day() names today and yesterday by the calendar, not by 24 hours", () => {
  const justAfterMidnight = Date.UTC(2026, 10, 20, 23, 5);
  assert.equal(british.day(AFTERNOON, AFTERNOON), "Today");
  assert.equal(british.day(justAfterMidnight, AFTERNOON), "Today");
  assert.equal(british.day(justAfterMidnight - 600_000, AFTERNOON), "Yesterday");
  assert.match(british.day(AFTERNOON - 2 * DAY_MS, AFTERNOON), /^Thursday,? 19 November$/);
  assert.match(british.day(AFTERNOON - 366 * DAY_MS, AFTERNOON), /^Thursday,? 20 November 2025$/);
});

Deno.test("dayStart() is the local midnight of the zone", () => {
  assert.equal(british.dayStart(AFTERNOON), Date.UTC(2026, 10, 20, 23));
  assert.equal(british.dayStart(british.dayStart(AFTERNOON)), Date.UTC(2026, 10, 20, 23));
});

Deno.test("recently() adds the date on another day only", () => {
  assert.equal(british.recently(AFTERNOON, AFTERNOON), "14:02");
  assert.equal(british.recently(AFTERNOON - DAY_MS, AFTERNOON), "20 Nov, 14:02");
});

Deno.test("shortKey(), initials(), capitalised(), counted(), listed() read as words", () => {
  assert.equal(shortKey("7f3a91c2d0"), "7f3a 91c2");
  assert.equal(initials("Gate phone"), "GP");
  assert.equal(initials(" Device  1e9d north"), "D1");
  assert.equal(initials(""), "");
  assert.equal(capitalised("traffic light"), "Traffic light");
  assert.equal(capitalised(""), "");
  assert.equal(counted(1, "device", british), "1 device");
  assert.equal(counted(1204, "observation", british), "1,204 observations");
  assert.equal(listed([]), "");
  assert.equal(listed(["person"]), "person");
  assert.equal(listed(["person", "cat", "cup"]), "person, cat and cup");
});
