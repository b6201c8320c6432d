import assert from "node:assert/strict";
import { FlatTable } from "../../models/convert/flat_table.ts";
import { encodeFlatbuffer } from "./flatbuffer.ts";

Deno.test("encodeFlatbuffer() writes every kind of field as a reader finds it", () => {
  const child = new Map([[2, { int: -7 }]]);
  const bytes = encodeFlatbuffer(
    "TEST",
    new Map(
      [
        [0, { byte: -2 }],
        [1, { int: 2 ** 31 - 1 }],
        [3, { text: "four" }],
        [4, { table: child }],
        [5, { tables: [child, new Map()] }],
        [6, { ints: [1, -2, 3] }],
        [7, { bytes: Uint8Array.of(9, 8, 7) }],
      ] as const,
    ),
  );
  const root = FlatTable.root(bytes, "TEST");
  assert.equal(root.int8(0), -2);
  assert.equal(root.int32(1), 2 ** 31 - 1);
  assert.equal(root.int32(2, 55), 55, "left out: its default");
  assert.equal(root.text(3), "four");
  assert.equal(root.table(4)?.int32(2), -7);
  assert.deepEqual(root.tables(5).map((table) => table.int32(2)), [-7, 0]);
  assert.deepEqual([...root.int32s(6, 9)], [1, -2, 3]);
  assert.deepEqual([...root.bytes(7)], [9, 8, 7]);
});

Deno.test("encodeFlatbuffer() aligns bytes to 16, 64-bit numbers to 8 and floats to 4", () => {
  const long = 0x0102030405060708;
  const bytes = encodeFlatbuffer(
    "TEST",
    new Map(
      [
        [0, { text: "x" }],
        [1, { longs: [long] }],
        [2, { floats: Float32Array.of(1.5) }],
        [3, { bytes: new Uint8Array(5).fill(0xee) }],
      ] as const,
    ),
  );
  const view = new DataView(bytes.buffer);
  const places = (step: number, is: (at: number) => boolean) =>
    Array.from({ length: Math.floor((bytes.length - 8) / step) + 1 }, (_, k) => k * step).filter(
      is,
    );
  const longs = places(8, (at) => view.getBigInt64(at, true) === BigInt(long));
  assert.equal(longs.length, 1, "a 64-bit number at a multiple of 8");
  assert.equal(view.getUint32(longs[0] - 4, true), 1, "its count before it");
  assert.equal(places(4, (at) => view.getFloat32(at, true) === 1.5).length, 1);
  assert.equal(bytes.indexOf(0xee) % 16, 0);
});
