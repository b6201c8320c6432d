import { FieldError } from "../field/errors.ts";
import type { Detection } from "../field/observation.ts";
import type { InferDetection } from "./fieldmesh.ts";
import type { RgbaFrame } from "./frame_reader.ts";
import type { Size } from "./frame_size.ts";

/** 4096 × 4096: 64 MB of pixels, copied twice on their way to the worker. */
const MOST_PIXELS = 16_777_216;
const BYTES_PER_PIXEL = 4;

/** A copy of the picture, so that its owner may go on writing to it. Throws `bad-frame`. */
export function copyPicture(
  rgba: Uint8Array | Uint8ClampedArray,
  { width, height }: Size,
): RgbaFrame {
  const isSize = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!isSize || width * height > MOST_PIXELS) {
    throw badFrame(
      `width and height must be whole and above 0, with at most ${MOST_PIXELS} pixels`,
    );
  }
  const byteLength = width * height * BYTES_PER_PIXEL;
  if (rgba.byteLength !== byteLength) {
    throw badFrame(`${width} × ${height} RGBA is ${byteLength} bytes, not ${rgba.byteLength}`);
  }
  return { width, height, rgba: new Uint8Array(rgba).buffer };
}

/** Adds the box in pixels of the picture, with fractions. */
export function withPixels(detection: Detection, { width, height }: Size): InferDetection {
  const { label, score, box } = detection;
  const pixels = {
    x: box.x * width,
    y: box.y * height,
    width: box.width * width,
    height: box.height * height,
  };
  return { label, score, box, pixels };
}

function badFrame(what: string): FieldError {
  return new FieldError("bad-frame", `Cannot look at this picture: ${what}.`);
}
