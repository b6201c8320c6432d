import assert from "node:assert/strict";
import fc from "fast-check";
import { boxInThumbnail, cropOf } from "./crop.ts";

const share = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);
const box = fc.tuple(share, share, share, share).map(([x, y, width, height]) => ({
  x,
  y,
  width: Math.min(width, 1 - x),
  height: Math.min(height, 1 - y),
}));
const side = fc.integer({ min: 1, max: 4000 });
const size = fc.record({ width: side, height: side });

Deno.test("cropOf() is within the frame, at least a pixel, and holds the box", () =>
  fc.assert(fc.property(size, box, (size, box) => {
    const { x, y, width, height } = cropOf(size, box);
    assert.ok([x, y, width, height].every(Number.isInteger));
    assert.ok(x >= 0 && y >= 0 && width >= 1 && height >= 1);
    assert.ok(x + width <= size.width && y + height <= size.height);
    const within = 1e-9 * Math.max(size.width, size.height);
    assert.ok(x <= box.x * size.width + within && y <= box.y * size.height + within);
    assert.ok(x + width >= (box.x + box.width) * size.width - within);
    assert.ok(y + height >= (box.y + box.height) * size.height - within);
  })));

Deno.test("boxInThumbnail() is the same place as in the frame", () =>
  fc.assert(fc.property(size, box, (size, box) => {
    const [crop, inside] = [cropOf(size, box), boxInThumbnail(box, size)];
    const within = 1e-6 * Math.max(size.width, size.height);
    const isClose = (a: number, b: number) => Math.abs(a - b) <= within;
    assert.ok(isClose(crop.x + inside.x * crop.width, box.x * size.width));
    assert.ok(isClose(crop.y + inside.y * crop.height, box.y * size.height));
    assert.ok(isClose(inside.width * crop.width, box.width * size.width));
    assert.ok(isClose(inside.height * crop.height, box.height * size.height));
  })));

Deno.test("boxInThumbnail() leaves the margin around an object in the middle, none at the edge", () => {
  const middle = boxInThumbnail({ x: 0.4, y: 0.4, width: 0.2, height: 0.2 }, undefined);
  for (const [share, expected] of [[middle.x, 0.15 / 1.3], [middle.width, 1 / 1.3]]) {
    assert.ok(Math.abs(share - expected) < 1e-6);
  }
  const edge = boxInThumbnail({ x: 0, y: 0, width: 0.2, height: 1 }, { width: 1000, height: 1000 });
  assert.equal(edge.x, 0);
  assert.equal(edge.height, 1);
  assert.ok(Math.abs(edge.width - 200 / 230) < 1e-9);
});
