import type { ByteReader, ByteWriter } from "../byte_stream.ts";
import type { Stamp } from "../clock.ts";
import type { Notes } from "../notes.ts";
import { observationId } from "../observation_id.ts";
import type {
  DeviceId,
  FrameSize,
  ModelRef,
  NotedObservation,
  Observation,
  Place,
} from "../observation.ts";

/** A row of a page: an observation with what people say of it, and the entry that last spoke of it. */
export interface NotedRow {
  /** The begin stamp that is in the observation's id. */
  readonly begin: Stamp;
  readonly seq: number;
  readonly noted: NotedObservation;
}

/** Score and box are mostly whole 1/1000; what is not is written as it is. */
const FRACTION = { perUnit: 1000 };
const MS = 1024;
const HASH_BYTES = 32;
const ID = /^([0-9a-f]{12})-([0-9a-z]{1,12})$/;

const OPEN = 1;
const THUMB = 2;
const FRAME = 4;
const PLACE = 8;
const SIZE = 16;
const CLOCK = 32;
const NOTES = 64;

const STAR = 1;
const WRONG = 2;
const CLASS = 4;
const COMMENT = 8;

/** An observation's id in its parts; null when it is not one. There is one spelling of each id. */
export function parseObservationId(
  id: string,
): { readonly devicePrefix: string; readonly begin: Stamp } | null {
  const [, devicePrefix, digits] = ID.exec(id) ?? [];
  const begin = parseInt(digits, 36);
  return Number.isSafeInteger(begin) && begin.toString(36) === digits
    ? { devicePrefix, begin }
    : null;
}

/**
 * What is the same in many rows of a page, written once: labels, sources, models, places. A row names
 * them by number, so the list only grows.
 */
export class Names {
  readonly texts: string[];
  /** Models, places and sizes as they are read from their texts, shared by all rows. */
  readonly #parsed = new Map<number, object>();
  readonly #indexes: Map<string, number>;

  constructor(texts: readonly string[] = []) {
    this.texts = [...texts];
    this.#indexes = new Map(texts.map((text, i) => [text, i]));
  }

  indexOf(text: string): number {
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    this.#indexes.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }

  text(index: number): string {
    const text = this.texts[index];
    if (text === undefined) throw new RangeError(`Cannot read a name: there is no number ${index}`);
    return text;
  }

  /** The thing that a text stands for, read once. A number always stands for one kind of thing. */
  parsed<T extends object>(index: number, parse: (text: string) => T): T {
    const known = this.#parsed.get(index) as T | undefined;
    const value = known ?? parse(this.text(index));
    if (!known) this.#parsed.set(index, value);
    return value;
  }
}

/** `base`: a stamp near those of the page, so that they are short. */
export function writeRow(to: ByteWriter, row: NotedRow, names: Names, base: Stamp): void {
  const { begin, seq, noted: one } = row;
  to.number(begin, { base });
  to.count(seq);
  to.byte(flagsOf(one));
  to.count(names.indexOf(one.label));
  for (const part of [one.score, one.box.x, one.box.y, one.box.width, one.box.height]) {
    to.number(part, FRACTION);
  }
  to.number(one.first, { base: Math.floor(begin / MS) });
  to.number(one.last, { base: one.first });
  to.number(one.frames);
  to.count(names.indexOf(one.source));
  to.count(names.indexOf(textOfModel(one.model)));
  if (one.thumb !== undefined) to.hex(one.thumb);
  if (one.frame !== undefined) to.hex(one.frame);
  if (one.place) to.count(names.indexOf(textOfPlace(one.place)));
  if (one.size) to.count(names.indexOf(textOfSize(one.size)));
  if (one.clockAheadMs !== undefined) to.number(one.clockAheadMs);
  if (one.notes) writeNotes(to, one.notes, names);
}

/** The inverse of {@link writeRow}. Throws on what that cannot have written. */
export function readRow(
  from: ByteReader,
  device: DeviceId,
  names: Names,
  base: Stamp,
): NotedRow {
  const begin = from.number({ base });
  const seq = from.count();
  const flags = from.byte();
  const label = names.text(from.count());
  const score = from.number(FRACTION);
  const box = {
    x: from.number(FRACTION),
    y: from.number(FRACTION),
    width: from.number(FRACTION),
    height: from.number(FRACTION),
  };
  const first = from.number({ base: Math.floor(begin / MS) });
  const seen: Observation = {
    id: observationId(device, begin),
    device,
    label,
    score,
    box,
    first,
    last: from.number({ base: first }),
    open: (flags & OPEN) !== 0,
    frames: from.number(),
    source: names.text(from.count()),
    model: names.parsed(from.count(), modelOfText),
  };
  return { begin, seq, noted: readOptional(from, seen, flags, names) };
}

function readOptional(
  from: ByteReader,
  seen: Observation,
  flags: number,
  names: Names,
): NotedObservation {
  return {
    ...seen,
    ...(flags & THUMB ? { thumb: from.hex(HASH_BYTES) } : {}),
    ...(flags & FRAME ? { frame: from.hex(HASH_BYTES) } : {}),
    ...(flags & PLACE ? { place: names.parsed(from.count(), placeOfText) } : {}),
    ...(flags & SIZE ? { size: names.parsed(from.count(), sizeOfText) } : {}),
    ...(flags & CLOCK ? { clockAheadMs: from.number() } : {}),
    ...(flags & NOTES ? { notes: readNotes(from, names) } : {}),
  };
}

function flagsOf(one: NotedObservation): number {
  return (one.open ? OPEN : 0) | (one.thumb === undefined ? 0 : THUMB) |
    (one.frame === undefined ? 0 : FRAME) | (one.place ? PLACE : 0) | (one.size ? SIZE : 0) |
    (one.clockAheadMs === undefined ? 0 : CLOCK) | (one.notes ? NOTES : 0);
}

function writeNotes(to: ByteWriter, notes: Notes, names: Names): void {
  to.byte(
    (notes.star ? STAR : 0) | (notes.wrong ? WRONG : 0) |
      (notes.class === undefined ? 0 : CLASS) | (notes.comment === undefined ? 0 : COMMENT),
  );
  if (notes.class !== undefined) to.count(names.indexOf(notes.class));
  if (notes.comment !== undefined) to.text(notes.comment);
  to.count(notes.labels.length);
  for (const label of notes.labels) to.count(names.indexOf(label));
}

function readNotes(from: ByteReader, names: Names): Notes {
  const flags = from.byte();
  return {
    ...(flags & CLASS ? { class: names.text(from.count()) } : {}),
    ...(flags & COMMENT ? { comment: from.text() } : {}),
    star: (flags & STAR) !== 0,
    wrong: (flags & WRONG) !== 0,
    labels: from.list(() => names.text(from.count())),
  };
}

function textOfModel({ id, sha256 }: ModelRef): string {
  return `${sha256} ${id}`;
}

function modelOfText(text: string): ModelRef {
  const end = text.indexOf(" ");
  return { id: text.slice(end + 1), sha256: text.slice(0, end) };
}

function textOfPlace({ latitude, longitude, accuracyM }: Place): string {
  return `@ ${latitude} ${longitude} ${accuracyM}`;
}

function placeOfText(text: string): Place {
  const [latitude, longitude, accuracyM] = text.split(" ").slice(1).map(Number);
  return { latitude, longitude, accuracyM };
}

function textOfSize({ width, height }: FrameSize): string {
  return `x ${width} ${height}`;
}

function sizeOfText(text: string): FrameSize {
  const [width, height] = text.split(" ").slice(1).map(Number);
  return { width, height };
}
