import assert from "node:assert/strict";
import fc from "fast-check";
import { crc32, seal, sealOf, unseal } from "./checksum.ts";

Deno.test("crc32() gives the check values of its specification", () => {
  const of = (text: string) => crc32(new TextEncoder().encode(text));
  assert.equal(of("123456789"), 0xcbf43926);
  assert.equal(of(""), 0);
  assert.equal(of("The quick brown fox jumps over the lazy dog"), 0x414fa339);
});

Deno.test("unseal() gives what was sealed, and null once any bit of it is another", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(), (bytes, at) => {
      const sealed = seal(bytes);
      assert.deepEqual(unseal(sealed), new Uint8Array(bytes));
      assert.equal(sealOf(sealed), crc32(bytes));
      const bit = at % (8 * sealed.length);
      sealed[bit >> 3] ^= 1 << (bit & 7);
      assert.equal(unseal(sealed), null);
      assert.equal(unseal(sealed.subarray(0, at % 4)), null);
    }),
  );
});

Deno.test("unseal() reads bytes that are a part of others", () => {
  const sealed = seal(Uint8Array.of(1, 2, 3));
  const larger = new Uint8Array(sealed.length + 7);
  larger.set(sealed, 5);
  assert.deepEqual(unseal(larger.subarray(5, 5 + sealed.length)), Uint8Array.of(1, 2, 3));
});
