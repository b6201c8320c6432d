import { decode as decodePng } from "fast-png";
import jpeg from "jpeg-js";
import type { Frame } from "./model.ts";

/** Reads a PNG or JPEG file. Throws `Error("Cannot read picture …")`. */
export async function readPicture(path: string | URL): Promise<Frame> {
  try {
    return decodePicture(await Deno.readFile(path));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot read picture ${path}: ${reason}`, { cause });
  }
}

/** Decodes a PNG or JPEG by its first bytes. */
export function decodePicture(bytes: Uint8Array): Frame {
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return decodeJpeg(bytes);
  if (bytes[0] === 0x89 && bytes[1] === 0x50) return decodeRgbaPng(bytes);
  throw new Error("neither PNG nor JPEG");
}

function decodeJpeg(bytes: Uint8Array): Frame {
  const { width, height, data } = jpeg.decode(bytes, { useTArray: true });
  return { width, height, data };
}

function decodeRgbaPng(bytes: Uint8Array): Frame {
  const { width, height, data, channels, depth, palette } = decodePng(bytes);
  if (depth !== 8 || palette) throw new Error(`a PNG of ${depth} bits a channel or with a palette`);
  const rgba = new Uint8ClampedArray(width * height * 4);
  const hasAlpha = channels === 2 || channels === 4;
  const colours = channels - (hasAlpha ? 1 : 0);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const from = pixel * channels;
    for (let channel = 0; channel < 3; channel++) {
      rgba[pixel * 4 + channel] = data[from + (colours === 3 ? channel : 0)];
    }
    rgba[pixel * 4 + 3] = hasAlpha ? data[from + colours] : 255;
  }
  return { width, height, data: rgba };
}
