import assert from "node:assert/strict";
import { cutOut, type CutoutPlan, outline, type Picture, roundedRectangle } from "./cutout.ts";

const EDGES = [10, 10, 50, 40] as const;
const PLAN: CutoutPlan = {
  shape: roundedRectangle(EDGES, 5),
  crop: EDGES,
  object: [20, 15, 40, 35],
  scaleX: 1,
  scaleY: 1,
  tilt: 0,
  gain: 1,
  gamma: 1,
  rim: 3,
};

function plain(width: number, height: number, rgb: readonly number[]): Picture {
  const data = Uint8Array.from({ length: width * height * 4 }, (_, k) => [...rgb, 255][k % 4]);
  return { width, height, data };
}

const PICTURE = plain(60, 50, [100, 150, 200]);

Deno.test("roundedRectangle() tells the distance to its edge, negative inside", () => {
  const distance = roundedRectangle([0, 0, 20, 10], 4);
  assert.equal(distance(10, 5), -5);
  assert.equal(distance(10, 0), 0);
  assert.equal(distance(23, 5), 3);
  assert.equal(distance(0, 0), Math.hypot(4, 4) - 4);
});

Deno.test("outline() tells inside from outside and rounds corners off", () => {
  const distance = outline([[0, 0], [100, 0], [100, 100], [0, 100]]);
  assert.equal(distance(50, 50), -50);
  assert.equal(distance(50, -10), 10);
  assert.ok(distance(1, 1) > 0);
  assert.ok(distance(20, 20) < 0);
});

Deno.test("cutOut() keeps the picture inside, a rim around it and clear pixels all round", () => {
  const { width, height, pixels } = cutOut(PICTURE, PLAN, 1);
  const middle = (height >> 1) * width;
  assert.equal(pixels[middle + (width >> 1)], 0xffc89664 | 0);
  const row = [...pixels.slice(middle, middle + (width >> 1))];
  const rim = row.filter((pixel) => pixel === (0xfff4f4f4 | 0)).length;
  assert.ok(rim >= 2 && rim <= 3, `${rim} pixels of rim`);
  const border = [...pixels].filter((_, k) =>
    k < width || k >= width * (height - 1) || k % width === 0 || k % width === width - 1
  );
  assert.ok(border.every((pixel) => pixel === 0));
});

Deno.test("cutOut() never makes a colour brighter than its transparency allows", () => {
  const white = plain(60, 50, [255, 255, 255]);
  for (const pixel of cutOut(white, { ...PLAN, tilt: 0.3, gain: 2 }, 1.3).pixels) {
    const alpha = pixel >>> 24;
    assert.ok([0, 8, 16].every((shift) => (pixel >>> shift & 255) <= alpha));
  }
});

Deno.test("cutOut() maps the object with size and tilt", () => {
  const upright = cutOut(PICTURE, PLAN, 2);
  const [left, top, right, bottom] = upright.object;
  assert.deepEqual([right - left, bottom - top], [40, 40]);
  assert.deepEqual([(left + right) / 2, (top + bottom) / 2], [
    upright.width / 2,
    upright.height / 2,
  ]);
  const [tiltedLeft, , tiltedRight] = cutOut(PICTURE, { ...PLAN, tilt: Math.PI / 4 }, 1).object;
  assert.ok(Math.abs(tiltedRight - tiltedLeft - Math.hypot(20, 20)) < 1e-9);
});

Deno.test("cutOut() brightens by gain and gamma", () => {
  const { width, height, pixels } = cutOut(PICTURE, { ...PLAN, gain: 1.1, gamma: 0.8 }, 1);
  const red = pixels[(height >> 1) * width + (width >> 1)] & 255;
  assert.equal(red, Math.round(255 * 1.1 * (100 / 255) ** 0.8));
});
