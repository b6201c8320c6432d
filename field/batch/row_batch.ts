import { HASH_BYTES, isTexts, parseModel } from "./batch_lists.ts";
import { toHex } from "../bytes.ts";
import { isStamp } from "../clock.ts";
import { observationId } from "../observation_id.ts";
import type { DeviceId, ModelRef, Observation, Place } from "../observation.ts";

const SCORE_STEPS = 1000;
const BOX_STEPS = 10_000;
const DEGREE_STEPS = 1e7;
const MOST_MS = 1e14;
const MOST_ROWS = 64;

/**
 * Format 1 of a batch, which feeds from before format 2 hold: `[1, texts, models, rows]`. A row is
 * `[begin, label, score, x, y, width, height, first, last, open, frames, source, model, thumb, place]`:
 * score in 1/1000, box in 1/10000 of the frame, `last` as ms after `first`, `place` as degrees in 1/10^7
 * and metres. Null when it is not that.
 */
export function decodeRowBatch(value: readonly unknown[], device: DeviceId): Observation[] | null {
  const [, texts, models, rows] = value;
  if (value.length !== 4 || !isTexts(texts)) return null;
  if (!Array.isArray(models) || !Array.isArray(rows) || rows.length > MOST_ROWS) return null;
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
  if (!(thumb === null || thumb instanceof Uint8Array && thumb.length === HASH_BYTES)) return null;
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
    ...(thumb === null ? {} : { thumb: toHex(thumb) }),
    ...(place === null ? {} : { place }),
  };
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
