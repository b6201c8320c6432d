import assert from "node:assert/strict";
import fc from "fast-check";
import { frameDigest, murmur3 } from "./frame_digest.ts";

const size = { width: 3, height: 3 };

Deno.test("murmur3() has SMHasher's verification value", () => {
  // of the digests of 0 to 255 bytes 0, 1, 2 …, each with seed 256 - length
  const digests = new Uint32Array(256 * 4);
  for (let length = 0; length < 256; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => i);
    digests.set(murmur3(bytes, 256 - length), length * 4);
  }
  assert.equal(murmur3(new Uint8Array(digests.buffer), 0)[0], 0xb3ece62a);
});

Deno.test("murmur3() of bytes is the same wherever in a buffer they are", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(7), (bytes, offset) => {
    const within = new Uint8Array(bytes.length + offset + 3).fill(0xa5);
    within.set(bytes, offset);
    const part = within.subarray(offset, offset + bytes.length);
    assert.deepEqual(murmur3(part, 1), murmur3(bytes, 1));
  }));
});

Deno.test("frameDigest() differs when any bit of any byte does", () => {
  const data = Uint8ClampedArray.from({ length: 36 }, (_, i) => i * 7);
  const digests = new Set([frameDigest({ ...size, data })]);
  for (let bit = 0; bit < 36 * 8; bit++) {
    const other = data.slice();
    other[bit >> 3] ^= 1 << (bit & 7);
    digests.add(frameDigest({ ...size, data: other }));
  }
  assert.equal(digests.size, 36 * 8 + 1);
});

Deno.test("frameDigest() differs for the same bytes of another shape", () => {
  const data = new Uint8Array(36);
  const upright = frameDigest({ width: 1, height: 9, data });
  assert.notEqual(upright, frameDigest({ width: 9, height: 1, data }));
  assert.notEqual(upright, frameDigest({ ...size, data }));
});
