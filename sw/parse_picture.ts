import { type Fields, isNumber } from "./call_fields.ts";

/** Bound on a frame's side: a page scales before it sends. */
const MOST_SIDE = 4096;

/** RGBA bytes of a picture, as many as its sides say. */
export function parsePicture(
  { width, height, rgba }: Fields,
): { width: number; height: number; rgba: ArrayBuffer } | null {
  if (!isSide(width) || !isSide(height) || !(rgba instanceof ArrayBuffer)) return null;
  return rgba.byteLength === width * height * 4 ? { width, height, rgba } : null;
}

function isSide(value: unknown): value is number {
  return isNumber(value) && Number.isInteger(value) && value >= 1 && value <= MOST_SIDE;
}
