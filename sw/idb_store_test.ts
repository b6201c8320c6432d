import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { storeSuite } from "../tests/contracts/store_suite.ts";
import { idOf, observationAt } from "../tests/fixtures/devices.ts";
import {
  abortWith,
  connectionsTo,
  openRaw,
  spoilWrites,
  withoutStrays,
} from "../tests/fixtures/spoiled_idb.ts";
import {
  assertBrought,
  version1Rows,
  writeVersion1,
} from "../tests/fixtures/version_1_database.ts";
import { TABLES } from "../field/store/disk.ts";
import { type ErrorCode, FieldError } from "../field/errors.ts";
import { createKeys, signerOf, verifySignature } from "../field/keys.ts";
import type { Commit, StoredEntry } from "../field/store/store.ts";
import { IdbStore } from "./idb_store.ts";
import { IDB_VERSION, IDENTITY } from "./idb_upgrade.ts";

let databases = 0;
storeSuite("IdbStore", () => new IdbStore(`suite-${databases++}`));

const ANN = idOf(0xa1);
const NOW = 1_800_000_000_000;

function entry(seq: number): Commit {
  return {
    entries: [{ device: ANN, seq, doc: `obs/${ANN}/0`, bytes: Uint8Array.of(seq) }],
    heads: [{ head: { device: ANN, seq, hash: new Uint8Array(32) }, after: seq - 1 }],
    observations: [{ observation: observationAt(ANN, NOW + seq), seq }],
    blobs: [{ hash: idOf(seq), type: "image/jpeg", bytes: Uint8Array.of(seq) }],
    at: NOW,
  };
}

async function assertHolds(store: IdbStore, entries: number): Promise<void> {
  assert.equal((await store.heads())[0]?.seq ?? 0, entries);
  assert.equal((await store.entriesAfter(ANN, 0, 1e6)).length, entries);
  assert.equal(await store.countObservations(), entries);
  assert.equal(await store.blob(idOf(entries + 1)), null);
}

const failsWith = (code: ErrorCode) => (error: unknown) =>
  error instanceof FieldError && error.code === code;

/** Pauses before another try end at once; nothing is ever given up. */
const noPauses = (_ms: number, signal?: AbortSignal) =>
  signal ? new Promise<void>(() => {}) : Promise.resolve();

/** A store, and the connections that it has opened so far: what the browser closes behind its back. */
function ownStore(name = `own-${databases++}`) {
  const tap = connectionsTo(name);
  const store = new IdbStore(name, noPauses);
  return {
    name,
    store,
    connections: tap.connections,
    [Symbol.dispose]: () => {
      tap[Symbol.dispose]();
      store.close();
    },
  };
}

Deno.test("IdbStore keys() makes a key pair once, under concurrent calls of several workers", async () => {
  const name = `keys-${databases++}`;
  const stores = [new IdbStore(name), new IdbStore(name), new IdbStore(name)];
  const all = await Promise.all([...stores, ...stores].map((store) => store.keys()));
  assert.equal(new Set(all.map(({ id }) => id)).size, 1);
  for (const store of stores) store.close();
});

Deno.test("IdbStore keys() gives the same pair after reopening, and it signs", async () => {
  using own = ownStore();
  const { id } = await own.store.keys();
  own.connections[0].close();
  const kept = await own.store.keys();
  assert.equal(kept.id, id);
  const message = Uint8Array.of(1, 2, 3);
  assert.ok(await verifySignature(id, await signerOf(kept).sign(message), message));
});

Deno.test("IdbStore keys() says storage-full when there is no room for the key pair", async () => {
  using own = ownStore();
  await withoutStrays(async () => {
    using _ = spoilWrites(abortWith("QuotaExceededError"));
    await assert.rejects(own.store.keys(), failsWith("storage-full"));
  });
  assert.ok(await own.store.keys());
});

Deno.test("IdbStore replaceKeys() makes a restored key pair this device's", async () => {
  using own = ownStore();
  const [first, restored] = [await own.store.keys(), await createKeys()];
  await own.store.replaceKeys(restored);
  own.store.close();
  const { id } = await own.store.keys();
  assert.equal(id, restored.id);
  assert.notEqual(id, first.id);
});

Deno.test("IdbStore has all that was committed after it was closed and opened again", async () => {
  using own = ownStore();
  await own.store.commit(entry(1));
  await own.store.commit({ settings: { crew: ANN }, wanted: [idOf(99)] });
  own.store.close();
  await assertHolds(own.store, 1);
  using second = ownStore(own.name);
  await assertHolds(second.store, 1);
  assert.equal(await second.store.setting("crew"), ANN);
  assert.deepEqual(await second.store.wanted(5), [idOf(99)]);
});

Deno.test("IdbStore commit() says storage-full on quota, writes nothing, and works later", async () => {
  using own = ownStore();
  await own.store.commit(entry(1));
  await withoutStrays(async () => {
    using _ = spoilWrites(abortWith("QuotaExceededError"));
    await assert.rejects(own.store.commit(entry(2)), failsWith("storage-full"));
  });
  await assertHolds(own.store, 1);
  await own.store.commit(entry(2));
  await assertHolds(own.store, 2);
});

Deno.test("IdbStore commit() goes on when the connection was lost", async () => {
  using own = ownStore();
  await own.store.commit(entry(1));
  own.connections[0].close();
  await own.store.commit(entry(2));
  await assertHolds(own.store, 2);
});

Deno.test("IdbStore brings a database of version 1 over without losing anything", async () => {
  const old = await version1Rows();
  using own = ownStore();
  await writeVersion1(own.name, old);
  await assertBrought(own.store, old);
  const tables = [...newest(own.connections).objectStoreNames].sort();
  assert.deepEqual(tables, [...TABLES, IDENTITY].sort());
  own.store.close();
  await assertBrought(own.store, old);
});

for (const reason of ["QuotaExceededError", "UnknownError"]) {
  Deno.test(`IdbStore leaves a database of version 1 as it is when it cannot be brought over (${reason})`, async () => {
    const old = await version1Rows();
    using own = ownStore();
    await writeVersion1(own.name, old);
    const code = reason === "QuotaExceededError" ? "storage-full" : "storage-failed";
    await withoutStrays(async () => {
      using _ = spoilWrites(abortWith(reason), 9);
      await assert.rejects(own.store.heads(), failsWith(code));
    });
    const db = await openRaw(own.name, 1); // would be refused if it were a newer one by now
    assert.ok(db.objectStoreNames.contains("observations"));
    db.close();
    await assertBrought(own.store, old);
  });
}

Deno.test("IdbStore leaves a database of version 1 as it is when a row of it makes no sense", async () => {
  const old = await version1Rows();
  const odd = { device: ANN, seq: 99 } as StoredEntry; // of no document, without bytes
  using own = ownStore();
  await writeVersion1(own.name, { ...old, entries: [...old.entries, odd] });
  await withoutStrays(() => assert.rejects(own.store.heads(), failsWith("storage-failed")));
  const db = await openRaw(own.name, 1);
  assert.ok(db.objectStoreNames.contains("observations"));
  db.close();
});

Deno.test("IdbStore asks the index of a database of version 1 to be built anew", async () => {
  using own = ownStore();
  await writeVersion1(own.name, await version1Rows());
  assert.equal(await own.store.indexIsWhole(), false);
  using empty = ownStore();
  assert.equal(await empty.store.indexIsWhole(), true);
  assert.equal(newest(own.connections).version, IDB_VERSION);
});

function newest(connections: readonly IDBDatabase[]): IDBDatabase {
  return connections[connections.length - 1];
}
