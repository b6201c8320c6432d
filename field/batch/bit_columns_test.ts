import assert from "node:assert/strict";
import fc from "fast-check";
import {
  BadBits,
  BitReader,
  BitWriter,
  MOST_IN_COLUMN,
  readColumn,
  writeColumn,
} from "./bit_columns.ts";

function written(...columns: readonly (readonly number[])[]): Uint8Array {
  const out = new BitWriter();
  for (const column of columns) writeColumn(out, column);
  return out.end();
}

const wide = fc.integer({ min: -MOST_IN_COLUMN, max: MOST_IN_COLUMN });
const column = fc.oneof(
  fc.array(wide, { maxLength: 20 }),
  fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 300 }),
  fc.array(fc.nat(1000), { maxLength: 300 }),
  // falling off, with a value far out
  fc.tuple(fc.array(fc.nat(40), { maxLength: 300 }), wide).map(([near, far]) => [...near, far]),
  fc.constantFrom(-MOST_IN_COLUMN, -1, 0, 1, MOST_IN_COLUMN).map((one) => [one, one, one]),
);

Deno.test("readColumn() reads what writeColumn() wrote, one column after the other", () => {
  fc.assert(fc.property(fc.array(column, { maxLength: 5 }), (columns) => {
    const from = new BitReader(written(...columns));
    for (const values of columns) assert.deepEqual(readColumn(from, values.length), values);
    from.end();
  }));
});

Deno.test("readColumn() reads every pair of extremes", () => {
  const extremes = [-MOST_IN_COLUMN, -1, 0, 1, 2, 3, 127, 128, 2 ** 31, 2 ** 32, MOST_IN_COLUMN];
  for (const a of extremes) {
    for (const b of extremes) {
      const from = new BitReader(written([a, b]));
      assert.deepEqual(readColumn(from, 2), [a, b]);
    }
  }
});

Deno.test("writeColumn() of equal values takes no room for each of them", () => {
  assert.equal(written(new Array(256).fill(720)).length, written([720]).length);
  assert.equal(written([]).length, 0);
});

Deno.test("writeColumn() is near what random numbers hold", () => {
  const even = Array.from({ length: 256 }, (_, i) => (i * 7919) % 1000);
  assert.ok(written(even).length <= 256 * Math.log2(1000) / 8 + 8);
  const falling = Array.from(
    { length: 256 },
    (_, i) => Math.round(-Math.log((i + 0.5) / 256) * 5000),
  );
  const entropy = Math.log2(Math.E * 5000);
  assert.ok(written(falling).length <= 256 * (entropy + 0.1) / 8 + 8);
});

Deno.test("BitReader throws BadBits for what ends early, goes on, or is no column; nothing else, and soon", () => {
  const bytes = fc.uint8Array({ maxLength: 64 });
  fc.assert(
    fc.property(bytes, fc.nat(300), (input, count) => {
      try {
        const from = new BitReader(input);
        const values = readColumn(from, count);
        assert.ok(values.every((value) => Math.abs(value) <= MOST_IN_COLUMN));
        from.end();
      } catch (failure) {
        if (!(failure instanceof BadBits)) throw failure;
      }
    }),
    { numRuns: 500 },
  );
  const good = written([1, 2, 3, 50]);
  assert.throws(() => readColumn(new BitReader(good.subarray(0, 1)), 4), BadBits);
  const filled = written([0, 1, 0]);
  const wrong = new BitReader(filled.with(filled.length - 1, filled[filled.length - 1] | 1));
  assert.deepEqual(readColumn(wrong, 3), [0, 1, 0]);
  assert.throws(() => wrong.end(), BadBits, "the filling is not zeros");
  const early = new BitReader(Uint8Array.of(...good, 0));
  readColumn(early, 4);
  assert.throws(() => early.end(), BadBits);
});
