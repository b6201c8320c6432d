import assert from "node:assert/strict";
import fc from "fast-check";
import { fitWithin } from "./frame_size.ts";

Deno.test("fitWithin() shrinks the longer side to the limit and keeps the shape", () => {
  assert.deepEqual(fitWithin({ width: 1280, height: 720 }, 640), { width: 640, height: 360 });
  assert.deepEqual(fitWithin({ width: 720, height: 1280 }, 640), { width: 360, height: 640 });
});

Deno.test("fitWithin() leaves alone what is small enough", () => {
  assert.deepEqual(fitWithin({ width: 640, height: 1 }, 640), { width: 640, height: 1 });
  assert.deepEqual(fitWithin({ width: 3, height: 2 }, 640), { width: 3, height: 2 });
});

Deno.test("fitWithin() always gives whole pixels within the limit", () => {
  const side = fc.integer({ min: 1, max: 100_000 });
  fc.assert(fc.property(side, side, (width, height) => {
    const fitted = fitWithin({ width, height }, 640);
    for (const pixels of [fitted.width, fitted.height]) {
      assert.ok(Number.isInteger(pixels) && pixels >= 1 && pixels <= 640);
    }
  }));
});
