import assert from "node:assert/strict";
import { ConstantPool } from "./constant_pool.ts";

Deno.test("ConstantPool keeps elements little-endian, each list at a multiple of 16", () => {
  const pool = new ConstantPool();
  assert.equal(pool.add(Int16Array.of(1, -2)), 0);
  assert.equal(pool.add(Float32Array.of(1)), 16);
  assert.deepEqual([...pool.bytes().subarray(0, 4)], [1, 0, 254, 255]);
  assert.deepEqual([...pool.bytes().subarray(16, 20)], [0, 0, 128, 63]);
  assert.equal(pool.bytes().length, 32);
});

Deno.test("ConstantPool keeps what is equal once", () => {
  const pool = new ConstantPool();
  const first = pool.add(Int32Array.of(1, 2, 3));
  assert.notEqual(pool.add(Int32Array.of(1, 2, 4)), first);
  assert.notEqual(pool.add(Int32Array.of(1, 2)), first);
  assert.equal(pool.add(Int32Array.of(1, 2, 3)), first);
});

Deno.test("ConstantPool copies: what the caller does later does not matter", () => {
  const pool = new ConstantPool();
  const list = Uint8Array.of(7);
  pool.add(list);
  list[0] = 9;
  assert.equal(pool.bytes()[0], 7);
});

Deno.test("ConstantPool reads a view of a larger buffer", () => {
  const pool = new ConstantPool();
  pool.add(Uint8Array.of(1, 2, 3, 4).subarray(1, 3));
  assert.deepEqual([...pool.bytes().subarray(0, 3)], [2, 3, 0]);
});
