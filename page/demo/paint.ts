/**
 * Loops over pixels, the whole cost of a demo frame: 640×480 in 2 to 5 ms. A pixel is one 32-bit number,
 * two of whose channels are mixed by one multiplication. The arithmetic stands in the loops because
 * Firefox does not inline it (measured: three times slower when called).
 */
import type { Cutout, Picture } from "../../field/cutout/cutout.ts";

/** Red in the lowest byte, alpha in the highest: every browser's machine is little-endian. */
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
const ODD_BYTES = ~EVEN_BYTES;
const OPAQUE = 0xff000000 | 0;

/** Stretches a part of a picture over the canvas, bilinear; beyond its edge the edge goes on. */
export class Backdrop {
  readonly #width: number;
  readonly #height: number;
  readonly #pixels: Int32Array;
  #upper = new Int32Array(0);
  #lower = new Int32Array(0);

  constructor(picture: Picture) {
    this.#width = picture.width;
    this.#height = picture.height;
    // Copied: a view needs an offset that is a multiple of four.
    this.#pixels = new Int32Array(Uint8Array.from(picture.data).buffer).map((c) => c | OPAQUE);
  }

  paint(canvas: Canvas, view: View): void {
    const { width, height, pixels } = canvas;
    if (this.#upper.length !== width) {
      this.#upper = new Int32Array(width);
      this.#lower = new Int32Array(width);
    }
    let held = -2;
    for (let y = 0; y < height; y++) {
      const exact = clamp(view.y + (y + 0.5) * view.scale - 0.5, this.#height - 1);
      const row = Math.min(Math.floor(exact), this.#height - 2);
      if (row !== held) this.#fetchRows(row, held, view);
      held = row;
      const weight = Math.round((exact - row) * 256);
      mixRows(pixels.subarray(y * width, (y + 1) * width), this.#upper, this.#lower, weight);
    }
  }

  /** The stretched rows `row` and the one below; the row below the last is the upper one of the next. */
  #fetchRows(row: number, held: number, view: View): void {
    if (row === held + 1) [this.#upper, this.#lower] = [this.#lower, this.#upper];
    else this.#stretchRow(row, view, this.#upper);
    this.#stretchRow(row + 1, view, this.#lower);
  }

  #stretchRow(row: number, view: View, out: Int32Array): void {
    const source = this.#pixels.subarray(row * this.#width, (row + 1) * this.#width);
    const last = this.#width - 1;
    for (let x = 0; x < out.length; x++) {
      const exact = clamp(view.x + (x + 0.5) * view.scale - 0.5, last);
      const column = Math.min(exact | 0, last - 1);
      const weight = ((exact - column) * 256 + 0.5) | 0;
      const rest = 256 - weight;
      const a = source[column];
      const b = source[column + 1];
      const even = Math.imul(a & EVEN_BYTES, rest) + Math.imul(b & EVEN_BYTES, weight) | 0;
      const odd = Math.imul(a >> 8 & EVEN_BYTES, rest) + Math.imul(b >> 8 & EVEN_BYTES, weight) | 0;
      out[x] = even >> 8 & EVEN_BYTES | odd & ODD_BYTES;
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
  if (fromX >= toX) return;
  const rowOf = (row: number, shift: number) =>
    cutout.pixels.subarray(row * cutout.width + fromX - shift, row * cutout.width + toX - shift);
  let [above, here] = [new Int32Array(toX - fromX), new Int32Array(toX - fromX)];
  const mixed = new Int32Array(toX - fromX);
  mixRows(above, rowOf(fromY - 1, 0), rowOf(fromY - 1, 1), weightX);
  for (let row = fromY; row < toY; row++) {
    mixRows(here, rowOf(row, 0), rowOf(row, 1), weightX);
    mixRows(mixed, here, above, weightY);
    const to = (top + row) * canvas.width + left;
    layRowOver(canvas.pixels.subarray(to + fromX, to + toX), mixed);
    [above, here] = [here, above];
  }
}

/** Each pixel of `a` and `b` mixed; `weightOfB` in 256ths. */
function mixRows(out: Int32Array, a: Int32Array, b: Int32Array, weightOfB: number): void {
  const rest = 256 - weightOfB;
  for (let x = 0; x < out.length; x++) {
    const one = a[x];
    const two = b[x];
    const even = Math.imul(one & EVEN_BYTES, rest) + Math.imul(two & EVEN_BYTES, weightOfB) | 0;
    const odd = Math.imul(one >> 8 & EVEN_BYTES, rest) +
        Math.imul(two >> 8 & EVEN_BYTES, weightOfB) | 0;
    out[x] = even >> 8 & EVEN_BYTES | odd & ODD_BYTES;
  }
}

/** Premultiplied colours over opaque ones. */
function layRowOver(canvas: Int32Array, colours: Int32Array): void {
  for (let x = 0; x < canvas.length; x++) {
    const colour = colours[x];
    const alpha = colour >>> 24;
    if (alpha === 255) canvas[x] = colour;
    else if (alpha > 0) {
      // 255 of alpha stand for 256 of weight.
      const rest = 256 - alpha - (alpha >> 7);
      const beneath = canvas[x];
      const even = Math.imul(beneath & EVEN_BYTES, rest) >> 8 & EVEN_BYTES;
      const odd = Math.imul(beneath >> 8 & EVEN_BYTES, rest) & ODD_BYTES;
      canvas[x] = (colour + (even | odd)) | OPAQUE;
    }
  }
}

function clamp(value: number, last: number): number {
  return value < 0 ? 0 : value > last ? last : value;
}
