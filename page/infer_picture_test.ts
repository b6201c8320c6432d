import assert from "node:assert/strict";
import { copyPicture, withPixels } from "./infer_picture.ts";

Deno.test("copyPicture() copies just the view that it is given", () => {
  const memory = new Uint8ClampedArray(40).map((_, at) => at);
  const picture = memory.subarray(8, 32);
  const { rgba, width, height } = copyPicture(picture, { width: 3, height: 2 });
  memory.fill(0);
  assert.deepEqual([width, height, rgba.byteLength], [3, 2, 24]);
  assert.deepEqual([...new Uint8Array(rgba)], Array.from({ length: 24 }, (_, at) => at + 8));
});

Deno.test("copyPicture() throws bad-frame naming what does not fit", () => {
  const bytes = (count: number) => new Uint8Array(count);
  const bad = { code: "bad-frame" };
  assert.throws(() => copyPicture(bytes(23), { width: 3, height: 2 }), {
    ...bad,
    message: /24 bytes, not 23/,
  });
  for (const width of [0, -1, 1.5, NaN, Infinity]) {
    assert.throws(() => copyPicture(bytes(0), { width, height: 1 }), bad);
  }
  assert.throws(() => copyPicture(bytes(0), { width: 1, height: 0 }), bad);
  assert.throws(() => copyPicture(bytes(0), { width: 100_000, height: 100_000 }), bad);
});

Deno.test("withPixels() adds the box in the picture's pixels", () => {
  const box = { x: 0.5, y: 0.25, width: 0.25, height: 0.5 };
  const { pixels, ...rest } = withPixels({ label: "cat", score: 0.4, box }, {
    width: 640,
    height: 480,
  });
  assert.deepEqual(pixels, { x: 320, y: 120, width: 160, height: 240 });
  assert.deepEqual(rest, { label: "cat", score: 0.4, box });
});
