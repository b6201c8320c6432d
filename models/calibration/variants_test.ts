import assert from "node:assert/strict";
import type { Frame } from "../../kernels/engine.ts";
import { brightened, cropped, farther, mirrored } from "./variants.ts";

/** One byte a pixel says all: red is the pixel's number, alpha 255. */
function numbered(width: number, height: number): Frame {
  const data = new Uint8Array(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) data.set([pixel, 7, 9, 255], pixel * 4);
  return { width, height, data };
}

function reds({ data }: Frame): number[] {
  return [...data].filter((_, at) => at % 4 === 0);
}

Deno.test("cropped() takes a part, and never less than a pixel", () => {
  const part = cropped(numbered(4, 3), { left: 0.25, top: 0.34, width: 0.5, height: 0.67 });
  assert.deepEqual([part.width, part.height, reds(part)], [2, 2, [5, 6, 9, 10]]);
  const least = cropped(numbered(4, 3), { left: 0.99, top: 0.99, width: 0.01, height: 0.01 });
  assert.deepEqual([least.width, least.height, reds(least)], [1, 1, [11]]);
});

Deno.test("mirrored() exchanges left and right, and twice does nothing", () => {
  const frame = numbered(3, 2);
  assert.deepEqual(reds(mirrored(frame)), [2, 1, 0, 5, 4, 3]);
  assert.deepEqual(mirrored(mirrored(frame)), frame);
});

Deno.test("brightened() changes colours, not alpha, and stops at white", () => {
  const frame: Frame = { width: 1, height: 1, data: Uint8Array.of(10, 100, 200, 100) };
  assert.deepEqual([...brightened(frame, 150).data], [15, 150, 255, 100]);
  assert.deepEqual([...brightened(frame, 45).data], [4, 45, 90, 100]);
});

Deno.test("farther() puts the frame into the middle of a grey one", () => {
  const far = farther(numbered(2, 1), 3);
  assert.deepEqual([far.width, far.height], [6, 3]);
  const grey = new Array<number>(6).fill(128);
  assert.deepEqual(reds(far), [...grey, 128, 128, 0, 1, 128, 128, ...grey]);
});
