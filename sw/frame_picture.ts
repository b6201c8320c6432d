import { sha256, toHex } from "../field/bytes.ts";
import type { StoredBlob } from "../field/store/store.ts";
import type { Frame } from "../models/model.ts";

const TYPE = "image/jpeg";
const LONGER_SIDE = 1280;
const QUALITY = 0.8;

/** A JPEG of the whole frame, at most 1280 pixels on its longer side (60 to 300 KB). */
export async function framePicture(frame: Frame): Promise<StoredBlob> {
  const whole = new OffscreenCanvas(frame.width, frame.height);
  const pixels = new ImageData(new Uint8ClampedArray(frame.data), frame.width, frame.height);
  contextOf(whole).putImageData(pixels, 0, 0);
  const jpeg = await fitted(whole).convertToBlob({ type: TYPE, quality: QUALITY });
  const bytes = new Uint8Array(await jpeg.arrayBuffer());
  return { hash: toHex(await sha256(bytes)), type: TYPE, bytes };
}

function fitted(whole: OffscreenCanvas): OffscreenCanvas {
  const scale = LONGER_SIDE / Math.max(whole.width, whole.height);
  if (scale >= 1) return whole;
  const [width, height] = [whole.width, whole.height].map((side) =>
    Math.max(1, Math.round(side * scale))
  );
  const small = new OffscreenCanvas(width, height);
  const context = contextOf(small);
  context.imageSmoothingQuality = "high";
  context.drawImage(whole, 0, 0, width, height);
  return small;
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("Cannot draw a frame: no 2D canvas in this worker");
  return context;
}
