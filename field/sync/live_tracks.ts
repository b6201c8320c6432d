/**
 * What a device sees just now, for its crew: small messages of which any may be lost. A key frame says it
 * all; a delta says what differs from a key frame, which it names by the checksum of its bytes, so a reader
 * that lacks just that one, or has one of the writer's former life, knows that it cannot read it.
 *
 * Canonical CBOR. Key frame: `[0, labels, tracks]`. Delta: `[1, key, labels, gone, moved, tracks]`.
 * `labels`: texts. `tracks`: `[id, label's number, score, x, y, width, height]`. `gone`: numbers of tracks of
 * the key frame; `moved`: `[number, score, x, y, width, height]`, each by how much more. Boxes in 1/4096 of
 * the frame, scores in 1/100. Tracks are in the order of their ids.
 */
import { type Bytes, equalBytes } from "../bytes.ts";
import { decodeCbor, encodeCbor, isCount } from "../cbor.ts";
import { crc32 } from "../checksum.ts";
import type { Box } from "../observation.ts";

export interface LiveTrack {
  readonly id: string;
  readonly label: string;
  /** Confidence, 0..1. */
  readonly score: number;
  readonly box: Box;
}

export const MOST_LIVE_TRACKS = 64;
export const MOST_LIVE_BYTES = 4 * 1024;
/** Of an id or a label, in UTF-16 units. */
const MOST_TEXT = 64;
const KEY_FRAME = 0;
const DELTA = 1;
const BOX_STEPS = 4096;
const SCORE_STEPS = 100;
const KEY_EVERY_MS = 5_000;
/** Between two messages: with nothing waiting on the links, and with the links full. */
const EVERY_MS = 200;
const EVERY_UNDER_PRESSURE_MS = 2_000;
/** After the last track has gone, key frames that say so: one of them will get through. */
const EMPTY_KEYS = 3;

/** As on the wire: id, label, then score, x, y, width, height in whole steps. */
interface Row {
  readonly id: string;
  readonly label: string;
  readonly numbers: readonly number[];
}

interface KeyFrame {
  readonly sum: number;
  readonly rows: readonly Row[];
}

/** What a reader makes of the tracks, if it gets them: at most {@link MOST_LIVE_TRACKS}, in whole steps, by id. */
export function asRead(tracks: readonly LiveTrack[]): readonly LiveTrack[] {
  return rowsOf(tracks).map(trackOf);
}

/** Turns what is seen into messages, no more often than the links bear. */
export class LiveTracksWriter {
  #key: KeyFrame & { readonly at: number } | null = null;
  /** As a key frame, what was said last. */
  #said: Bytes | null = null;
  #saidAt = -Infinity;
  #emptyKeys = 0;

  /**
   * The message to send now; null when nothing changed and no key frame is due, or it is too soon. To be
   * called with each look, and once a second without: what was too soon, and key frames, wait for a call.
   * `pressure`: 0 nothing waits on the links, 1 they are full.
   */
  next(tracks: readonly LiveTrack[], nowMs: number, pressure = 0): Bytes | null {
    if (isWithin(nowMs - this.#saidAt, everyMs(pressure))) return null;
    const rows = rowsOf(tracks);
    const whole = encodeKey(rows);
    const isKeyDue = !this.#key || !isWithin(nowMs - this.#key.at, KEY_EVERY_MS);
    const isNews = !this.#said || !equalBytes(whole, this.#said);
    const isSilent = rows.length === 0 && this.#emptyKeys >= EMPTY_KEYS;
    if (!isNews && (!isKeyDue || isSilent)) return null;
    this.#said = whole;
    this.#saidAt = nowMs;
    const delta = this.#key && !isKeyDue ? encodeDelta(this.#key, rows) : null;
    if (delta && delta.length < whole.length) return delta;
    this.#key = { sum: crc32(whole), rows, at: nowMs };
    this.#emptyKeys = rows.length === 0 ? this.#emptyKeys + 1 : 0;
    return whole;
  }
}

/** Reads one device's messages, in the order in which it sent them. */
export class LiveTracksReader {
  #key: KeyFrame | null = null;

  /** What the device sees; null when the message cannot be read without a key frame that is not here, or not at all. */
  read(bytes: Bytes): readonly LiveTrack[] | null {
    const value = bytes.length <= MOST_LIVE_BYTES ? decodeCbor(bytes)?.value : undefined;
    if (!Array.isArray(value)) return null;
    const rows = value[0] === KEY_FRAME
      ? parseKey(value)
      : value[0] === DELTA && this.#key
      ? parseDelta(value, this.#key)
      : null;
    if (rows && value[0] === KEY_FRAME) this.#key = { sum: crc32(bytes), rows };
    return rows && rows.map(trackOf);
  }
}

/** ms between two messages of one device. */
export function everyMs(pressure: number): number {
  const share = Math.min(1, Math.max(0, pressure));
  return EVERY_MS + (EVERY_UNDER_PRESSURE_MS - EVERY_MS) * share;
}

/** False also for a clock that was set back. */
function isWithin(sinceMs: number, mostMs: number): boolean {
  return sinceMs >= 0 && sinceMs < mostMs;
}

function encodeKey(rows: readonly Row[]): Bytes {
  const labels = labelsOf(rows);
  return encodeCbor([KEY_FRAME, labels, rows.map((row) => fieldsOf(row, labels))]);
}

function encodeDelta(key: KeyFrame, rows: readonly Row[]): Bytes {
  const now = new Map(rows.map((row) => [row.id, row]));
  const before = new Map(key.rows.map((row) => [row.id, row]));
  const isOld = (a: Row | undefined, b: Row | undefined) => a !== undefined && a.label === b?.label;
  const gone = key.rows.flatMap((row, i) => isOld(row, now.get(row.id)) ? [] : i);
  const moved = key.rows.flatMap((row, i) => {
    const next = now.get(row.id);
    if (!next || !isOld(row, next)) return [];
    const by = next.numbers.map((number, n) => number - row.numbers[n]);
    return by.some((number) => number !== 0) ? [[i, ...by]] : [];
  });
  const fresh = rows.filter((row) => !isOld(row, before.get(row.id)));
  const labels = labelsOf(fresh);
  const tracks = fresh.map((row) => fieldsOf(row, labels));
  return encodeCbor([DELTA, key.sum, labels, gone, moved, tracks]);
}

function labelsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.map(({ label }) => label))];
}

function fieldsOf({ id, label, numbers }: Row, labels: readonly string[]): unknown[] {
  return [id, labels.indexOf(label), ...numbers];
}

function parseKey([, labels, tracks]: readonly unknown[]): readonly Row[] | null {
  return parseTracks(labels, tracks);
}

function parseDelta(
  [, sum, labels, gone, moved, tracks]: readonly unknown[],
  key: KeyFrame,
): readonly Row[] | null {
  if (sum !== key.sum) return null;
  const fresh = parseTracks(labels, tracks);
  const isNumber = (i: unknown) => isCount(i) && i < key.rows.length;
  if (!fresh || !isList(gone) || !gone.every(isNumber) || !isList(moved)) return null;
  const rows: (Row | null)[] = [...key.rows];
  for (const i of gone as readonly number[]) rows[i] = null;
  for (const one of moved) {
    if (!isList(one) || one.length !== 6 || !one.every(Number.isSafeInteger)) return null;
    const [i, ...by] = one as readonly number[];
    const row = isNumber(i) ? rows[i] : null;
    if (!row) return null;
    rows[i] = { ...row, numbers: row.numbers.map((number, n) => number + by[n]) };
  }
  const all = [...rows.filter((row) => row !== null), ...fresh];
  return areSound(all) ? inOrder(all) : null;
}

function parseTracks(labels: unknown, tracks: unknown): readonly Row[] | null {
  if (!isList(labels) || !labels.every(isText) || !isList(tracks)) return null;
  const rows: Row[] = [];
  for (const one of tracks) {
    if (!isList(one) || one.length !== 7) return null;
    const [id, label, ...numbers] = one;
    if (!isText(id) || !isCount(label) || label >= labels.length || !numbers.every(isCount)) {
      return null;
    }
    rows.push({ id, label: labels[label], numbers });
  }
  return areSound(rows) ? inOrder(rows) : null;
}

/** Few enough, each once, inside the frame. */
function areSound(rows: readonly Row[]): boolean {
  return rows.length <= MOST_LIVE_TRACKS &&
    new Set(rows.map(({ id }) => id)).size === rows.length &&
    rows.every(({ numbers: [score, x, y, width, height] }) =>
      isUpTo(score, SCORE_STEPS) && isUpTo(x + width, BOX_STEPS) && isUpTo(y + height, BOX_STEPS) &&
      [x, y, width, height].every((number) => isUpTo(number, BOX_STEPS))
    );
}

function rowsOf(tracks: readonly LiveTrack[]): readonly Row[] {
  const named = tracks.filter(({ id, label }) => isText(id) && label !== "");
  const sure = [...new Map(named.toReversed().map((track) => [track.id, track])).values()]
    .toSorted((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, MOST_LIVE_TRACKS)
    .map(rowOf);
  // long names: the least sure are left out
  while (encodeKey(sure).length > MOST_LIVE_BYTES) sure.pop();
  return inOrder(sure);
}

function rowOf({ id, label, score, box }: LiveTrack): Row {
  const [left, right] = [inSteps(box.x, BOX_STEPS), inSteps(box.x + box.width, BOX_STEPS)];
  const [top, bottom] = [inSteps(box.y, BOX_STEPS), inSteps(box.y + box.height, BOX_STEPS)];
  const size = [Math.max(0, right - left), Math.max(0, bottom - top)];
  return {
    id,
    label: label.slice(0, MOST_TEXT),
    numbers: [inSteps(score, SCORE_STEPS), left, top, ...size],
  };
}

function trackOf({ id, label, numbers: [score, x, y, width, height] }: Row): LiveTrack {
  const box = {
    x: x / BOX_STEPS,
    y: y / BOX_STEPS,
    width: width / BOX_STEPS,
    height: height / BOX_STEPS,
  };
  return { id, label, score: score / SCORE_STEPS, box };
}

function inSteps(fraction: number, steps: number): number {
  return Math.round(Math.min(1, Math.max(0, fraction || 0)) * steps);
}

function inOrder(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((a, b) => a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length <= MOST_LIVE_TRACKS;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= MOST_TEXT;
}

function isUpTo(value: number, most: number): boolean {
  return value >= 0 && value <= most;
}
