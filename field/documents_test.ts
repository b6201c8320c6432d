import assert from "node:assert/strict";
import * as Automerge from "@automerge/automerge/slim";
import fc from "fast-check";
import { readyAutomerge } from "../tests/fixtures/automerge.ts";
import { bytesOf, idOf } from "../tests/fixtures/devices.ts";
import { toHex } from "./bytes.ts";
import {
  applyToDocument,
  crewDoc,
  deviceDoc,
  type Document,
  observationsDoc,
  openDocument,
  parseChange,
  parseDocName,
  putRecord,
  recordsOf,
} from "./documents.ts";

await readyAutomerge();

const NOW = 1_800_000_000_000;
const [ANN, BOB, CAL] = [idOf(0xaa), idOf(0xbb), idOf(0xcc)];

function written(document: Document): Record<string, string> {
  return Object.fromEntries(recordsOf(document).map(([key, value]) => [key, toHex(value)]));
}

Deno.test("parseDocName() reads the names that crewDoc(), deviceDoc() and observationsDoc() give", () => {
  assert.deepEqual(parseDocName(crewDoc(ANN)), { kind: "crew", founder: ANN });
  assert.deepEqual(parseDocName(deviceDoc(ANN)), { kind: "device", device: ANN });
  for (const n of [0, 7, 999_999_999]) {
    assert.deepEqual(parseDocName(observationsDoc(ANN, n)), { kind: "obs", device: ANN, n });
  }
});

Deno.test("parseDocName() takes each name in one form only; all else is unknown", () => {
  const others = [
    "",
    "crew",
    "crew/",
    `crew/${ANN}/`,
    `crew/${ANN}/0`,
    `crew/${ANN.toUpperCase()}`,
    `crew/${ANN.slice(1)}`,
    `device/${ANN}/1`,
    `obs/${ANN}`,
    `obs/${ANN}/`,
    `obs/${ANN}/00`,
    `obs/${ANN}/01`,
    `obs/${ANN}/-1`,
    `obs/${ANN}/1e3`,
    `obs/${ANN}/1.0`,
    `obs/${ANN}/1/2`,
    `obs/${ANN}/1000000000`,
    `/obs/${ANN}/1`,
    ` obs/${ANN}/1`,
    `notes/${ANN}`,
    `__proto__/${ANN}`,
  ];
  for (const name of others) assert.deepEqual(parseDocName(name), { kind: "unknown" }, name);
  fc.assert(fc.property(fc.string(), (name) => {
    assert.deepEqual(parseDocName(name), { kind: "unknown" });
  }));
});

Deno.test("putRecord() sets a record, and openDocument() adds the changes up again", () => {
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

Deno.test("applyToDocument() is null while a change rests on one that is missing", () => {
  const first = putRecord(openDocument(ANN, []), "one", bytesOf("1"), NOW);
  const second = putRecord(first.document, "two", bytesOf("2"), NOW);
  const empty = openDocument(BOB, []);
  assert.equal(applyToDocument(empty, [second.change]), null);
  assert.deepEqual(written(empty), {});
  const one = applyToDocument(empty, [first.change]);
  assert.ok(one);
  const both = applyToDocument(one, [second.change]);
  assert.ok(both);
  assert.deepEqual(written(both), written(second.document));
});

Deno.test("applyToDocument() leaves the document it was given as it was, and to be written on", () => {
  const mine = openDocument(BOB, []);
  const theirs = putRecord(openDocument(ANN, []), "one", bytesOf("1"), NOW);
  assert.ok(applyToDocument(mine, [theirs.change]));
  const put = putRecord(mine, "own", bytesOf("2"), NOW);
  assert.deepEqual(written(put.document), { own: toHex(bytesOf("2")) });
});

Deno.test("applyToDocument() keeps the device that writes on the document", () => {
  const theirs = putRecord(openDocument(ANN, []), "one", bytesOf("1"), NOW);
  const applied = applyToDocument(openDocument(BOB, []), [theirs.change]);
  assert.ok(applied);
  const put = putRecord(applied, "two", bytesOf("2"), NOW);
  assert.equal(parseChange(put.change)?.actor, BOB);
});

Deno.test("applyToDocument() of a change that is there already changes nothing", () => {
  const { document, change } = putRecord(openDocument(ANN, []), "one", bytesOf("1"), NOW);
  const again = applyToDocument(document, [change]);
  assert.ok(again);
  assert.deepEqual(written(again), written(document));
});

Deno.test("concurrent records of several devices converge in any order of the changes", () => {
  const puts = fc.array(
    fc.record({
      by: fc.constantFrom(ANN, BOB, CAL),
      key: fc.constantFrom("one", "two", "three"),
      value: fc.uint8Array({ minLength: 1, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(puts, fc.infiniteStream(fc.nat()), (writes, order) => {
      const own = new Map([ANN, BOB, CAL].map((device) => [device, openDocument(device, [])]));
      const changes = writes.flatMap(({ by, key, value }) => {
        const document = own.get(by) ?? openDocument(by, []);
        if (written(document)[key] === toHex(value)) return []; // of what is there already comes no change
        const put = putRecord(document, key, value, NOW);
        own.set(by, put.document);
        return [put.change];
      });
      const sorted = openDocument(ANN, changes);
      const shuffled = changes.map((change) => ({ change, rank: order.next().value }))
        .sort((a, b) => a.rank - b.rank).map(({ change }) => change);
      assert.deepEqual(written(openDocument(BOB, shuffled)), written(sorted));
    }),
    { numRuns: 40 },
  );
});

Deno.test("putRecord() of the value that is there already does not hand out the change before again", () => {
  const first = putRecord(openDocument(ANN, []), "name", bytesOf("Ann"), NOW);
  let second: string | null = null;
  try {
    second = toHex(putRecord(first.document, "name", bytesOf("Ann"), NOW).change);
  } catch (error) {
    assert.match(String(error), /Automerge made no change/);
  }
  assert.notEqual(second, toHex(first.change));
});

Deno.test("recordsOf() passes over what is not bytes", () => {
  const { document } = putRecord(openDocument(ANN, []), "one", bytesOf("1"), NOW);
  assert.deepEqual(recordsOf(document).map(([key]) => key), ["one"]);
});
