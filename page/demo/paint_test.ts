import assert from "node:assert/strict";
import fc from "fast-check";
import type { Cutout, Picture } from "../../field/cutout/cutout.ts";
import { Backdrop, type Canvas, layOver, type View } from "./paint.ts";

/**
 * Pixels are mixed twice. Each time the weight is off by up to half of a 256th, so a channel by up to
 * 255 / 512, and what is left of a whole number is dropped: below one and a half.
 */
const ROUNDING = 2 * (255 / 512 + 1);

function canvasOf(width: number, height: number, fill = 0xff000000 | 0): Canvas {
  return { width, height, pixels: new Int32Array(width * height).fill(fill) };
}

function noise(width: number, height: number): Picture {
  const data = Uint8ClampedArray.from(
    { length: width * height * 4 },
    (_, k) => k % 4 === 3 ? 255 : Math.imul(k + 1, 0x9e3779b1) >>> 24,
  );
  return { width, height, data };
}

function channels(pixel: number): number[] {
  return [pixel & 255, pixel >>> 8 & 255, pixel >>> 16 & 255, pixel >>> 24];
}

function assertNear(got: number, want: readonly number[], where: string): void {
  channels(got).forEach((value, k) => {
    assert.ok(Math.abs(value - want[k]) <= ROUNDING, `${where}: ${channels(got)}, not ${want}`);
  });
}

/** Bilinear by the definition, beyond the edge the edge. */
function sampled(picture: Picture, u: number, v: number): number[] {
  const clamp = (at: number, size: number) => Math.min(Math.max(at, 0), size - 1);
  const [x, y] = [clamp(u, picture.width), clamp(v, picture.height)];
  const value = (column: number, row: number, k: number) =>
    picture.data[
      (clamp(row, picture.height) * picture.width + clamp(column, picture.width)) * 4 + k
    ];
  const [i, j] = [Math.floor(x), Math.floor(y)];
  return [0, 1, 2, 3].map((k) => {
    const upper = value(i, j, k) * (1 - x + i) + value(i + 1, j, k) * (x - i);
    const lower = value(i, j + 1, k) * (1 - x + i) + value(i + 1, j + 1, k) * (x - i);
    return upper * (1 - y + j) + lower * (y - j);
  });
}

/** Half transparent pixels of one colour with a clear border. */
function disc(width: number, height: number, pixel: number): Cutout {
  const pixels = new Int32Array(width * height);
  for (let y = 1; y < height - 1; y++) pixels.fill(pixel, y * width + 1, (y + 1) * width - 1);
  return { width, height, pixels, object: [0, 0, width, height] };
}

Deno.test("Backdrop.paint() stretches any part of a picture, bilinear", () => {
  const picture = noise(23, 17);
  const backdrop = new Backdrop(picture);
  const anyView = fc.record({
    x: fc.double({ min: -3, max: 20, noNaN: true }),
    y: fc.double({ min: -3, max: 15, noNaN: true }),
    scale: fc.double({ min: 0.05, max: 2.5, noNaN: true }),
  });
  fc.assert(fc.property(anyView, fc.integer({ min: 1, max: 12 }), (view: View, width) => {
    const canvas = canvasOf(width, 9, 0);
    backdrop.paint(canvas, view);
    canvas.pixels.forEach((pixel, at) => {
      const x = view.x + (at % width + 0.5) * view.scale - 0.5;
      const y = view.y + (Math.floor(at / width) + 0.5) * view.scale - 0.5;
      assertNear(pixel, sampled(picture, x, y), `${at % width},${Math.floor(at / width)}`);
    });
  }));
});

Deno.test("Backdrop.paint() at full size copies the picture", () => {
  const picture = noise(6, 5);
  const canvas = canvasOf(6, 5, 0);
  new Backdrop(picture).paint(canvas, { x: 0, y: 0, scale: 1 });
  assert.deepEqual([...new Uint8Array(canvas.pixels.buffer)], [...picture.data]);
});

Deno.test("layOver() replaces by what is opaque and mixes with what is half clear", () => {
  const canvas = canvasOf(8, 8, 0xff646464 | 0);
  layOver(canvas, disc(4, 4, 0xff302010 | 0), 2, 3);
  assert.equal(canvas.pixels[4 * 8 + 3], 0xff302010 | 0);
  assert.equal(canvas.pixels[3 * 8 + 3], 0xff646464 | 0);
  layOver(canvas, disc(4, 4, 0x80400000 | 0), 2, 3);
  assertNear(canvas.pixels[4 * 8 + 3], [8, 16, 24 + 64, 255], "mixed");
});

Deno.test("layOver() moves by parts of a pixel", () => {
  const canvas = canvasOf(8, 8);
  layOver(canvas, disc(4, 4, 0xffc8c8c8 | 0), 2.25, 2);
  const row = [...canvas.pixels.slice(3 * 8 + 2, 3 * 8 + 7)].map((pixel) => pixel & 255);
  [0, 150, 200, 50, 0].forEach((want, k) =>
    assert.ok(Math.abs(row[k] - want) <= ROUNDING, `${row}`)
  );
});

Deno.test("layOver() touches nothing outside, wherever the cutout lies", () => {
  const cutout = disc(7, 6, 0xffffffff | 0);
  const at = fc.double({ min: -12, max: 14, noNaN: true });
  fc.assert(fc.property(at, at, (x, y) => {
    const canvas = canvasOf(9, 8, 0xff000001 | 0);
    layOver(canvas, cutout, x, y);
    canvas.pixels.forEach((pixel, k) => {
      const [column, row] = [k % 9, Math.floor(k / 9)];
      const covers = column > x - 1 && column < x + 7 && row > y - 1 && row < y + 6;
      if (!covers) assert.equal(pixel, 0xff000001 | 0, `${column},${row}`);
      const within = column >= x + 1 && column <= x + 5 && row >= y + 1 && row <= y + 4;
      if (within) assert.equal(pixel, 0xffffffff | 0, `${column},${row}`);
    });
  }));
});
