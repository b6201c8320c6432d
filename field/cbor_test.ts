import assert from "node:assert/strict";
import fc from "fast-check";
import { fromHex, toHex } from "./bytes.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";

/** What the project writes: no floats but those it cannot avoid, no undefined. */
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.maxSafeInteger().map((n) => n === 0 ? 0 : n),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie("value"), { maxLength: 5 }),
  ),
})).value;

Deno.test("encodeCbor() gives the canonical vectors of RFC 8949, appendix A", () => {
  const vectors: [unknown, string][] = [
    [0, "00"],
    [23, "17"],
    [24, "1818"],
    [255, "18ff"],
    [256, "190100"],
    [65536, "1a00010000"],
    [2 ** 32, "1b0000000100000000"],
    [-1, "20"],
    [-1000, "3903e7"],
    [1.5, "f93e00"],
    [1.1, "fb3ff199999999999a"],
    [false, "f4"],
    [null, "f6"],
    [fromHex("01020304"), "4401020304"],
    ["IETF", "6449455446"],
    ["\u6c34", "63e6b0b4"],
    [[], "80"],
    [[1, [2, 3], [4, 5]], "8301820203820405"],
    [{ b: 1, a: 2 }, "a26161026162" + "01"],
  ];
  for (const [value, hex] of vectors) {
    assert.equal(toHex(encodeCbor(value)), hex);
    assert.deepEqual(decodeCbor(fromHex(hex)), { value });
  }
});

Deno.test("decodeCbor() is the inverse of encodeCbor()", () => {
  fc.assert(fc.property(plain, (value) => {
    assert.deepEqual(decodeCbor(encodeCbor(value)), { value });
  }));
});

Deno.test("encodeCbor() gives bytes over a buffer of their own: they are stored and transferred", () => {
  const upTo600 = Array.from({ length: 600 }, (_, size) => size);
  for (const size of [...upTo600, 1000, 5000, 100_000]) {
    for (const value of [[new Uint8Array(size)], "x".repeat(size), new Array(size).fill(0)]) {
      const bytes = encodeCbor(value);
      assert.equal(bytes.buffer.byteLength, bytes.length, `${size}`);
      assert.equal(bytes.constructor, Uint8Array, `${size}`);
    }
  }
});

Deno.test("decodeCbor() gives bytes over a buffer of their own: IndexedDB stores whole buffers", () => {
  const value = decodeCbor(encodeCbor([new Uint8Array(3), new Uint8Array(500)]))?.value;
  assert.ok(Array.isArray(value));
  assert.deepEqual(value.map((one) => one.buffer.byteLength), [3, 500]);
});

Deno.test("decodeCbor() is null for what is malformed", () => {
  const malformed = {
    "empty": "",
    "a head without its bytes": "18",
    "an array that ends early": "8201",
    "a map that ends early": "a16161",
    "bytes that end early": "440102",
    "something after the end": "0000",
    "an unknown head": "1c",
    "a break alone": "ff",
    "an unknown tag": "c100",
    "an unassigned simple value": "f8ff",
  };
  for (const [what, hex] of Object.entries(malformed)) {
    assert.equal(decodeCbor(fromHex(hex)), null, what);
  }
});

Deno.test("decodeCbor() is null for what is CBOR but not canonical", () => {
  const loose = {
    "an integer in more bytes than it needs": "1800",
    "a length in more bytes than it needs": "980100",
    "an array of indefinite length": "9f01ff",
    "text of indefinite length": "7f6161ff",
    "undefined": "f7",
    "NaN": "f97e00",
    "infinity": "f97c00",
    "a doubled key": "a2616101616102",
    "keys out of order": "a2616201616102",
    "a whole number as a float": "f93c00",
    "a whole number as a long float": "fb3ff0000000000000",
    "negative zero": "f98000",
    "a float in more bytes than it needs": "fb3ff8000000000000",
    "text that is not UTF-8": "61ff",
  };
  const taken = Object.entries(loose).filter(([, hex]) => decodeCbor(fromHex(hex)) !== null);
  assert.deepEqual(taken.map(([what]) => what), []);
});

Deno.test("decodeCbor() takes only bytes that encodeCbor() would write", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
      const decoded = decodeCbor(bytes);
      if (decoded) assert.equal(toHex(encodeCbor(decoded.value)), toHex(bytes));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("decodeCbor() is null for nesting that would exhaust the stack", () => {
  assert.equal(decodeCbor(new Uint8Array(65_536).fill(0x81)), null);
});

Deno.test("decodeCbor() does not let a key reach an object's prototype", () => {
  const value = decodeCbor(fromHex("a1695f5f70726f746f5f5f" + "a1617801"))?.value;
  assert.ok(typeof value === "object" && value !== null);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.ok(!("x" in value));
});
