import { fromHex, plainBytes, toHex } from "./bytes.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { isStamp, type Stamp } from "./clock.ts";
import type { Box, DeviceId, ModelRef, Observation, Place } from "./observation.ts";

/**
 * Observations as they are kept: canonical CBOR `[1, texts, models, rows]`, with every text and model
 * named once. A row is `[begin, label, score, x, y, width, height, first, last, open, frames, source,
 * model, thumb, place]`: score in 1/1000, box in 1/10000 of the frame, `last` as ms after `first`,
 * `place` as degrees in 1/10^7 and metres.
 */
const FORMAT = 1;
const SCORE_STEPS = 1000;
const BOX_STEPS = 10_000;
const DEGREE_STEPS = 1e7;
/** In the year 5138; twice as much is still exact. */
const MOST_MS = 1e14;
/** Half way around the Earth: "somewhere". */
const MOST_ACCURACY_M = 20_038_000;
export const MOST_IN_BATCH = 64;

/** The id of the observation that `device` began at `begin`. */
export function observationId(device: DeviceId, begin: Stamp): string {
  return `${device.slice(0, 12)}-${begin.toString(36)}`;
}

export function encodeBatch(observations: readonly Observation[]): Uint8Array<ArrayBuffer> {
  const texts: string[] = [];
  const models: ModelRef[] = [];
  const rows = observations.map((one) => [
    beginOf(one),
    indexOf(texts, one.label, (a, b) => a === b),
    Math.round(one.score * SCORE_STEPS),
    ...boxSteps(one.box),
    whole(one.first, MOST_MS),
    whole(one.last - one.first, MOST_MS),
    one.open,
    one.frames,
    indexOf(texts, one.source, (a, b) => a === b),
    indexOf(models, one.model, (a, b) => a.id === b.id && a.sha256 === b.sha256),
    one.thumb === undefined ? null : fromHex(one.thumb),
    one.place === undefined ? null : placeSteps(one.place),
  ]);
  return encodeCbor([FORMAT, texts, models.map(({ id, sha256 }) => [id, fromHex(sha256)]), rows]);
}

/** A batch of `device`. Null when it is not one, or from a newer version. */
export function decodeBatch(bytes: Uint8Array, device: DeviceId): Observation[] | null {
  const value = decodeCbor(bytes)?.value;
  if (!Array.isArray(value) || value.length !== 4 || value[0] !== FORMAT) return null;
  const [, texts, models, rows] = value as unknown[];
  if (!isTexts(texts) || !Array.isArray(models) || !Array.isArray(rows)) return null;
  if (rows.length > MOST_IN_BATCH) return null;
  const refs = models.map(parseModel);
  const observations: Observation[] = [];
  for (const row of rows) {
    const observation = parseRow(row, device, texts, refs);
    if (!observation) return null;
    observations.push(observation);
  }
  return observations;
}

function parseRow(
  row: unknown,
  device: DeviceId,
  texts: readonly string[],
  models: readonly (ModelRef | null)[],
): Observation | null {
  if (!Array.isArray(row) || row.length !== 15) return null;
  const [begin, label, score, x, y, width, height, first, lasting, open, frames, source] = row;
  const counts = [label, score, x, y, width, height, first, lasting, frames, source, row[12]];
  if (!counts.every(isStamp)) return null;
  const [model, thumb, place] = [models[row[12]], row[13], parsePlace(row[14])];
  if (!isStamp(begin) || typeof open !== "boolean") return null;
  if (first > MOST_MS || lasting > MOST_MS) return null;
  if (score > SCORE_STEPS || Math.max(x, y, width, height) > BOX_STEPS) return null;
  if (texts[label] === undefined || texts[source] === undefined || !model) return null;
  if (!(thumb === null || thumb instanceof Uint8Array && thumb.length === 32)) return null;
  if (place === "bad") return null;
  return {
    id: observationId(device, begin),
    device,
    label: texts[label],
    score: score / SCORE_STEPS,
    box: {
      x: x / BOX_STEPS,
      y: y / BOX_STEPS,
      width: width / BOX_STEPS,
      height: height / BOX_STEPS,
    },
    first,
    last: first + lasting,
    open,
    frames,
    source: texts[source],
    model,
    ...(thumb === null ? {} : { thumb: toHex(plainBytes(thumb)) }),
    ...(place === null ? {} : { place }),
  };
}

function beginOf(observation: Observation): Stamp {
  return parseInt(observation.id.slice(observation.id.indexOf("-") + 1), 36);
}

function whole(value: number, most: number): number {
  return Math.min(most, Math.max(0, Math.round(value)));
}

function boxSteps({ x, y, width, height }: Box): number[] {
  return [x, y, width, height].map((fraction) =>
    Math.round(Math.min(1, Math.max(0, fraction)) * BOX_STEPS)
  );
}

function placeSteps({ latitude, longitude, accuracyM }: Place): number[] {
  return [
    Math.round(latitude * DEGREE_STEPS),
    Math.round(longitude * DEGREE_STEPS),
    whole(accuracyM, MOST_ACCURACY_M),
  ];
}

function parsePlace(value: unknown): Place | null | "bad" {
  if (value === null) return null;
  if (!Array.isArray(value) || value.length !== 3 || !value.every(Number.isSafeInteger)) {
    return "bad";
  }
  const [latitude, longitude] = (value as number[]).map((steps) => steps / DEGREE_STEPS);
  const accuracyM = value[2] as number;
  const isOnEarth = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && accuracyM >= 0;
  return isOnEarth ? { latitude, longitude, accuracyM } : "bad";
}

function parseModel(value: unknown): ModelRef | null {
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [id, sha256] = value as unknown[];
  if (typeof id !== "string" || !(sha256 instanceof Uint8Array) || sha256.length !== 32) {
    return null;
  }
  return { id, sha256: toHex(sha256) };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function indexOf<T>(table: T[], value: T, same: (a: T, b: T) => boolean): number {
  const found = table.findIndex((one) => same(one, value));
  return found >= 0 ? found : table.push(value) - 1;
}
