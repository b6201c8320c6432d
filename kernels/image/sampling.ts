/** Where the pixels of an input lie in a frame of any size. Integers, so that every backend agrees. */
import type { Frame } from "../engine.ts";
import type { ImageOp } from "../plan.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The part of the input that the frame fills; bars around it. Input pixels. */
export interface Letterbox extends Size {
  readonly left: number;
  readonly top: number;
}

/** Two rows of it fit the working space of the Wasm kernels (`feed_frame.ts`). */
export const MAX_FRAME_WIDTH = 16384;
/** Of source and output size along one axis, so that `positionsOf` needs 31 bits. */
const MAX_SIZE_PRODUCT = 2 ** 23;

/** Where a frame comes to lie. A detection's x in the frame is (x − left) · frame.width / width. */
export function letterboxOf(frame: Size, output: Size, fit: ImageOp["fit"]): Letterbox {
  if (fit === "stretch") return { left: 0, top: 0, width: output.width, height: output.height };
  if (output.width * frame.height <= output.height * frame.width) {
    const height = scaled(frame.height, output.width, frame.width);
    return { left: 0, top: (output.height - height) >> 1, width: output.width, height };
  }
  const width = scaled(frame.width, output.height, frame.height);
  return { left: (output.width - width) >> 1, top: 0, width, height: output.height };
}

/** size · to / from, rounded half up, at least 1. */
function scaled(size: number, to: number, from: number): number {
  return Math.max(1, Math.floor((size * to + (from >> 1)) / from));
}

/**
 * For each of `count` output pixels along an axis its place among `size` source pixels, in 1/256 of one:
 * the pixel's centre less half a source pixel, inside 0..size − 1.
 */
export function positionsOf(size: number, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, output) => {
    const centre = Math.floor((2 * output + 1) * size * 128 / count); // exact: below 2^31
    return Math.min(Math.max(centre - 128, 0), (size - 1) * 256);
  });
}

/** Throws `Error("Cannot run: a frame of 30000×20 is too large")`, or says that it is empty or damaged. */
export function assertFrame({ width, height, data }: Frame, box: Size): void {
  const isSized = [width, height].every((side) => Number.isSafeInteger(side) && side > 0);
  if (!isSized) throw new Error(`Cannot run: a frame of ${width}×${height} has no pixels`);
  const isTooLarge = width > MAX_FRAME_WIDTH || width * box.width >= MAX_SIZE_PRODUCT ||
    height * box.height >= MAX_SIZE_PRODUCT;
  if (isTooLarge) throw new Error(`Cannot run: a frame of ${width}×${height} is too large`);
  if (data.length !== width * height * 4) {
    throw new Error(`Cannot run: a frame of ${width}×${height} has ${data.length} bytes`);
  }
}
