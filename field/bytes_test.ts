import assert from "node:assert/strict";
import fc from "fast-check";
import {
  equalBytes,
  fromBase64Url,
  fromHex,
  isHex,
  joinBytes,
  plainBytes,
  sha256,
  toBase64Url,
  toHex,
} from "./bytes.ts";

const bytes = fc.uint8Array({ maxLength: 300 });

/** Any UTF-16, whole or not. */
const anyText = fc.array(fc.nat(0xffff), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units));

Deno.test("toHex() writes two lower-case digits a byte", () => {
  assert.equal(toHex(Uint8Array.of(0, 1, 0xab, 0xff)), "0001abff");
  assert.equal(toHex(new Uint8Array(0)), "");
});

Deno.test("fromHex() is the inverse of toHex()", () => {
  fc.assert(fc.property(bytes, (some) => assert.deepEqual(fromHex(toHex(some)), some)));
});

Deno.test("fromHex() throws on what is not an even number of lower-case digits", () => {
  for (const text of ["0", "0g", "AB", "ab ", " ab", "ab\n", "0x00"]) {
    assert.throws(() => fromHex(text), /Cannot read hex/, text);
  }
});

Deno.test("isHex() holds for exactly the hex of that many bytes", () => {
  assert.ok(isHex("00ff", 2));
  assert.ok(isHex("", 0));
  for (const other of ["00f", "00ff0", "00FF", "00fg", "00f\n", null, undefined, 255, ["00ff"]]) {
    assert.ok(!isHex(other, 2), String(other));
  }
});

Deno.test("toBase64Url() gives the vectors of RFC 4648 in the URL alphabet, without padding", () => {
  const encode = (text: string) => toBase64Url(new TextEncoder().encode(text));
  assert.deepEqual(
    ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(encode),
    ["", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"],
  );
  assert.equal(toBase64Url(Uint8Array.of(0xfb, 0xff, 0xfe)), "-__-");
});

Deno.test("fromBase64Url() is the inverse of toBase64Url()", () => {
  fc.assert(fc.property(bytes, (some) => assert.deepEqual(fromBase64Url(toBase64Url(some)), some)));
});

Deno.test("fromBase64Url() is null for text outside the alphabet, padded, or of impossible length", () => {
  for (const text of ["Zg==", "Z", "Zm9vY", "Zm+v", "Zm/v", "Zm 9", "Zm9v\n", "é"]) {
    assert.equal(fromBase64Url(text), null, text);
  }
});

Deno.test("fromBase64Url() never throws on any text", () => {
  fc.assert(fc.property(anyText, (text) => {
    const read = fromBase64Url(text);
    assert.ok(read === null || read instanceof Uint8Array);
  }));
});

Deno.test("equalBytes() compares length and every byte", () => {
  fc.assert(fc.property(bytes, bytes, (a, b) => {
    assert.equal(equalBytes(a, b), toHex(a) === toHex(b));
    assert.ok(equalBytes(a, a.slice()));
  }));
  assert.ok(!equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 3)));
  assert.ok(!equalBytes(Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2)));
  assert.ok(!equalBytes(Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 4)));
});

Deno.test("joinBytes() puts all parts one after another", () => {
  fc.assert(fc.property(fc.array(bytes, { maxLength: 6 }), (parts) => {
    assert.equal(toHex(joinBytes(...parts)), parts.map(toHex).join(""));
  }));
});

Deno.test("plainBytes() keeps bytes over a plain buffer and copies shared ones", () => {
  const plain = Uint8Array.of(1, 2);
  assert.equal(plainBytes(plain), plain);
  const shared = new Uint8Array(new SharedArrayBuffer(2));
  shared.set([3, 4]);
  const copy = plainBytes(shared);
  assert.ok(copy.buffer instanceof ArrayBuffer);
  assert.deepEqual([...copy], [3, 4]);
});

Deno.test("sha256() gives the vectors of FIPS 180-2, also over a part of a buffer", async () => {
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  assert.equal(toHex(await sha256(new TextEncoder().encode("abc"))), abc);
  assert.equal(toHex(await sha256(new Uint8Array(0))), empty);
  assert.equal(toHex(await sha256(new TextEncoder().encode("xabcx").subarray(1, 4))), abc);
});
