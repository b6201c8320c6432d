/**
 * Two loops over pixels, the whole cost of a demo frame. A pixel is one 32-bit number and two of its
 * channels are mixed by one multiplication: 640×480 in about 4 ms where channel by channel took 15.
 */
import type { Cutout, Picture } from "./cutout.ts";

/**
 * Red in the lowest byte, alpha in the highest: every browser's machine is little-endian. Signed, because
 * Firefox computes with unsigned 32-bit numbers as doubles, three times as slowly.
 */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly pixels: Int32Array;
}

/** What of the backdrop fills the canvas: top left corner and size of a canvas pixel, in its pixels. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

const EVEN_BYTES = 0x00ff00ff;
const OPAQUE = 0xff000000 | 0;

/** Weights are counted in 256ths. */
function mixed(a: number, b: number, weightOfB: number): number {
  const weightOfA = 256 - weightOfB;
  const even = Math.imul(a & EVEN_BYTES, weightOfA) + Math.imul(b & EVEN_BYTES, weightOfB) | 0;
  const odd = Math.imul(a >>> 8 & EVEN_BYTES, weightOfA) +
      Math.imul(b >>> 8 & EVEN_BYTES, weightOfB) | 0;
  return even >>> 8 & EVEN_BYTES | odd & ~EVEN_BYTES;
}

/** Stretches a part of an opaque picture over the canvas, bilinear. */
export class Backdrop {
  readonly #width: number;
  readonly #height: number;
  readonly #pixels: Int32Array;
  #rows: [Int32Array, Int32Array] = [new Int32Array(0), new Int32Array(0)];

  constructor(picture: Picture) {
    this.#width = picture.width;
    this.#height = picture.height;
    // Copied: a view needs an offset that is a multiple of four.
    this.#pixels = new Int32Array(Uint8Array.from(picture.data).buffer);
  }

  paint(canvas: Canvas, view: View): void {
    const { width, height, pixels } = canvas;
    if (this.#rows[0].length !== width) {
      this.#rows = [new Int32Array(width), new Int32Array(width)];
    }
    let held = -2;
    for (let y = 0; y < height; y++) {
      const exact = clamp(view.y + (y + 0.5) * view.scale - 0.5, this.#height - 1);
      const row = Math.min(Math.floor(exact), this.#height - 2);
      if (row !== held) this.#fetchRows(row, held, view);
      held = row;
      const [upper, lower] = this.#rows;
      const weight = Math.round((exact - row) * 256);
      for (let x = 0, to = y * width; x < width; x++, to++) {
        pixels[to] = mixed(upper[x], lower[x], weight) | OPAQUE;
      }
    }
  }

  /** The stretched rows `row` and the one below; the row below the last is the upper one of the next. */
  #fetchRows(row: number, held: number, view: View): void {
    if (row === held + 1) this.#rows.reverse();
    else this.#stretchRow(row, view, this.#rows[0]);
    this.#stretchRow(row + 1, view, this.#rows[1]);
  }

  #stretchRow(row: number, view: View, out: Int32Array): void {
    const pixels = this.#pixels;
    const start = row * this.#width;
    const last = this.#width - 1;
    for (let x = 0; x < out.length; x++) {
      const exact = clamp(view.x + (x + 0.5) * view.scale - 0.5, last);
      const column = Math.min(exact | 0, last - 1);
      const weight = ((exact - column) * 256 + 0.5) | 0;
      out[x] = mixed(pixels[start + column], pixels[start + column + 1], weight);
    }
  }
}

/** Lays a cutout over the canvas with its top left corner at `x`, `y`, which need not be whole pixels. */
export function layOver(canvas: Canvas, cutout: Cutout, x: number, y: number): void {
  const left = Math.floor(x);
  const top = Math.floor(y);
  // A cutout moved right by a part of a pixel shows that part of each pixel's left neighbour.
  const weightX = Math.round((x - left) * 256);
  const weightY = Math.round((y - top) * 256);
  const fromX = Math.max(1, -left);
  const toX = Math.min(cutout.width, canvas.width - left);
  const fromY = Math.max(1, -top);
  const toY = Math.min(cutout.height, canvas.height - top);
  for (let row = fromY; row < toY; row++) {
    const from = row * cutout.width;
    const to = (top + row) * canvas.width + left;
    layRowOver(canvas.pixels, cutout, from, to, fromX, toX, weightX, weightY);
  }
}

function layRowOver(
  canvas: Int32Array,
  { pixels, width }: Cutout,
  from: number,
  to: number,
  fromX: number,
  toX: number,
  weightX: number,
  weightY: number,
): void {
  for (let x = fromX; x < toX; x++) {
    const at = from + x;
    const here = pixels[at];
    const upperLeft = pixels[at - width - 1];
    if ((here | upperLeft | pixels[at - 1] | pixels[at - width]) === 0) continue;
    const lower = mixed(here, pixels[at - 1], weightX);
    const upper = mixed(pixels[at - width], upperLeft, weightX);
    const colour = mixed(lower, upper, weightY);
    canvas[to + x] = over(colour, canvas[to + x]);
  }
}

/** Premultiplied colour over an opaque one. */
function over(colour: number, beneath: number): number {
  const alpha = colour >>> 24;
  if (alpha === 255) return colour;
  return (colour + (mixed(0, beneath, 256 - alpha - (alpha >>> 7)) & ~OPAQUE)) | OPAQUE;
}

function clamp(value: number, last: number): number {
  return value < 0 ? 0 : value > last ? last : value;
}
