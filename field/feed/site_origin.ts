/**
 * Where on earth a site's metres are counted from, as it is kept: `[latitude, longitude]` in whole 1e-7 degrees
 * (a centimetre), so that all have the same numbers.
 */
import type { LatLon } from "../world/plan_frame.ts";

const STEPS = 1e7;
/** Nearer to a pole, east and north mean little (`PlanFrame`). */
const MOST_LATITUDE = 85;
const MOST_LONGITUDE = 180;

/** What {@link parseOrigin} reads. */
export function packOrigin({ latitude, longitude }: LatLon): readonly [number, number] {
  return [whole(latitude * STEPS), whole(longitude * STEPS)];
}

/** Null when it is none that {@link packOrigin} gives of a place on earth. */
export function parseOrigin(value: unknown): LatLon | null {
  if (!Array.isArray(value) || value.length !== 2 || !value.every(Number.isSafeInteger)) {
    return null;
  }
  const [latitude, longitude] = value as number[];
  const origin = { latitude: latitude / STEPS, longitude: longitude / STEPS };
  return isOrigin(origin) ? origin : null;
}

/** Is it a place that a plan can be laid out around? */
export function isOrigin({ latitude, longitude }: LatLon): boolean {
  return Math.abs(latitude) <= MOST_LATITUDE && Math.abs(longitude) <= MOST_LONGITUDE;
}

/** Rounded, and never −0, which CBOR tells from 0. */
function whole(value: number): number {
  return Math.round(value) + 0;
}
