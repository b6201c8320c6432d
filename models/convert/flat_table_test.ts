import assert from "node:assert/strict";
import { FlatTable } from "./flat_table.ts";

/** A table whose field 0 is a list of 32-bit integers, said to have `length`; field 1 is left out. */
function file(length: number, ...integers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(28 + integers.length * 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 16, true); // where the table is
  bytes.set(new TextEncoder().encode("TEST"), 4);
  [8, 8, 4, 0].forEach((word, k) => view.setUint16(8 + 2 * k, word, true)); // its layout
  view.setInt32(16, 16 - 8, true); // the layout is before it
  view.setUint32(20, 4, true); // the list is behind
  view.setUint32(24, length, true);
  integers.forEach((value, k) => view.setInt32(28 + 4 * k, value, true));
  return bytes;
}

Deno.test("FlatTable reads lists, and gives what is left out as nothing", () => {
  const table = FlatTable.root(file(3, 7, -1, 2 ** 30), "TEST");
  assert.deepEqual(table.int32s(0, 3), [7, -1, 2 ** 30]);
  assert.deepEqual(table.int32s(1, 3), []);
  assert.deepEqual([table.int8(1), table.int32(1), table.int32(1, 5)], [0, 0, 5]);
  assert.deepEqual([table.int32(9), table.text(1), table.table(1)], [0, "", undefined]);
});

Deno.test("FlatTable refuses lists that end behind the file, or are longer than they may be", () => {
  const list = (bytes: Uint8Array, most: number) => () =>
    FlatTable.root(bytes, "TEST").int32s(0, most);
  for (const length of [4, 2 ** 31, 2 ** 32 - 1]) {
    assert.throws(list(file(length, 1, 2, 3), 2 ** 32), /a list of \d+ ends behind the last byte/);
    assert.throws(() => FlatTable.root(file(length, 1, 2, 3), "TEST").tables(0), RangeError);
  }
  assert.throws(list(file(3, 1, 2, 3), 2), /a list of 3 where at most 2 may be/);
});

Deno.test("FlatTable refuses a root that is not there, and another format", () => {
  assert.throws(() => FlatTable.root(file(0), "TFL3"), /does not say TFL3/);
  const bytes = file(0);
  new DataView(bytes.buffer).setUint32(0, 2 ** 31, true);
  assert.throws(() => FlatTable.root(bytes, "TEST").int32(0), RangeError);
});
