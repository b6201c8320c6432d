import assert from "node:assert/strict";
import { encode } from "fast-png";
import jpeg from "jpeg-js";
import { decodePicture, readPicture } from "./picture_file.ts";

Deno.test("decodePicture() makes RGBA of grey, grey with alpha, RGB and RGBA", () => {
  const cases: [number, number[], number[]][] = [
    [1, [7, 200], [7, 7, 7, 255, 200, 200, 200, 255]],
    [2, [7, 0, 200, 9], [7, 7, 7, 0, 200, 200, 200, 9]],
    [3, [1, 2, 3, 4, 5, 6], [1, 2, 3, 255, 4, 5, 6, 255]],
    [4, [1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 5, 6, 7, 8]],
  ];
  for (const [channels, data, rgba] of cases) {
    const png = encode({ width: 2, height: 1, channels, depth: 8, data: Uint8Array.from(data) });
    const decoded = decodePicture(png);
    assert.deepEqual([decoded.width, decoded.height, [...decoded.data]], [2, 1, rgba]);
  }
});

Deno.test("decodePicture() reads a JPEG", () => {
  const data = new Uint8Array(8 * 8 * 4).fill(128);
  const bytes = jpeg.encode({ width: 8, height: 8, data }, 90).data;
  const { width, height, data: decoded } = decodePicture(Uint8Array.from(bytes));
  assert.deepEqual([width, height, decoded.length], [8, 8, 256]);
  assert.ok(Math.abs(decoded[0] - 128) < 4);
});

Deno.test("readPicture() tells which file it cannot read, and why", async () => {
  await assert.rejects(readPicture("/nowhere/x.png"), /Cannot read picture \/nowhere\/x\.png: /);
  assert.throws(() => decodePicture(new Uint8Array(0)), /neither PNG nor JPEG/);
  const deep = encode({ width: 1, height: 1, channels: 1, depth: 16, data: Uint16Array.of(500) });
  assert.throws(() => decodePicture(deep), /16 bits/);
});
