import assert from "node:assert/strict";
import fc from "fast-check";
import { compareKeys, type KeyBound } from "../field/store/disk_key.ts";
import { decodeKey, encodeKey } from "./sqlite_key.ts";

const anyPart = fc.oneof(
  fc.constantFrom(0, -1, 1, 0.5, -0.5, 1e300, 5e-324, -5e-324, Infinity, -Infinity),
  fc.constantFrom("", "\u0000", "~", "\u007f", "\u407e", "\u407f", "\uffff", "\u{1f43b}"),
  fc.double({ noNaN: true }).map((part) => part === 0 ? 0 : part),
  fc.string({ unit: "binary" }),
);
const anyKey = fc.array(anyPart, { maxLength: 4 });

/** Negative, 0 or positive, as `memcmp` has it. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? a.length - b.length : a[at] - (b[at] ?? -1);
}

Deno.test("encodeKey() keeps the order of keys, and of what lies after all that begin with one", () => {
  const anyBound: fc.Arbitrary<KeyBound> = fc.tuple(anyKey, fc.boolean())
    .map(([key, isEnd]) => isEnd ? [...key, []] : key);
  fc.assert(fc.property(anyBound, anyBound, (a, b) => {
    const order = compareBytes(encodeKey(a), encodeKey(b));
    assert.equal(Math.sign(order), Math.sign(compareKeys(a, b)));
  }));
});

Deno.test("decodeKey() gives back what encodeKey() was given", () => {
  fc.assert(fc.property(anyKey, (key) => assert.deepEqual(decodeKey(encodeKey(key)), key)));
  assert.deepEqual(decodeKey(encodeKey([-0])), [0]);
});

Deno.test("decodeKey() refuses what is no key, whatever the bytes", () => {
  const end = encodeKey(["a", []]);
  assert.throws(() => decodeKey(end), RangeError);
  const whole = encodeKey(["\u407f", 1]);
  for (let length = 1; length < whole.length; length++) {
    const isKey = length === encodeKey(["\u407f"]).length;
    if (!isKey) assert.throws(() => decodeKey(whole.subarray(0, length)), RangeError);
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
    try {
      decodeKey(bytes);
    } catch (cause) {
      assert.ok(cause instanceof RangeError);
    }
  }));
});
