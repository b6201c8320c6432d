import assert from "node:assert/strict";
import fc from "fast-check";
import { idOf, observationAt } from "../../tests/fixtures/devices.ts";
import { observationId } from "../observation_id.ts";
import { ObservationPage } from "./observation_page.ts";
import type { NotedRow } from "./observation_row.ts";
import { decodeSummary, encodeSummary } from "./page_summary.ts";

const PLAIN = { noNullPrototype: true };
const ANN = idOf(0xa1);
const NOW = 1_800_000_000_000;
const same = (text: string) => text;

const hash = fc.uint8Array({ minLength: 1, maxLength: 1 }).map(([byte]) => idOf(byte));
const text = fc.string({ unit: "grapheme", maxLength: 12 });
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const fraction = fc.oneof(fc.nat(1000).map((steps) => steps / 1000), number);

/** Anything that an observation may hold, and more than a network would ever say. */
const anyOther = fc.record({
  label: text,
  score: fraction,
  box: fc.record({ x: fraction, y: fraction, width: fraction, height: fraction }, PLAIN),
  first: fc.oneof(fc.integer({ min: NOW - 1e6, max: NOW + 1e6 }), number),
  last: fc.oneof(fc.integer({ min: NOW - 1e6, max: NOW + 1e6 }), number),
  open: fc.boolean(),
  frames: fc.nat(),
  source: text,
  model: fc.record({ id: text, sha256: hash }, PLAIN),
  place: fc.record({
    latitude: fc.double({ min: -90, max: 90, noNaN: true }).map((degrees) => degrees + 0),
    longitude: fc.double({ min: -180, max: 180, noNaN: true }).map((degrees) => degrees + 0),
    accuracyM: fc.nat(),
  }, PLAIN),
  thumb: hash,
  frame: hash,
  size: fc.record({ width: fc.nat(), height: fc.nat() }, PLAIN),
  clockAheadMs: number,
}, {
  requiredKeys: ["label", "score", "box", "first", "last", "open", "frames", "source", "model"],
});

const anyNotes = fc.record({
  class: text,
  comment: text,
  star: fc.boolean(),
  wrong: fc.boolean(),
  labels: fc.array(text, { maxLength: 3 }),
}, { ...PLAIN, requiredKeys: ["star", "wrong", "labels"] });

const anyRow: fc.Arbitrary<NotedRow> = fc.record({
  begin: fc.oneof(fc.nat(60), fc.integer({ min: NOW * 1024, max: NOW * 1024 + 1e6 })),
  seq: fc.nat(),
  other: anyOther,
  notes: fc.option(anyNotes),
}).map(({ begin, seq, other, notes }) => {
  const id = observationId(ANN, begin);
  const seen = { ...observationAt(ANN, 0), ...other, id };
  return { begin, seq, noted: notes ? { ...seen, notes } : seen };
});

const anyRows = fc.uniqueArray(anyRow, {
  minLength: 1,
  maxLength: 30,
  selector: (row) => row.begin,
})
  .map((rows) => rows.sort((a, b) => a.begin - b.begin));

const plain = (rows: readonly NotedRow[]) =>
  rows.map(({ begin, seq, noted }) => ({ begin, seq, noted }));

function read(page: ObservationPage): ObservationPage {
  const decoded = ObservationPage.decode(page.device, page.sealed);
  assert.ok(decoded);
  return decoded;
}

Deno.test("ObservationPage gives back exactly what was put in, whatever that is", () => {
  fc.assert(fc.property(anyRows, (rows) => {
    assert.deepEqual(plain(read(ObservationPage.of(ANN, rows)).rows), rows);
  }));
});

Deno.test("ObservationPage put() keeps every row once, sorted, in pages that are full at most", () => {
  fc.assert(
    fc.property(anyRows, fc.array(anyRows, { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), (
      first,
      later,
      mostRows,
    ) => {
      const expected = new Map(first.map((row) => [row.begin, row]));
      let [page] = [ObservationPage.of(ANN, first)];
      for (const rows of later) {
        for (const row of rows) expected.set(row.begin, row);
        // all in one page at first, so that rows are read, copied and put many times
        [page] = read(page).put(rows, 1000);
      }
      const sorted = [...expected.values()].sort((a, b) => a.begin - b.begin);
      assert.deepEqual(plain(read(page).rows), sorted);
      const last = { ...sorted[0], begin: sorted[0].begin, seq: 7 };
      const pages = page.put([last], mostRows).map(read);
      assert.deepEqual(plain(pages.flatMap(({ rows }) => rows)), [last, ...sorted.slice(1)]);
      const lengths = pages.map(({ rows }) => rows.length);
      assert.ok(lengths.every((length) => length > 0 && length <= mostRows));
      for (const { begin } of sorted) {
        assert.equal(pages.filter((one) => one.find(begin)).length, 1);
      }
      assert.equal(page.find(-1), null);
    }),
    { numRuns: 60 },
  );
});

Deno.test("ObservationPage put() fills a page before it begins the next when time goes on", () => {
  const rows = (from: number, to: number): NotedRow[] =>
    Array.from({ length: to - from }, (_, i) => {
      return { begin: from + i, seq: 1, noted: observationAt(ANN, from + i) };
    });
  const page = ObservationPage.of(ANN, rows(0, 5));
  const lengths = (pages: readonly ObservationPage[]) => pages.map((one) => one.rows.length);
  assert.deepEqual(lengths(page.put(rows(5, 8), 8)), [8]);
  assert.deepEqual(lengths(page.put(rows(5, 30), 8)), [8, 8, 8, 6]);
  const [full] = page.put(rows(5, 8), 8);
  assert.equal(full.put(rows(8, 9), 8)[0], full);
  // in the middle: two of equal size, so that neither is full at once
  const gap = ObservationPage.of(ANN, [...rows(0, 4), ...rows(5, 9)]);
  assert.deepEqual(lengths(gap.put(rows(4, 5), 8)), [5, 4]);
});

Deno.test("ObservationPage does not grow by names that nobody uses any more", () => {
  const named = (label: string): NotedRow => {
    return { begin: 1, seq: 1, noted: observationAt(ANN, 1, { label }) };
  };
  let page = ObservationPage.of(ANN, [named("first")]);
  const { length } = page.sealed;
  for (let n = 0; n < 500; n++) [page] = page.put([named(`label ${n}`)], 8);
  assert.ok(page.sealed.length < length + 300, `${page.sealed.length} bytes`);
});

Deno.test("ObservationPage decode() gives null for a page with any bit flipped, or any other bytes", () => {
  const rows = [1, 2, 3].map((begin) => ({ begin, seq: 1, noted: observationAt(ANN, begin) }));
  const { sealed } = ObservationPage.of(ANN, rows);
  for (let bit = 0; bit < 8 * sealed.length; bit++) {
    const damaged = sealed.slice();
    damaged[bit >> 3] ^= 1 << (bit & 7);
    assert.equal(ObservationPage.decode(ANN, damaged), null);
  }
  for (const length of [0, 3, 4, 20, sealed.length - 1]) {
    assert.equal(ObservationPage.decode(ANN, sealed.slice(0, length)), null);
  }
});

Deno.test("decodeSummary() gives what encodeSummary() was given, and null when it is damaged", () => {
  fc.assert(
    fc.property(anyRows, fc.nat(), (rows, at) => {
      const summary = ObservationPage.of(ANN, rows).summary(rows[0].begin);
      const sealed = encodeSummary(summary);
      assert.deepEqual(decodeSummary(sealed, same), summary);
      sealed[at % sealed.length] ^= 16;
      assert.equal(decodeSummary(sealed, same), null);
    }),
  );
});
