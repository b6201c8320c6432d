import assert from "node:assert/strict";
import { bombOf } from "../../tests/adversary/change_bomb.ts";
import { readyAutomerge } from "../../tests/fixtures/automerge.ts";
import { idOf, seededRandom } from "../../tests/fixtures/devices.ts";
import { NOW } from "../../tests/fixtures/replicas.ts";
import { isModestChange, MOST_OPS } from "./change_size.ts";
import { openDocument, parseChange, putRecords } from "./documents.ts";

const DEVICE = idOf(7);

function changeOf(keys: readonly string[], bytes: number): Uint8Array {
  const records = keys.map((key) => ({ key, value: new Uint8Array(bytes).fill(key.length) }));
  return putRecords(openDocument(DEVICE, []), records, NOW).change;
}

Deno.test("isModestChange() holds for all that devices write", async () => {
  await readyAutomerge();
  const many = Array.from({ length: 1000 }, (_, n) => `1b8d425f6442-mywp${n} label/juvenile`);
  for (const keys of [["0"], ["name"], ["k".repeat(1000)], many]) {
    for (const bytes of [0, 1, 59]) {
      const change = changeOf(keys, bytes);
      assert.ok(isModestChange(change), `${keys.length} keys, ${bytes} bytes each`);
      assert.equal(parseChange(change)?.records.length, keys.length);
    }
  }
});

Deno.test("isModestChange() holds for changes that rest on others and write over them", async () => {
  await readyAutomerge();
  let document = openDocument(DEVICE, []);
  for (let n = 0; n < 300; n++) {
    const records = [{ key: `${n % 3}`, value: Uint8Array.of(n & 255, n >> 8) }];
    const put = putRecords(document, records, NOW + n * 999);
    assert.ok(isModestChange(put.change), `change ${n}`);
    assert.equal(parseChange(put.change)?.records.length, 1);
    document = put.document;
  }
});

Deno.test("isModestChange() is false beyond its bound, and true up to it", async () => {
  await readyAutomerge();
  for (const ops of [1, 63, 64, MOST_OPS]) {
    const bomb = await bombOf(DEVICE, ops);
    assert.ok(isModestChange(bomb), `${ops} operations`);
    assert.equal(parseChange(bomb)?.actor, DEVICE, "Automerge reads it, too");
  }
  for (const ops of [MOST_OPS + 1, 1e6, 1e9, 2 ** 40]) {
    const bomb = await bombOf(DEVICE, ops);
    assert.ok(bomb.length < 200);
    assert.equal(isModestChange(bomb), false, `${ops} operations`);
    const before = performance.now();
    assert.equal(parseChange(bomb), null);
    assert.ok(performance.now() - before < 1000);
  }
});

Deno.test("isModestChange() is false for one long key used over and over", async () => {
  const bomb = await bombOf(DEVICE, 4000, "k".repeat(5000));
  assert.equal(isModestChange(bomb), false);
});

Deno.test("isModestChange() is false for a deflated change, and for what is none", async () => {
  await readyAutomerge();
  const change = changeOf(["0"], 40);
  assert.ok(isModestChange(change));
  assert.equal(isModestChange(change.with(8, 2)), false, "marked as deflated");
  for (let length = 0; length < change.length; length++) {
    assert.equal(isModestChange(change.subarray(0, length)), false, `the first ${length} bytes`);
  }
});

Deno.test("isModestChange() answers at once, and never throws, whatever the bytes are", () => {
  const random = seededRandom(5);
  for (let n = 0; n < 3000; n++) {
    const bytes = random(200);
    bytes[8] = 1;
    if (n % 2 === 0) [bytes[9], bytes[10]] = [200 - 11, 1]; // a length that is right, in two bytes
    isModestChange(bytes);
  }
});
