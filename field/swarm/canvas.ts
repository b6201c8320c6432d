/** Pictures as the swarm paints them: one number a pixel, red in the lowest byte (little-endian, as all browsers are). */
import type { Cutout } from "../cutout/cutout.ts";

export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly pixels: Int32Array;
}

const EVEN_BYTES = 0x00ff00ff;
const ODD_BYTES = ~EVEN_BYTES;

/** A cutout of a `times`-th of its size, each pixel the mean of `times` × `times`: it does not flicker as it moves. */
export function shrunk(cutout: Cutout, times: number): Cutout {
  const [width, height] = [Math.ceil(cutout.width / times), Math.ceil(cutout.height / times)];
  const pixels = new Int32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) pixels[y * width + x] = meanOf(cutout, x, y, times);
  }
  const [left, top, right, bottom] = cutout.object;
  return {
    width,
    height,
    pixels,
    object: [left / times, top / times, right / times, bottom / times],
  };
}

/** Colours are premultiplied, so that channels can be averaged one by one; beyond the edge it is clear. */
function meanOf(cutout: Cutout, column: number, row: number, times: number): number {
  const sums = [0, 0, 0, 0];
  const toX = Math.min((column + 1) * times, cutout.width);
  const toY = Math.min((row + 1) * times, cutout.height);
  for (let y = row * times; y < toY; y++) {
    for (let x = column * times; x < toX; x++) {
      const pixel = cutout.pixels[y * cutout.width + x];
      for (let k = 0; k < 4; k++) sums[k] += pixel >>> 8 * k & 255;
    }
  }
  return sums.reduce((all, sum, k) => all | Math.round(sum / (times * times)) << 8 * k, 0);
}

/** Copies what of `from` the canvas covers when its top left corner lies at `x`, `y` there. It must lie within. */
export function copyPart(canvas: Canvas, from: Canvas, x: number, y: number): void {
  for (let row = 0; row < canvas.height; row++) {
    const start = (y + row) * from.width + x;
    canvas.pixels.set(from.pixels.subarray(start, start + canvas.width), row * canvas.width);
  }
}

/** Lays a cutout over the canvas, its top left corner at `left`, `top` there. */
export function layOver(canvas: Canvas, cutout: Cutout, left: number, top: number): void {
  const fromX = Math.max(0, -left);
  const toX = Math.min(cutout.width, canvas.width - left);
  const toY = Math.min(cutout.height, canvas.height - top);
  for (let y = Math.max(0, -top); y < toY; y++) {
    const [source, target] = [y * cutout.width, (top + y) * canvas.width + left];
    for (let x = fromX; x < toX; x++) {
      const over = cutout.pixels[source + x];
      const clear = 256 - (over >>> 24) - (over >>> 31);
      if (clear === 256) continue;
      // two channels at once; `clear` is 0 where it is opaque
      const under = canvas.pixels[target + x];
      const even = (under & EVEN_BYTES) * clear >>> 8 & EVEN_BYTES;
      const odd = (under >>> 8 & EVEN_BYTES) * clear & ODD_BYTES;
      canvas.pixels[target + x] = over + (even | odd);
    }
  }
}
