import assert from "node:assert/strict";
import fc from "fast-check";
import { BLOCKS, COLUMNS, greyThumbnail, LEVEL, ROWS, WHITE } from "./grey_thumbnail.ts";

const side = fc.integer({ min: 1, max: 90 });

function filled(width: number, height: number, rgb: readonly [number, number, number]) {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let at = 0; at < data.length; at += 4) data.set(rgb, at);
  return { width, height, data };
}

Deno.test("greyThumbnail() of one grey is that grey in every block, whatever the size", () => {
  fc.assert(fc.property(side, side, fc.nat(255), (width, height, grey) => {
    const thumbnail = greyThumbnail(filled(width, height, [grey, grey, grey]));
    assert.equal(thumbnail.length, BLOCKS);
    assert.ok(thumbnail.every((block) => block === grey * LEVEL));
  }));
});

Deno.test("greyThumbnail() of one grey is that grey also where it does not read every row", () => {
  for (const height of [479, 480, 504, 515, 1000]) {
    const thumbnail = greyThumbnail(filled(40, height, [77, 77, 77]));
    assert.ok(thumbnail.every((block) => block === 77 * LEVEL), `${height}`);
  }
});

Deno.test("greyThumbnail() weighs colours as the eye does", () => {
  const grey = (rgb: readonly [number, number, number]) => greyThumbnail(filled(64, 48, rgb))[0];
  const [red, green, blue] = [grey([255, 0, 0]), grey([0, 255, 0]), grey([0, 0, 255])];
  assert.deepEqual([red, green, blue].map((one) => Math.round((100 * one) / WHITE)), [30, 59, 11]);
});

Deno.test("greyThumbnail() puts what is in a block into that block alone", () => {
  for (const [width, height] of [[640, 480], [480, 640], [333, 77], [32, 24]]) {
    const blockWidth = Math.floor(width / COLUMNS);
    const blockHeight = Math.floor(height / ROWS);
    for (const [column, row] of [[0, 0], [31, 23], [7, 19]]) {
      const frame = filled(width, height, [0, 0, 0]);
      const [left, top] = [
        Math.floor((column * width) / COLUMNS),
        Math.floor((row * height) / ROWS),
      ];
      for (let y = top; y < top + blockHeight; y++) {
        frame.data.fill(255, (y * width + left) * 4, (y * width + left + blockWidth) * 4);
      }
      const lit = [...greyThumbnail(frame).entries()].filter(([, grey]) => grey > 0);
      assert.deepEqual(lit.map(([block]) => block), [row * COLUMNS + column]);
    }
  }
});

Deno.test("greyThumbnail() is the mean of the rows that it reads", () => {
  const frame = filled(640, 480, [0, 0, 0]);
  // of a block of 20 rows every other is read
  for (let y = 0; y < 20; y += 4) frame.data.fill(200, y * 640 * 4, (y * 640 + 20) * 4);
  assert.equal(greyThumbnail(frame)[0], 100 * LEVEL);
});

Deno.test("greyThumbnail() refuses what is no frame", () => {
  const data = new Uint8Array(16);
  for (const [width, height] of [[0, 4], [4, 0], [2, 3], [1, 3]]) {
    assert.throws(() => greyThumbnail({ width, height, data }), RangeError);
  }
});
