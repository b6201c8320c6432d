import assert from "node:assert/strict";
import * as Automerge from "@automerge/automerge/slim";
import fc from "fast-check";
import { readyAutomerge } from "../../tests/fixtures/automerge.ts";
import { bytesOf, idOf } from "../../tests/fixtures/devices.ts";
import { toHex } from "../bytes.ts";
import type { Bytes } from "../bytes.ts";
import { type Document, openDocument, parseChange, putRecords } from "./documents.ts";

await readyAutomerge();

const NOW = 1_800_000_000_000;
const [ANN, BOB] = [idOf(0xaa), idOf(0xbb)];

function written(document: Document): Record<string, string> {
  return Object.fromEntries(Object.entries(document).map(([key, value]) => [key, toHex(value)]));
}

function putRecord(document: Document, key: string, value: Bytes, nowMs: number) {
  return putRecords(document, [{ key, value }], nowMs);
}

Deno.test("putRecords() sets a record, and openDocument() adds the changes up again", () => {
  const first = putRecord(openDocument(ANN, []), "one", bytesOf("1"), NOW);
  const second = putRecord(first.document, "two", bytesOf("2"), NOW);
  const third = putRecord(second.document, "one", bytesOf("3"), NOW);
  const changes = [first.change, second.change, third.change];
  const opened = openDocument(BOB, changes);
  assert.deepEqual(written(opened), { one: toHex(bytesOf("3")), two: toHex(bytesOf("2")) });
  assert.deepEqual(written(opened), written(third.document));
});

Deno.test("parseChange() names the actor and the records of one change", () => {
  const first = putRecord(openDocument(ANN, []), "one", bytesOf("1"), NOW);
  const second = putRecord(first.document, "two", Uint8Array.of(0, 127, 128, 255), NOW);
  assert.deepEqual(parseChange(second.change), {
    actor: ANN,
    records: [{ key: "two", value: Uint8Array.of(0, 127, 128, 255) }],
  });
});

const anyKey = fc.string({ minLength: 1 }).filter((key) => key !== "__proto__");

Deno.test("parseChange() gives a record of any bytes as they were put", () => {
  fc.assert(
    fc.property(anyKey, fc.uint8Array({ maxLength: 300 }), (key, value) => {
      const { change } = putRecord(openDocument(ANN, []), key, value, NOW);
      const records = parseChange(change)?.records ?? [];
      assert.deepEqual(records.map((one) => toHex(one.value)), [toHex(value)]);
    }),
    { numRuns: 50 },
  );
});

Deno.test("a record cannot be called __proto__, which would reach into the document's object", () => {
  const document = openDocument(ANN, []);
  assert.throws(
    () => putRecord(document, "__proto__", bytesOf("1"), NOW),
    /no key may be called so/,
  );
  const { change } = putRecord(document, "one", bytesOf("1"), NOW);
  const decoded = Automerge.decodeChange(change);
  const [op] = decoded.ops.map((one) => ({ ...one, value: "1" }));
  assert.ok(parseChange(Automerge.encodeChange({ ...decoded, ops: [op] })));
  const forged = { ...decoded, ops: [{ ...op, key: "__proto__" }] };
  assert.equal(parseChange(Automerge.encodeChange(forged)), null);
});

Deno.test("parseChange() is null, and does not throw, for bytes that are no change", () => {
  const { change } = putRecord(openDocument(ANN, []), "one", bytesOf("1"), NOW);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      assert.equal(parseChange(bytes), null);
    }),
    { numRuns: 50 },
  );
  for (let length = 0; length < change.length; length++) {
    assert.equal(parseChange(change.subarray(0, length)), null, `${length} bytes`);
  }
});

Deno.test("putRecords() of the value that is there already does not hand out the change before again", () => {
  const first = putRecord(openDocument(ANN, []), "name", bytesOf("Ann"), NOW);
  let second: string | null = null;
  try {
    second = toHex(putRecord(first.document, "name", bytesOf("Ann"), NOW).change);
  } catch (error) {
    assert.match(String(error), /Automerge made no change/);
  }
  assert.notEqual(second, toHex(first.change));
});

Deno.test("putRecords() sets several records with one change", () => {
  const records = [{ key: "one", value: bytesOf("1") }, { key: "two", value: bytesOf("2") }];
  const { document, change } = putRecords(openDocument(ANN, []), records, NOW);
  assert.deepEqual(parseChange(change)?.records, records);
  assert.deepEqual(written(openDocument(BOB, [change])), written(document));
});

Deno.test("a document's changes are the same however they come in", () => {
  const values = fc.array(fc.uint8Array({ minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(values, fc.infiniteStream(fc.nat()), (list, order) => {
      let document = openDocument(ANN, []);
      const changes = list.map((value, i) => {
        const put = putRecord(document, String(i % 3), Uint8Array.of(i, ...value), NOW);
        document = put.document;
        return put.change;
      });
      const shuffled = changes.map((change) => ({ change, rank: order.next().value }))
        .sort((a, b) => a.rank - b.rank).map(({ change }) => change);
      assert.deepEqual(written(openDocument(BOB, shuffled)), written(document));
    }),
    { numRuns: 40 },
  );
});
