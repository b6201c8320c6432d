import assert from "node:assert/strict";
import fc from "fast-check";
import jpeg from "jpeg-js";
import { jpegSize } from "./jpeg_size.ts";

function jpegOf(width: number, height: number): Uint8Array {
  const data = new Uint8Array(4 * width * height);
  return new Uint8Array(jpeg.encode({ data, width, height }, 50).data);
}

/** The same with a segment before the frame header. */
function withSegment(bytes: Uint8Array, ...segment: readonly number[]): Uint8Array {
  return Uint8Array.of(...bytes.subarray(0, 2), ...segment, ...bytes.subarray(2));
}

Deno.test("jpegSize() reads width and height, whatever stands before them", () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 40 }),
      (width, height) => {
        const bytes = jpegOf(width, height);
        assert.deepEqual(jpegSize(bytes), { width, height });
        assert.deepEqual(jpegSize(withSegment(bytes, 0xff, 0xfe, 0, 3, 7)), { width, height });
        assert.deepEqual(jpegSize(withSegment(bytes, 0xff, 0xff)), { width, height });
        assert.deepEqual(jpegSize(withSegment(bytes, 0xff, 0xd0)), { width, height });
      },
    ),
    { numRuns: 20 },
  ));

Deno.test("jpegSize() of committed photographs", async () => {
  for (const scene of [0, 5]) {
    const url = new URL(`../../models/calibration/scene_${scene}.jpg`, import.meta.url);
    const bytes = await Deno.readFile(url);
    const { width, height } = jpeg.decode(bytes);
    assert.deepEqual(jpegSize(bytes), { width, height });
  }
});

Deno.test("jpegSize() of what is no JPEG, or cut off, is null or the size, and never fails", () => {
  const bytes = jpegOf(9, 5);
  assert.equal(jpegSize(new Uint8Array(0)), null);
  assert.equal(jpegSize(Uint8Array.of(0xff, 0xd8, 0xff, 0xd9)), null);
  for (let length = 0; length < bytes.length; length++) {
    const size = jpegSize(bytes.subarray(0, length));
    if (size) assert.deepEqual(size, { width: 9, height: 5 });
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
    jpegSize(Uint8Array.of(0xff, 0xd8, ...noise));
  }));
});
