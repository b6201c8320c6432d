import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { forceCloseDatabase } from "fake-indexeddb";
import { storeSuite } from "../tests/contracts/store_suite.ts";
import { idOf, observationAt } from "../tests/fixtures/devices.ts";
import { type ErrorCode, FieldError } from "../field/errors.ts";
import { signerOf, verifySignature } from "../field/keys.ts";
import type { Commit } from "../field/store.ts";
import { IdbStore } from "./idb_store.ts";

let databases = 0;
storeSuite("IdbStore", () => new IdbStore(`suite-${databases++}`));

const ANN = idOf(0xa1);
const NOW = 1_800_000_000_000;
const COMMIT_MS = 20_000;

function entry(seq: number): Commit {
  return {
    entries: [{ device: ANN, seq, doc: `obs/${ANN}/0`, bytes: Uint8Array.of(seq) }],
    heads: [{ head: { device: ANN, seq, hash: new Uint8Array(32) }, after: seq - 1 }],
    observations: [{ observation: observationAt(ANN, NOW + seq), seq }],
    blobs: [{ hash: idOf(seq), type: "image/jpeg", bytes: Uint8Array.of(seq) }],
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

/** A store, and the connections that it has opened so far: what the browser closes behind its back. */
function storeWithConnections(name = `own-${databases++}`) {
  const connections: IDBDatabase[] = [];
  const open = indexedDB.open.bind(indexedDB);
  indexedDB.open = (asked, version) => {
    const request = open(asked, version);
    if (asked === name) request.addEventListener("success", () => connections.push(request.result));
    return request;
  };
  const store = new IdbStore(name);
  return {
    name,
    store,
    connections,
    [Symbol.dispose]: () => {
      indexedDB.open = open;
      store.close();
    },
  };
}

/** Runs `spoil` on the next write transaction, right after its first put. */
function spoilNextWrite(spoil: (tx: IDBTransaction) => void): void {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...args) {
    IDBObjectStore.prototype.put = put;
    const request = put.apply(this, args);
    spoil(this.transaction);
    return request;
  };
}

/** How Chromium tells of a full disk: the transaction aborts, and no request has failed. */
function abortFor(name: string) {
  return (tx: IDBTransaction) =>
    queueMicrotask(() => (tx as unknown as { _abort(name: string): void })._abort(name));
}

/** How Firefox tells of a full disk: a request fails, and that aborts the transaction. */
function failNextPut(name: string): void {
  spoilNextWrite((tx) => {
    const requests = (tx as unknown as { _requests: { operation: () => unknown }[] })._requests;
    const [last] = requests.slice(-1);
    last.operation = () => {
      throw new DOMException("Full", name);
    };
  });
}

/** Fails when something was rejected meanwhile and nobody listened: a worker's log would show it. */
async function withoutStrays(work: () => Promise<void>): Promise<void> {
  const strays: unknown[] = [];
  const keep = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    strays.push(event.reason);
  };
  addEventListener("unhandledrejection", keep);
  try {
    await work();
  } finally {
    await new Promise((resolve) => setTimeout(resolve)); // strays are told after the microtasks
    removeEventListener("unhandledrejection", keep);
  }
  assert.deepEqual(strays.map(String), []);
}

function openRaw(name: string, version: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

Deno.test("IdbStore keys() makes a key pair once, under concurrent calls of several workers", async () => {
  const name = `keys-${databases++}`;
  const stores = [new IdbStore(name), new IdbStore(name), new IdbStore(name)];
  const all = await Promise.all([...stores, ...stores].map((store) => store.keys()));
  assert.equal(new Set(all.map(({ id }) => id)).size, 1);
  for (const store of stores) store.close();
});

Deno.test("IdbStore keys() gives the same pair after reopening, and it signs", async () => {
  const name = `keys-${databases++}`;
  const first = new IdbStore(name);
  const { id } = await first.keys();
  first.close();
  const second = new IdbStore(name);
  const kept = await second.keys();
  assert.equal(kept.id, id);
  const message = Uint8Array.of(1, 2, 3);
  assert.ok(await verifySignature(id, await signerOf(kept).sign(message), message));
  second.close();
});

Deno.test("IdbStore keys() gives the same pair when the browser has closed the connection", async () => {
  using own = storeWithConnections();
  const { id } = await own.store.keys();
  own.connections[0].close();
  assert.equal((await own.store.keys()).id, id);
});

Deno.test("IdbStore keys() says storage-full when there is no room for the key pair", async () => {
  using own = storeWithConnections();
  await withoutStrays(async () => {
    spoilNextWrite(abortFor("QuotaExceededError"));
    await assert.rejects(own.store.keys(), failsWith("storage-full"));
  });
  assert.ok(await own.store.keys());
});

Deno.test("IdbStore has all that was committed after it was closed and opened again", async () => {
  const name = `reopen-${databases++}`;
  const first = new IdbStore(name);
  await first.commit(entry(1));
  await first.commit({ settings: { crew: ANN }, wanted: [idOf(99)] });
  first.close();
  const second = new IdbStore(name);
  await assertHolds(second, 1);
  assert.equal(await second.setting("crew"), ANN);
  assert.deepEqual(await second.wanted(5), [idOf(99)]);
  second.close();
});

Deno.test("IdbStore close() is not the end: the next call opens it again", async () => {
  using own = storeWithConnections();
  await own.store.commit(entry(1));
  own.store.close();
  own.store.close();
  await assertHolds(own.store, 1);
  await own.store.commit(entry(2));
  await assertHolds(own.store, 2);
});

Deno.test("IdbStore close() before it has opened leaves no connection behind", async () => {
  using own = storeWithConnections();
  const reading = own.store.heads().catch(() => []);
  own.store.close();
  await reading;
  own.store.close();
  const newer = await openRaw(own.name, 2);
  newer.close();
});

for (
  const [how, close] of [
    ["closed", (db: IDBDatabase) => db.close()],
    ["terminated", (db: IDBDatabase) => forceCloseDatabase(db as never)],
  ] as const
) {
  Deno.test(`IdbStore opens a connection again that the browser has ${how}`, async () => {
    using own = storeWithConnections();
    await own.store.commit(entry(1));
    close(own.connections[0]);
    await assertHolds(own.store, 1);
    close(own.connections[1]);
    await own.store.commit(entry(2));
    await assertHolds(own.store, 2);
  });
}

Deno.test("IdbStore commit() writes all or nothing when the connection ends in the middle of it", async () => {
  using own = storeWithConnections();
  await own.store.commit(entry(1));
  spoilNextWrite(() => forceCloseDatabase(own.connections[0] as never));
  const failed = await own.store.commit(entry(2)).then(() => false, failsWith("storage-failed"));
  await assertHolds(own.store, failed ? 1 : 2);
  await own.store.commit(entry(failed ? 2 : 3));
});

for (
  const [browser, fill] of [
    ["Chromium, which aborts", () => spoilNextWrite(abortFor("QuotaExceededError"))],
    ["Firefox, where a put fails", () => failNextPut("QuotaExceededError")],
  ] as const
) {
  Deno.test(`IdbStore commit() says storage-full on quota, writes nothing, and works later (${browser})`, async () => {
    using own = storeWithConnections();
    await own.store.commit(entry(1));
    fill();
    await assert.rejects(own.store.commit(entry(2)), failsWith("storage-full"));
    await assertHolds(own.store, 1);
    await own.store.commit(entry(2));
    await assertHolds(own.store, 2);
  });
}

Deno.test("IdbStore commit() says storage-failed when the disk fails, writes nothing, and works later", async () => {
  using own = storeWithConnections();
  await own.store.commit(entry(1));
  for (
    const spoil of [() => spoilNextWrite(abortFor("UnknownError")), () => failNextPut("DataError")]
  ) {
    spoil();
    await assert.rejects(own.store.commit(entry(2)), failsWith("storage-failed"));
    await assertHolds(own.store, 1);
  }
  await own.store.commit(entry(2));
  await assertHolds(own.store, 2);
});

Deno.test("IdbStore commit() gives up on a disk that does not answer, and writes nothing", async () => {
  using own = storeWithConnections();
  await own.store.commit(entry(1));
  const { setTimeout } = globalThis;
  let expire = () => {};
  Object.assign(globalThis, {
    setTimeout: (work: () => void, ms: number) => {
      if (ms === COMMIT_MS) expire = work;
      return setTimeout(() => {}, 0);
    },
  });
  try {
    spoilNextWrite(() => queueMicrotask(() => expire()));
    await assert.rejects(own.store.commit(entry(2)), failsWith("storage-failed"));
  } finally {
    Object.assign(globalThis, { setTimeout });
  }
  await assertHolds(own.store, 1);
});

Deno.test("IdbStore gives way to a newer version of the app", async () => {
  using own = storeWithConnections();
  await own.store.commit(entry(1));
  const newer = await openRaw(own.name, 2);
  await assert.rejects(own.store.heads(), failsWith("storage-failed"));
  newer.close();
});

Deno.test("IdbStore says storage-blocked while another window holds an older version open", async () => {
  using own = storeWithConnections();
  const older = await openRaw(own.name, 1);
  const open = indexedDB.open;
  indexedDB.open = (name, version) => open(name, (version ?? 1) + 1);
  await assert.rejects(own.store.heads(), failsWith("storage-blocked"));
  older.close();
  await own.store.commit(entry(1));
  await assertHolds(own.store, 1);
  own.store.close();
  const newer = await openRaw(own.name, 2); // opens the third version: no connection is left behind
  newer.close();
  indexedDB.open = open;
});

Deno.test("IdbStore asks for strict durability where a feed could fall back, and only there", async () => {
  using own = storeWithConnections();
  await own.store.heads();
  const asked: unknown[] = [];
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (...args) {
    if (args[1] === "readwrite") asked.push(args[2]?.durability);
    return transaction.apply(this, args);
  };
  try {
    await own.store.commit(entry(1));
    await own.store.commit({ settings: { a: 1 } });
    await own.store.commit({ settings: { a: 2 }, strict: true });
    await own.store.commit({});
  } finally {
    IDBDatabase.prototype.transaction = transaction;
  }
  assert.deepEqual(asked, ["strict", "relaxed", "strict"]);
});
