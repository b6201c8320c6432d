import { HASH_BYTES, isTexts, parseModel } from "./batch_lists.ts";
import { BadBits, BitReader, BitWriter, readColumn, writeColumn } from "./bit_columns.ts";
import { type Bytes, fromHex, joinBytes, toHex } from "../bytes.ts";
import { encodeCbor } from "../cbor.ts";
import { isStamp, type Stamp } from "../clock.ts";
import type { DeviceId, FrameSize, Hex, ModelRef, Observation, Place } from "../observation.ts";
import { beginOf, observationId } from "../observation_id.ts";

/**
 * Observations as format 2 of a batch keeps them: canonical CBOR `[2, count, labels, sources, models, columns, hashes]`.
 * Labels, sources and models are named once, the most frequent first; `columns` holds the numbers, column by column, see
 * {@link writeRows}; `hashes` those of the thumbnails, then those of the frames, each in the rows' order.
 * Scores and boxes are in 1/1000, places in degrees/10^7 and metres, times in ms.
 */
const FORMAT = 2;
/** Of a score, and of the frame's sides in a box. */
const STEPS = 1000;
const DEGREE_STEPS = 1e7;
/** In the year 5138; twice as much is still exact. */
const MOST_MS = 1e14;
/** A stamp begins with ms × 1024, as far as that fits. */
const UNITS_PER_MS = 1024;
const MOST_STAMP_MS = 2 ** 43 - 1;
/** Half way around the Earth: "somewhere". */
const MOST_ACCURACY_M = 20_038_000;
const MOST_FRAMES = 1e9;
const MOST_PIXELS = 1e6;
/** Frames in view are foretold from the time in view, by a rate in 1/16 a second. */
const RATE_STEPS = 16_000;

export function encodeColumnBatch(observations: readonly Observation[]): Bytes {
  const lists: Names = {
    labels: byFrequency(observations.map(({ label }) => label)),
    sources: byFrequency(observations.map(({ source }) => source)),
    models: byFrequency(observations.map(({ model }) => nameOf(model))),
  };
  const out = new BitWriter();
  if (observations.length > 0) {
    writeRows(out, observations.map((observation) => rowOf(observation, lists)));
  }
  const thumbs = observations.flatMap(({ thumb }) => thumb ?? []);
  const frames = observations.flatMap(({ frame }) => frame ?? []);
  return encodeCbor([
    FORMAT,
    observations.length,
    lists.labels,
    lists.sources,
    lists.models.map(modelNamed),
    out.end(),
    joinBytes(...[...thumbs, ...frames].map(fromHex)),
  ]);
}

/** What {@link encodeColumnBatch} wrote, of `device`, with at most `most` rows. Null when it is not that. */
export function decodeColumnBatch(
  value: readonly unknown[],
  device: DeviceId,
  most: number,
): Observation[] | null {
  const [, count, labels, sources, modelList, columns, hashes] = value;
  if (value.length !== 7 || !isStamp(count) || count > most) return null;
  if (!isTexts(labels) || !isTexts(sources) || !Array.isArray(modelList)) return null;
  if (!(columns instanceof Uint8Array) || !(hashes instanceof Uint8Array)) return null;
  const models = modelList.map(parseModel);
  try {
    const from = new BitReader(columns);
    const rows = count === 0 ? [] : readRows(from, count);
    from.end();
    return observationsOf(rows, device, { labels, sources, models, hashes });
  } catch (failure) {
    if (failure instanceof BadBits) return null;
    throw failure;
  }
}

/** What a batch's rows have in common, as they are named in it. */
interface Names {
  readonly labels: readonly string[];
  readonly sources: readonly string[];
  /** Hash and id. */
  readonly models: readonly string[];
}

interface Lists {
  readonly labels: readonly string[];
  readonly sources: readonly string[];
  readonly models: readonly (ModelRef | null)[];
  readonly hashes: Uint8Array;
}

/** A row as it is in the columns: numbers in their steps, texts and models as places in their lists. */
interface Row {
  readonly first: number;
  readonly begin: Stamp;
  readonly lasting: number;
  readonly open: number;
  readonly label: number;
  readonly score: number;
  readonly box: readonly number[];
  readonly frames: number;
  readonly source: number;
  readonly model: number;
  readonly hasThumb: number;
  readonly hasFrame: number;
  /** Latitude, longitude, accuracy. */
  readonly place: readonly number[] | null;
  /** Width, height. */
  readonly size: readonly number[] | null;
  readonly clockAhead: readonly number[] | null;
}

/** The order of the columns; {@link readRows} is its mirror. */
function writeRows(
  out: BitWriter,
  rows: readonly Row[],
): void {
  const column = (valueOf: (row: Row) => number) => writeColumn(out, rows.map(valueOf));
  writeSteps(out, rows.map(({ first }) => first));
  writeBegins(out, rows);
  column(({ lasting }) => lasting);
  column(({ open }) => open);
  column(({ label }) => label);
  column(({ score }) => score);
  for (let side = 0; side < 4; side++) column(({ box }) => box[side]);
  writeFrames(out, rows);
  column(({ source }) => source);
  column(({ model }) => model);
  column(({ hasThumb }) => hasThumb);
  column(({ hasFrame }) => hasFrame);
  writeOptional(out, rows.map(({ place }) => place));
  writeOptional(out, rows.map(({ size }) => size));
  writeOptional(out, rows.map(({ clockAhead }) => clockAhead));
}

function readRows(from: BitReader, count: number): Row[] {
  const column = (most: number) => bounded(readColumn(from, count), 0, most);
  const first = bounded(readSteps(from, count), 0, MOST_MS);
  const begin = readBegins(from, first);
  const lasting = column(MOST_MS);
  const open = column(1);
  const label = column(Infinity);
  const score = column(STEPS);
  const box = [0, 1, 2, 3].map(() => column(STEPS));
  const frames = readFrames(from, lasting);
  const source = column(Infinity);
  const model = column(Infinity);
  const hasThumb = column(1);
  const hasFrame = column(1);
  const place = readOptional(from, count, 3);
  const size = readOptional(from, count, 2);
  const clockAhead = readOptional(from, count, 1);
  return first.map((_, i) => ({
    first: first[i],
    begin: begin[i],
    lasting: lasting[i],
    open: open[i],
    label: label[i],
    score: score[i],
    box: box.map((side) => side[i]),
    frames: frames[i],
    source: source[i],
    model: model[i],
    hasThumb: hasThumb[i],
    hasFrame: hasFrame[i],
    place: place[i],
    size: size[i],
    clockAhead: clockAhead[i],
  }));
}

function rowOf(one: Observation, { labels, sources, models }: Names): Row {
  const { box, place, size, clockAheadMs } = one;
  const steps = (fraction: number) => whole(fraction * STEPS, STEPS);
  return {
    first: whole(one.first, MOST_MS),
    begin: beginOf(one.id),
    lasting: whole(one.last - one.first, MOST_MS),
    open: one.open ? 1 : 0,
    label: labels.indexOf(one.label),
    score: steps(one.score),
    box: [box.x, box.y, box.width, box.height].map(steps),
    frames: whole(one.frames, MOST_FRAMES),
    source: sources.indexOf(one.source),
    model: models.indexOf(nameOf(one.model)),
    hasThumb: one.thumb === undefined ? 0 : 1,
    hasFrame: one.frame === undefined ? 0 : 1,
    place: place ? placeSteps(place) : null,
    size: size ? [whole(size.width, MOST_PIXELS), whole(size.height, MOST_PIXELS)] : null,
    clockAhead: clockAheadMs === undefined ? null : [signed(clockAheadMs)],
  };
}

function observationsOf(
  rows: readonly Row[],
  device: DeviceId,
  lists: Lists,
): Observation[] {
  const { hashes } = lists;
  const thumbs = rows.reduce((sum, { hasThumb }) => sum + hasThumb, 0);
  const frames = rows.reduce((sum, { hasFrame }) => sum + hasFrame, 0);
  if (hashes.length !== (thumbs + frames) * HASH_BYTES) throw new BadBits("Hashes are missing");
  let [thumb, frame] = [0, thumbs];
  return rows.map((row) => ({
    ...plainObservation(row, device, lists),
    ...(row.hasThumb ? { thumb: hashAt(hashes, thumb++) } : {}),
    ...(row.hasFrame ? { frame: hashAt(hashes, frame++) } : {}),
    ...(row.place ? { place: placeOf(row.place) } : {}),
    ...(row.size ? { size: sizeOf(row.size) } : {}),
    ...(row.clockAhead ? { clockAheadMs: bounded(row.clockAhead, -MOST_MS, MOST_MS)[0] } : {}),
  }));
}

function plainObservation(
  row: Row,
  device: DeviceId,
  { labels, sources, models }: Lists,
): Observation {
  const [label, source, model] = [labels[row.label], sources[row.source], models[row.model]];
  if (label === undefined || source === undefined || !model) throw new BadBits("No such text");
  const [x, y, width, height] = row.box.map((steps) => steps / STEPS);
  return {
    id: observationId(device, row.begin),
    device,
    label,
    score: row.score / STEPS,
    box: { x, y, width, height },
    first: row.first,
    last: row.first + row.lasting,
    open: row.open === 1,
    frames: row.frames,
    source,
    model,
  };
}

/** The first value, then how each differs from the one before. */
function writeSteps(out: BitWriter, values: readonly number[]): void {
  writeColumn(out, values.slice(0, 1));
  writeColumn(out, values.slice(1).map((value, i) => value - values[i]));
}

function readSteps(from: BitReader, count: number): number[] {
  const [first] = readColumn(from, 1);
  const values = [first];
  for (const step of readColumn(from, count - 1)) {
    values.push(bounded([values[values.length - 1] + step], -MOST_MS, MOST_MS)[0]);
  }
  return values;
}

/** Begin stamps mostly follow from the first sights; those that do not are written in two halves. */
function writeBegins(out: BitWriter, rows: readonly Row[]): void {
  const apart = rows.map(({ begin, first }) => begin - stampAt(first));
  const isNear = apart.every((one) => Math.abs(one) < HALF);
  out.bits(isNear ? 0 : 1, 1);
  if (isNear) return writeColumn(out, apart);
  writeColumn(out, rows.map(({ begin }) => Math.floor(begin / HALF)));
  writeColumn(out, rows.map(({ begin }) => begin % HALF));
}

function readBegins(from: BitReader, firsts: readonly number[]): Stamp[] {
  if (from.bits(1) === 0) {
    const apart = readColumn(from, firsts.length);
    return bounded(
      firsts.map((first, i) => stampAt(first) + apart[i]),
      0,
      Number.MAX_SAFE_INTEGER,
    );
  }
  const high = bounded(readColumn(from, firsts.length), 0, Number.MAX_SAFE_INTEGER / HALF);
  const low = bounded(readColumn(from, firsts.length), 0, HALF - 1);
  return high.map((half, i) => half * HALF + low[i]);
}

const HALF = 2 ** 40;

function stampAt(first: number): Stamp {
  return Math.min(first, MOST_STAMP_MS) * UNITS_PER_MS;
}

function writeFrames(out: BitWriter, rows: readonly Row[]): void {
  const rates = rows.filter(({ lasting }) => lasting > 0)
    .map(({ frames, lasting }) => frames * RATE_STEPS / lasting).sort((a, b) => a - b);
  // of one row the rate says no more than the number itself
  const rate = rows.length === 1 ? 0 : whole(rates[rates.length >> 1] ?? 0, RATE_STEPS);
  out.number(rate);
  writeColumn(out, rows.map(({ frames, lasting }) => frames - foretold(lasting, rate)));
}

function readFrames(from: BitReader, lasting: readonly number[]): number[] {
  const [rate] = bounded([from.number()], 0, RATE_STEPS);
  const apart = readColumn(from, lasting.length);
  return bounded(lasting.map((ms, i) => foretold(ms, rate) + apart[i]), 0, MOST_FRAMES);
}

function foretold(lasting: number, rate: number): number {
  return Math.min(MOST_FRAMES, Math.round(lasting * rate / RATE_STEPS));
}

/** Which rows have it; then, number by number, those that do. */
function writeOptional(out: BitWriter, values: readonly (readonly number[] | null)[]): void {
  writeColumn(out, values.map((value) => value ? 1 : 0));
  const given = values.filter((value) => value !== null);
  for (let part = 0; part < (given[0]?.length ?? 0); part++) {
    writeSteps(out, given.map((value) => value[part]));
  }
}

function readOptional(from: BitReader, count: number, parts: number): (number[] | null)[] {
  const has = bounded(readColumn(from, count), 0, 1);
  const given = has.reduce((sum, one) => sum + one, 0);
  if (given === 0) return has.map(() => null);
  const columns = Array.from({ length: parts }, () => readSteps(from, given));
  let next = 0;
  return has.map((one) => {
    if (one === 0) return null;
    const row = next++;
    return columns.map((column) => column[row]);
  });
}

function placeSteps({ latitude, longitude, accuracyM }: Place): number[] {
  const steps = (degrees: number, most: number) =>
    Math.round(Math.min(most, Math.max(-most, degrees)) * DEGREE_STEPS);
  return [steps(latitude, 90), steps(longitude, 180), whole(accuracyM, MOST_ACCURACY_M)];
}

function placeOf(steps: readonly number[]): Place {
  const [latitude] = bounded([steps[0] / DEGREE_STEPS], -90, 90);
  const [longitude] = bounded([steps[1] / DEGREE_STEPS], -180, 180);
  return { latitude, longitude, accuracyM: bounded([steps[2]], 0, MOST_ACCURACY_M)[0] };
}

function sizeOf(steps: readonly number[]): FrameSize {
  const [width, height] = bounded(steps, 0, MOST_PIXELS);
  return { width, height };
}

function hashAt(hashes: Uint8Array, n: number): Hex {
  return toHex(hashes.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES));
}

/** The values, none of them beyond the bounds. */
function bounded<T extends readonly number[]>(values: T, least: number, most: number): T {
  if (values.every((value) => value >= least && value <= most)) return values;
  throw new BadBits("A number is out of its bounds");
}

function whole(value: number, most: number): number {
  return Math.min(most, Math.max(0, Math.round(value)));
}

function signed(ms: number): number {
  return Math.min(MOST_MS, Math.max(-MOST_MS, Math.round(ms)));
}

/** Each once, the most frequent first: small numbers are short in the columns. */
function byFrequency(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([value]) => value);
}

function nameOf({ id, sha256 }: ModelRef): string {
  return sha256 + id;
}

function modelNamed(name: string): [string, Bytes] {
  return [name.slice(2 * HASH_BYTES), fromHex(name.slice(0, 2 * HASH_BYTES))];
}
