import type { Bytes } from "../bytes.ts";
import { ByteReader, ByteWriter } from "../byte_stream.ts";
import { seal, unseal } from "../checksum.ts";
import type { Stamp } from "../clock.ts";
import { classOf, type NotedObservation } from "../observation.ts";
import type { NotedRow } from "./observation_row.ts";
import type { Bounds } from "./query.ts";
import { wordsOf } from "./words.ts";

/** What a query must know of a page to skip it, and status to count without opening it. */
export interface PageSummary {
  /** The page's key; no row begins before it. */
  readonly begin: Stamp;
  /** The page's checksum: which state of the page this speaks of. */
  readonly seal: number;
  readonly count: number;
  readonly firsts: Span;
  readonly seqs: Span;
  readonly open: number;
  readonly starred: number;
  readonly wrong: number;
  readonly classes: ReadonlyMap<string, number>;
  /** All places lie within; null when there are none. West is never greater than east. */
  readonly bounds: Bounds | null;
  /** All words that a search can find here, sorted; null when there are too many to list. */
  readonly words: readonly string[] | null;
}

/** Least and greatest, both included. */
export interface Span {
  readonly least: number;
  readonly most: number;
}

/** A page with more words than this is opened by every search: people wrote long comments there. */
const MOST_WORDS = 256;

/** The texts of an observation that a search looks into. */
export function searchedTexts({ label, source, notes }: NotedObservation): readonly string[] {
  if (!notes) return [label, source];
  const written = [notes.class, notes.comment].filter((text) => text !== undefined);
  return [label, source, ...written, ...notes.labels];
}

/** The summary of a page with these rows, at least one. */
export function summaryOf(rows: readonly NotedRow[], begin: Stamp, seal: number): PageSummary {
  const classes = new Map<string, number>();
  for (const { noted } of rows) {
    const name = classOf(noted);
    classes.set(name, (classes.get(name) ?? 0) + 1);
  }
  return {
    begin,
    seal,
    count: rows.length,
    firsts: spanOf(rows.map(({ noted }) => noted.first)),
    seqs: spanOf(rows.map(({ seq }) => seq)),
    open: rows.filter(({ noted }) => noted.open).length,
    starred: rows.filter(({ noted }) => noted.notes?.star).length,
    wrong: rows.filter(({ noted }) => noted.notes?.wrong).length,
    classes,
    bounds: boundsOf(rows),
    words: allWords(rows),
  };
}

export function encodeSummary(summary: PageSummary): Bytes {
  const to = new ByteWriter();
  const { firsts, seqs, bounds } = summary;
  to.count(summary.begin);
  to.count(summary.seal);
  const counts = [summary.count, summary.open, summary.starred, summary.wrong];
  for (const count of counts) to.count(count);
  for (const { least, most } of [firsts, seqs]) {
    to.number(least);
    to.number(most, { base: least });
  }
  to.count(summary.classes.size);
  for (const [name, count] of summary.classes) {
    to.text(name);
    to.count(count);
  }
  to.byte(bounds ? 1 : 0);
  if (bounds) { for (const edge of edgesOf(bounds)) to.number(edge, { perUnit: 1e7 }); }
  to.byte(summary.words ? 1 : 0);
  if (summary.words) {
    to.count(summary.words.length);
    for (const word of summary.words) to.text(word);
  }
  return seal(to.take());
}

/** Null when it is damaged. `shared` gives the one copy of a text that is in many summaries. */
export function decodeSummary(
  sealed: Bytes,
  shared: (text: string) => string,
): PageSummary | null {
  const bytes = unseal(sealed);
  if (!bytes) return null;
  try {
    return readSummary(new ByteReader(bytes), shared);
  } catch {
    return null; // its checksum holds by chance, or it was never a summary: damaged either way
  }
}

function readSummary(from: ByteReader, shared: (text: string) => string): PageSummary {
  const text = () => shared(from.text());
  const [begin, seal] = [from.count(), from.count()];
  const [count, open, starred, wrong] = [from.count(), from.count(), from.count(), from.count()];
  return {
    begin,
    seal,
    count,
    firsts: readSpan(from),
    seqs: readSpan(from),
    open,
    starred,
    wrong,
    classes: new Map(from.list(() => [text(), from.count()])),
    bounds: from.byte() ? readBounds(from) : null,
    words: from.byte() ? from.list(text) : null,
  };
}

function readSpan(from: ByteReader): Span {
  const least = from.number();
  return { least, most: from.number({ base: least }) };
}

function readBounds(from: ByteReader): Bounds {
  const edge = () => from.number({ perUnit: 1e7 });
  return { west: edge(), south: edge(), east: edge(), north: edge() };
}

function edgesOf({ west, south, east, north }: Bounds): readonly number[] {
  return [west, south, east, north];
}

function spanOf(values: readonly number[]): Span {
  return { least: Math.min(...values), most: Math.max(...values) };
}

function boundsOf(rows: readonly NotedRow[]): Bounds | null {
  const places = rows.flatMap(({ noted }) => noted.place ?? []);
  if (places.length === 0) return null;
  const latitudes = spanOf(places.map(({ latitude }) => latitude));
  const longitudes = spanOf(places.map(({ longitude }) => longitude));
  return {
    west: longitudes.least,
    south: latitudes.least,
    east: longitudes.most,
    north: latitudes.most,
  };
}

function allWords(rows: readonly NotedRow[]): readonly string[] | null {
  const texts = new Set(rows.flatMap(({ noted }) => searchedTexts(noted)));
  const words = new Set<string>();
  for (const text of texts) {
    for (const word of wordsOf(text)) words.add(word);
    if (words.size > MOST_WORDS) return null;
  }
  return [...words].sort();
}
