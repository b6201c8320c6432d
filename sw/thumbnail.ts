import { sha256, toHex } from "../field/bytes.ts";
import { cropOf } from "../field/crop.ts";
import type { Box } from "../field/observation.ts";
import type { StoredBlob } from "../field/store/store.ts";
import type { Frame } from "../models/model.ts";

const TYPE = "image/jpeg";
const LONGER_SIDE = 160;
const QUALITY = 0.72;

/** A JPEG of the object and a little around it, at most 160 pixels on its longer side (3 to 6 KB). */
export async function thumbnail(frame: Frame, box: Box): Promise<StoredBlob> {
  const crop = cropOf(frame, box);
  const cut = new OffscreenCanvas(crop.width, crop.height);
  const pixels = new ImageData(new Uint8ClampedArray(frame.data), frame.width, frame.height);
  context(cut).putImageData(pixels, -crop.x, -crop.y, crop.x, crop.y, crop.width, crop.height);
  const scale = Math.min(1, LONGER_SIDE / Math.max(crop.width, crop.height));
  const small = new OffscreenCanvas(
    Math.max(1, Math.round(crop.width * scale)),
    Math.max(1, Math.round(crop.height * scale)),
  );
  const canvas = context(small);
  canvas.imageSmoothingQuality = "high";
  canvas.drawImage(cut, 0, 0, small.width, small.height);
  const jpeg = await small.convertToBlob({ type: TYPE, quality: QUALITY });
  const bytes = new Uint8Array(await jpeg.arrayBuffer());
  return { hash: toHex(await sha256(bytes)), type: TYPE, bytes };
}

function context(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("Cannot draw a thumbnail: no 2D canvas in this worker");
  return context;
}
