import assert from "node:assert/strict";
import fc from "fast-check";
import { idOf, signerNamed } from "../../tests/fixtures/devices.ts";
import { entryOfFormat1 } from "../../tests/fixtures/format_1.ts";
import { type Bytes, fromHex, toHex } from "../bytes.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import { packDocName } from "./doc_name.ts";
import {
  type Entry,
  MOST_ENTRY_BYTES,
  NO_ENTRY,
  parseEntry,
  type SignedEntry,
  signEntry,
  verifyEntry,
} from "./entry.ts";
import { FieldError } from "../errors.ts";

const signer = await signerNamed("author");

function entryOf(other: Partial<Entry> = {}): Entry {
  return {
    device: signer.id,
    seq: 1,
    prev: NO_ENTRY,
    at: 1_800_000_000_000 * 1024,
    doc: `obs/${signer.id}/0`,
    change: Uint8Array.of(1, 2, 3),
    ...other,
  };
}

/** The wire form with some of its eight fields replaced. */
function wireOf({ device, seq, prev, at, doc, change, sig }: SignedEntry, ...put: unknown[][]) {
  const packed = packDocName(doc, device);
  const fields: unknown[] = [2, fromHex(device), seq, prev, at, packed, change, sig];
  for (const [index, value] of put) fields[Number(index)] = value;
  return encodeCbor(fields);
}

Deno.test("parseEntry() reads what signEntry() wrote, and verifyEntry() holds for it", async () => {
  const content = fc.record({
    seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    prev: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    at: fc.maxSafeNat(),
    doc: fc.string({ minLength: 1, maxLength: 160 }),
    change: fc.uint8Array({ maxLength: 500 }),
  });
  await fc.assert(fc.asyncProperty(content, async (fields) => {
    const signed = await signEntry(entryOf(fields), signer);
    const parsed = await parseEntry(signed.bytes);
    assert.deepEqual(parsed, signed);
    assert.ok(await verifyEntry(signed));
  }));
});

Deno.test("signEntry() gives the same bytes for the same entry", async () => {
  const [a, b] = [await signEntry(entryOf(), signer), await signEntry(entryOf(), signer)];
  assert.equal(toHex(a.bytes), toHex(b.bytes));
});

Deno.test("an entry's hash depends on every field but the signature", async () => {
  const whole = await signEntry(entryOf(), signer);
  const others: Partial<Entry>[] = [
    { seq: 2 },
    { prev: new Uint8Array(32).fill(1) },
    { at: 7 },
    { doc: "notes" },
    { change: Uint8Array.of(1, 2) },
  ];
  const hashes = await Promise.all(
    others.map(async (other) => toHex((await signEntry(entryOf(other), signer)).hash)),
  );
  assert.equal(new Set([toHex(whole.hash), ...hashes]).size, others.length + 1);
  const otherSignature = await parseEntry(wireOf(whole, [7, new Uint8Array(64)]));
  assert.deepEqual(otherSignature?.hash, whole.hash);
});

Deno.test("parseEntry() reads entries of format 1, and verifyEntry() holds for them", async () => {
  for (const doc of [`obs/${signer.id}/7`, `device/${signer.id}`, "world/u1"]) {
    const entry = entryOf({ seq: 300, doc });
    const { hash, sig, bytes } = await entryOfFormat1(entry, signer);
    const parsed = await parseEntry(bytes);
    assert.ok(parsed && await verifyEntry(parsed));
    assert.deepEqual(parsed, { ...entry, hash, sig, bytes });
    const changed = await parseEntry(encodeCbor([2, ...fieldsIn(bytes).slice(1)]));
    assert.ok(!changed || !await verifyEntry(changed), "passes as format 2");
  }
});

Deno.test("an entry of format 2 does not pass as one of format 1", async () => {
  const { bytes } = await signEntry(entryOf({ doc: "world/u1" }), signer);
  const changed = await parseEntry(encodeCbor([1, ...fieldsIn(bytes).slice(1)]));
  assert.ok(changed && !await verifyEntry(changed));
});

Deno.test("signEntry() names a document of the device itself in three bytes", async () => {
  const own = await signEntry(entryOf({ change: new Uint8Array(100) }), signer);
  assert.ok(own.bytes.length <= 100 + 64 + 32 + 32 + 25, `${own.bytes.length} bytes`);
});

function fieldsIn(bytes: Bytes): unknown[] {
  const value = decodeCbor(bytes)?.value;
  assert.ok(Array.isArray(value));
  return value;
}

Deno.test("every flipped bit of an entry is refused by parseEntry() or verifyEntry()", async () => {
  const { bytes } = await signEntry(entryOf({ seq: 300 }), signer);
  const survivors: string[] = [];
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = bytes.slice();
      flipped[at] ^= 1 << bit;
      const parsed = await parseEntry(flipped);
      if (parsed && await verifyEntry(parsed)) survivors.push(`byte ${at}, bit ${bit}`);
    }
  }
  assert.deepEqual(survivors, []);
});

Deno.test("every truncation and every byte too much is refused by parseEntry()", async () => {
  const { bytes } = await signEntry(entryOf(), signer);
  for (let length = 0; length < bytes.length; length++) {
    assert.equal(await parseEntry(bytes.subarray(0, length)), null, `${length} bytes`);
  }
  assert.equal(await parseEntry(Uint8Array.of(...bytes, 0)), null);
});

Deno.test("parseEntry() is null when a field has another type or length", async () => {
  const signed = await signEntry(entryOf(), signer);
  const wrong: [number, unknown][] = [
    [0, 0],
    [0, 3],
    [0, "2"],
    [0, null],
    [1, new Uint8Array(31)],
    [1, signed.device],
    [2, 0],
    [2, -1],
    [2, 1.5],
    [2, "1"],
    [3, new Uint8Array(33)],
    [3, null],
    [4, -1],
    [4, 2 ** 60],
    [5, ""],
    [5, "x".repeat(161)],
    [5, 7],
    [5, signed.doc],
    [5, [2]],
    [5, [2, -1]],
    [5, [9, 0]],
    [6, "change"],
    [7, new Uint8Array(63)],
    [7, null],
  ];
  for (const [index, value] of wrong) {
    assert.equal(await parseEntry(wireOf(signed, [index, value])), null, `${index}: ${value}`);
  }
  assert.notEqual(await parseEntry(wireOf(signed)), null);
  for (const other of [null, 1, "x", {}, [], [1]]) {
    assert.equal(await parseEntry(encodeCbor(other)), null);
  }
});

Deno.test("parseEntry() takes only one form of an entry: the canonical one", async () => {
  const signed = await signEntry(entryOf(), signer);
  const at = signed.bytes.findIndex((byte, i) => i > 30 && byte === 1); // seq 1, behind the device
  assert.equal(signed.bytes[at + 1], 0x58, "prev follows seq");
  const asFloat = Uint8Array.of(
    ...signed.bytes.subarray(0, at),
    ...[0xf9, 0x3c, 0x00],
    ...signed.bytes.subarray(at + 1),
  );
  assert.ok(await parseEntry(asFloat) === null);
});

Deno.test("parseEntry() never throws on any bytes", async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
    assert.equal(await parseEntry(bytes), null);
  }));
});

Deno.test("signEntry() throws, and parseEntry() is null, for an entry that is too large", async () => {
  const largest = MOST_ENTRY_BYTES - (await signEntry(entryOf(), signer)).bytes.length + 1;
  const fits = await signEntry(entryOf({ change: new Uint8Array(largest) }), signer);
  assert.equal(fits.bytes.length, MOST_ENTRY_BYTES);
  assert.ok(await parseEntry(fits.bytes));
  const change = new Uint8Array(largest + 1);
  await assert.rejects(
    signEntry(entryOf({ change }), signer),
    (error) => error instanceof FieldError && error.code === "entry-invalid",
  );
  assert.equal(await parseEntry(wireOf({ ...fits, change })), null);
});

Deno.test("verifyEntry() is false when another device signed, or the entry names another", async () => {
  const other = await signerNamed("other");
  const stolen = await signEntry(entryOf(), other);
  assert.equal(await verifyEntry(stolen), false);
  const signed = await signEntry(entryOf(), signer);
  assert.equal(await verifyEntry({ ...signed, device: other.id }), false);
  assert.equal(await verifyEntry({ ...signed, device: idOf(0xff) }), false);
});
