import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteReader, ByteWriter } from "./byte_stream.ts";
import { toHex } from "./bytes.ts";

const anyOptions = fc.record({
  base: fc.oneof(fc.constant(0), fc.double({ noNaN: true }), fc.maxSafeInteger()),
  perUnit: fc.constantFrom(1, 1000, 1e7),
});

function written(write: (to: ByteWriter) => void): ByteReader {
  const to = new ByteWriter();
  write(to);
  return new ByteReader(to.take());
}

Deno.test("ByteReader reads every number exactly as ByteWriter wrote it", () => {
  const anyNumber = fc.oneof(
    fc.double(),
    fc.maxSafeInteger(),
    fc.integer({ min: -3000, max: 3000 }).map((steps) => steps / 1000),
    fc.constantFrom(0, -0, 2 ** 50, -(2 ** 50), 2 ** 53 - 1, NaN, Infinity, -Infinity, 5e-324),
  );
  fc.assert(
    fc.property(anyNumber, anyOptions, (number, options) => {
      const from = written((to) => to.number(number, options));
      assert.ok(Object.is(from.number(options), number));
      assert.ok(from.isAtEnd);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("ByteWriter writes a whole number of steps near the base in few bytes", () => {
  const lengthOf = (...args: Parameters<ByteWriter["number"]>) => {
    const to = new ByteWriter();
    to.number(...args);
    return to.take().length;
  };
  assert.equal(lengthOf(0.999, { perUnit: 1000 }), 2);
  assert.equal(lengthOf(1_800_000_000_010, { base: 1_800_000_000_000 }), 1);
  assert.equal(lengthOf(1_799_999_999_990, { base: 1_800_000_000_000 }), 1);
  assert.equal(lengthOf(1 / 3, { perUnit: 1000 }), 9);
});

Deno.test("ByteReader reads counts, texts, hex, blocks and lists in the order they were written", () => {
  const anyPart = fc.record({
    count: fc.maxSafeInteger().map(Math.abs),
    text: fc.string({ unit: "grapheme" }),
    bytes: fc.uint8Array({ maxLength: 400 }),
  });
  fc.assert(
    fc.property(fc.array(anyPart), (parts) => {
      const from = written((to) => {
        to.count(parts.length);
        for (const { count, text, bytes } of parts) {
          to.count(count);
          to.text(text);
          to.block(bytes);
          to.hex(toHex(bytes));
        }
      });
      const read = from.list(() => {
        const [count, text, bytes] = [from.count(), from.text(), from.block()];
        return { count, text, bytes, hex: from.hex(bytes.length) };
      });
      assert.deepEqual(
        read,
        parts.map((part) => ({
          ...part,
          bytes: new Uint8Array(part.bytes),
          hex: toHex(part.bytes),
        })),
      );
      assert.ok(from.isAtEnd);
    }),
  );
});

Deno.test("ByteWriter refuses counts and hex that it could not give back", () => {
  const to = new ByteWriter();
  for (const count of [-1, 0.5, NaN, 2 ** 53]) assert.throws(() => to.count(count), /count/);
  for (const hex of ["0", "0g", "AB", "  "]) assert.throws(() => to.hex(hex), /hex/, hex);
});

Deno.test("ByteReader throws, and does not hang, on any bytes that end too soon", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), fc.nat(4), (bytes, kind) => {
      const from = new ByteReader(new Uint8Array(bytes));
      const reads = [
        () => from.count(),
        () => from.number(),
        () => from.text(),
        () => from.hex(8),
        () => from.list(() => from.count()),
      ];
      try {
        for (let n = 0; n < 100; n++) reads[kind]();
        assert.fail("read on behind the end");
      } catch (error) {
        assert.ok(error instanceof RangeError || error instanceof TypeError, String(error));
      }
    }),
  );
});
