import assert from "node:assert/strict";
import type { Cutout } from "../cutout/cutout.ts";
import { type Canvas, copyPart, layOver, shrunk } from "./canvas.ts";

const GREY = 0xff808080 | 0;

function canvasOf(width: number, height: number, pixel: (x: number, y: number) => number): Canvas {
  const pixels = Int32Array.from(
    { length: width * height },
    (_, i) => pixel(i % width, Math.floor(i / width)),
  );
  return { width, height, pixels };
}

function cutoutOf(canvas: Canvas): Cutout {
  return { ...canvas, object: [0, 0, canvas.width, canvas.height] };
}

Deno.test("copyPart() takes the part whose corner it is given", () => {
  const from = canvasOf(10, 8, (x, y) => 100 * y + x);
  const into = canvasOf(3, 2, () => 0);
  copyPart(into, from, 7, 6);
  assert.deepEqual([...into.pixels], [607, 608, 609, 707, 708, 709]);
});

Deno.test("layOver() covers where it is opaque, leaves what it does not, and is cut at every edge", () => {
  const patch = cutoutOf(canvasOf(3, 3, (x, y) => x === 1 && y === 1 ? 0 : 0xff0000ff | 0));
  for (let left = -4; left <= 5; left++) {
    for (let top = -4; top <= 5; top++) {
      const canvas = canvasOf(5, 5, () => GREY);
      layOver(canvas, patch, left, top);
      canvas.pixels.forEach((pixel, i) => {
        const [x, y] = [i % 5 - left, Math.floor(i / 5) - top];
        const isIn = x >= 0 && x < 3 && y >= 0 && y < 3 && !(x === 1 && y === 1);
        assert.equal(pixel, isIn ? 0xff0000ff | 0 : GREY, `${left},${top} at ${i}`);
      });
    }
  }
});

Deno.test("layOver() mixes with what is beneath, within a level, and stays opaque", () => {
  for (let alpha = 0; alpha < 256; alpha++) {
    const canvas = canvasOf(1, 1, () => 0xffc86432 | 0);
    layOver(canvas, cutoutOf(canvasOf(1, 1, () => alpha << 24 | alpha)), 0, 0);
    const channels = [0, 8, 16].map((shift) => canvas.pixels[0] >>> shift & 255);
    const wanted = [0x32, 0x64, 0xc8].map((under, k) =>
      (k === 0 ? alpha : 0) + under * (255 - alpha) / 255
    );
    channels.forEach((channel, k) =>
      assert.ok(Math.abs(channel - wanted[k]) <= 1.5, `${alpha}: ${channels} for ${wanted}`)
    );
    assert.ok(canvas.pixels[0] >>> 24 >= 253);
  }
});

Deno.test("shrunk() gives the mean of each square, with clear beyond the edge", () => {
  const cutout = cutoutOf(canvasOf(3, 2, (x) => x === 2 ? 0xff0000f0 | 0 : 0xff000010 | 0));
  const { width, height, pixels, object } = shrunk(cutout, 2);
  assert.deepEqual([width, height, object], [2, 1, [0, 0, 1.5, 1]]);
  assert.deepEqual([...pixels], [0xff000010 | 0, 0x80000078 | 0]);
});
