import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { forceCloseDatabase } from "fake-indexeddb";
import { diskSuite } from "../tests/contracts/disk_suite.ts";
import {
  abortWith,
  connectionsTo,
  failRequest,
  HandWait,
  openRaw,
  spoilReads,
  spoilWrites,
  withoutStrays,
} from "../tests/fixtures/spoiled_idb.ts";
import { createVersion1 } from "../tests/fixtures/version_1_database.ts";
import { DiskChanged, type Write } from "../field/store/disk.ts";
import { type ErrorCode, FieldError } from "../field/errors.ts";
import {
  ENDS_WITHIN_MS,
  IdbConnection,
  RETRY_AFTER_MS,
  WAKES_WITHIN_MS,
} from "./idb_connection.ts";
import { IdbDisk } from "./idb_disk.ts";
import { IDB_VERSION } from "./idb_upgrade.ts";

diskSuite("IdbDisk", { open: (place) => new IdbDisk(new IdbConnection(place)) });

const PAUSES = RETRY_AFTER_MS.filter((ms) => ms > 0);
const TRIES = RETRY_AFTER_MS.length + 1;

let databases = 0;

/** A disk of its own, with the connections that it has opened so far. */
function ownDisk(name = `own-${databases++}`) {
  const time = new HandWait();
  const disk = new IdbDisk(new IdbConnection(name, time.wait));
  const tap = connectionsTo(name);
  return {
    name,
    disk,
    time,
    connections: tap.connections,
    [Symbol.dispose]: () => {
      tap[Symbol.dispose]();
      disk.close();
    },
  };
}

function row(n: number): Write {
  const table = "entries";
  return {
    strict: true,
    puts: [{ table, key: [n], value: Uint8Array.of(n) }, {
      table: "heads",
      key: [],
      value: Uint8Array.of(n),
    }],
  };
}

/** Rows 1 to `count`, each whole. */
async function assertHolds(disk: IdbDisk, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  assert.deepEqual(await disk.keys("entries", {}), numbers.map((n) => [n]));
  assert.deepEqual(await disk.get("heads", []), count ? Uint8Array.of(count) : null);
}

const failsWith = (code: ErrorCode, words = /./) => (error: unknown) =>
  error instanceof FieldError && error.code === code && words.test(error.message);

/** Lets what is due happen, until a limit of this length is being waited for. */
async function untilWaiting(time: HandWait, ms: number): Promise<void> {
  for (let turn = 0; !time.limits.includes(ms); turn++) {
    assert.ok(turn < 1000, `nobody waits for ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve));
  }
}

for (
  const [how, close] of [
    ["closed", (db: IDBDatabase) => db.close()],
    ["terminated", (db: IDBDatabase) => forceCloseDatabase(db as never)],
  ] as const
) {
  Deno.test(`IdbDisk opens a connection again that the browser has ${how}`, async () => {
    using own = ownDisk();
    await own.disk.write(row(1));
    close(own.connections[0]);
    await assertHolds(own.disk, 1);
    close(own.connections[1]);
    await own.disk.write(row(2));
    await assertHolds(own.disk, 2);
    assert.equal(own.connections.length, 3);
    assert.deepEqual(own.time.pauses, []);
  });
}

Deno.test("IdbDisk write() is done again when the connection ends in the middle of it", async () => {
  using own = ownDisk();
  await own.disk.write(row(1));
  await withoutStrays(async () => {
    using _ = spoilWrites(() => forceCloseDatabase(own.connections[0] as never));
    await own.disk.write(row(2));
  });
  await assertHolds(own.disk, 2);
});

for (
  const [browser, fill] of [
    ["Chromium, which aborts", abortWith("QuotaExceededError")],
    ["Firefox, where a put fails", failRequest("QuotaExceededError")],
  ] as const
) {
  Deno.test(`IdbDisk write() says storage-full on quota, tries once, writes nothing, and works later (${browser})`, async () => {
    using own = ownDisk();
    await own.disk.write(row(1));
    await withoutStrays(async () => {
      using _ = spoilWrites(fill);
      await assert.rejects(own.disk.write(row(2)), failsWith("storage-full", /Free space/));
    });
    await assertHolds(own.disk, 1);
    await own.disk.write(row(2));
    await assertHolds(own.disk, 2);
  });
}

for (
  const [what, spoil] of [
    ["aborts", abortWith("UnknownError")],
    ["aborts without a reason", abortWith("AbortError")],
    ["fails", failRequest("UnknownError")],
  ] as const
) {
  Deno.test(`IdbDisk write() tries again when a transaction ${what}, after growing pauses`, async () => {
    using own = ownDisk();
    await own.disk.write(row(1));
    await withoutStrays(async () => {
      using _ = spoilWrites(spoil, TRIES - 1);
      await own.disk.write(row(2));
    });
    await assertHolds(own.disk, 2);
    assert.deepEqual(own.time.pauses, PAUSES);
  });

  Deno.test(`IdbDisk write() gives up when a transaction ${what} every time, and writes nothing`, async () => {
    using own = ownDisk();
    await own.disk.write(row(1));
    await withoutStrays(async () => {
      using _ = spoilWrites(spoil, TRIES);
      await assert.rejects(own.disk.write(row(2)), failsWith("storage-failed", /could not save/));
    });
    assert.deepEqual(own.time.pauses, PAUSES);
    await assertHolds(own.disk, 1);
    await own.disk.write(row(2));
    await assertHolds(own.disk, 2);
  });
}

Deno.test("IdbDisk write() does not try again what cannot help", async () => {
  using own = ownDisk();
  await own.disk.write(row(1));
  {
    using _ = spoilWrites(failRequest("ConstraintError"));
    await assert.rejects(own.disk.write(row(2)), failsWith("storage-failed"));
  }
  const expect = [{ table: "heads", key: [], value: null }] as const;
  await assert.rejects(own.disk.write({ ...row(2), expect }), DiskChanged);
  await assertHolds(own.disk, 1);
  assert.deepEqual(own.time.pauses, []);
  assert.equal(own.connections.length, 1);
});

Deno.test("IdbDisk write() gives up on a transaction that does not end, and writes nothing", async () => {
  using own = ownDisk();
  await own.disk.write(row(1));
  await withoutStrays(async () => {
    using _ = spoilWrites(keepBusyUntil(() => false));
    const writing = givenUp(own.time, own.disk.write(row(2)));
    await assert.rejects(writing, failsWith("storage-failed", /Nothing was saved/));
  });
  await assertHolds(own.disk, 1);
  assert.equal(own.connections.length, 2); // the stuck one is not used again
  await own.disk.write(row(2));
  await assertHolds(own.disk, 2);
});

Deno.test("IdbDisk write() says that it does not know when not even an abort is answered", async () => {
  using own = ownDisk();
  await own.disk.write(row(1));
  await withoutStrays(async () => {
    using _ = deafTransactions();
    const writing = givenUp(own.time, own.disk.write(row(2)));
    await assert.rejects(writing, failsWith("storage-failed", /Whether/));
  });
  assert.deepEqual(own.time.limits, []);
  await own.disk.write(row(2));
});

Deno.test("IdbDisk write() is done when it completes just as it is given up", async () => {
  using own = ownDisk();
  await own.disk.write(row(1));
  const { abort } = IDBTransaction.prototype;
  let isGivenUp = false;
  IDBTransaction.prototype.abort = () => {
    isGivenUp = true;
    throw new DOMException("It is committing", "InvalidStateError");
  };
  try {
    using _ = spoilWrites(keepBusyUntil(() => isGivenUp));
    await givenUp(own.time, own.disk.write(row(2)));
  } finally {
    IDBTransaction.prototype.abort = abort;
  }
  await assertHolds(own.disk, 2);
});

Deno.test("IdbDisk gives what completes a moment after the time was up: the device may have slept", async () => {
  using own = ownDisk();
  await own.disk.write(row(1));
  let isUp = false;
  using _ = spoilWrites(keepBusyUntil(() => isUp));
  const writing = own.disk.write(row(2));
  await untilWaiting(own.time, ENDS_WITHIN_MS);
  own.time.expire();
  await untilWaiting(own.time, WAKES_WITHIN_MS);
  isUp = true;
  await writing;
  await assertHolds(own.disk, 2);
});

/** Keeps a transaction from its end. */
function keepBusyUntil(isOver: () => boolean): (tx: IDBTransaction) => void {
  return (tx) => {
    const again = () => {
      if (!isOver()) tx.objectStore("heads").count().onsuccess = again;
    };
    again();
  };
}

/** Lets time be up again and again, until `work` has settled. */
async function givenUp<T>(time: HandWait, work: Promise<T>): Promise<T> {
  let isSettled = false;
  const settle = () => isSettled = true;
  work.then(settle, settle);
  for (let turn = 0; !isSettled; turn++) {
    assert.ok(turn < 1000, "it does not settle");
    await new Promise((resolve) => setTimeout(resolve));
    time.expire();
  }
  return await work;
}

/** Transactions from now on that never say how they ended. */
function deafTransactions(): Disposable {
  const { addEventListener } = IDBTransaction.prototype;
  IDBTransaction.prototype.addEventListener = () => {};
  return {
    [Symbol.dispose]: () => void (IDBTransaction.prototype.addEventListener = addEventListener),
  };
}

Deno.test("IdbDisk reads try again when a request fails, and give up in the end", async () => {
  using own = ownDisk();
  await own.disk.write(row(1));
  await withoutStrays(async () => {
    let failures = TRIES - 1;
    using _ = spoilReads("get", "UnknownError", () => failures-- > 0);
    assert.deepEqual(await own.disk.get("heads", []), Uint8Array.of(1));
    assert.deepEqual(own.time.pauses, PAUSES);
    failures = TRIES;
    await assert.rejects(own.disk.get("heads", []), failsWith("storage-failed", /could not read/));
  });
  await assertHolds(own.disk, 1);
});

Deno.test("IdbDisk reads give up on a request that is never answered", async () => {
  using own = ownDisk();
  await own.disk.write(row(1));
  const { count } = IDBObjectStore.prototype;
  Object.assign(IDBObjectStore.prototype, { count: () => new EventTarget() });
  try {
    const counting = givenUp(own.time, own.disk.count("entries", {}));
    await assert.rejects(counting, failsWith("storage-failed", /does not answer/));
  } finally {
    Object.assign(IDBObjectStore.prototype, { count });
  }
  await assertHolds(own.disk, 1);
});

Deno.test("IdbDisk gives no bytes for a value that is none, and the rows beside it", async () => {
  using own = ownDisk();
  await own.disk.write(row(2));
  const tx = own.connections[0].transaction("entries", "readwrite");
  for (const [n, value] of [[1, "text"], [3, { a: 1 }], [4, null]] as const) {
    tx.objectStore("entries").put(value, [n]);
  }
  await new Promise((resolve) => tx.oncomplete = resolve);
  const sizes = (await own.disk.rows("entries", {})).map(({ value }) => value.length);
  assert.deepEqual(sizes, [0, 1, 0, 0]);
  for (const n of [1, 3, 4]) assert.equal((await own.disk.get("entries", [n]))?.length, 0);
});

for (const name of ["DataError", "NotReadableError"]) {
  Deno.test(`IdbDisk gives no bytes for a value whose file is gone (${name}), and the rows beside it`, async () => {
    using own = ownDisk();
    for (const n of [1, 2, 3]) await own.disk.write(row(n));
    const isLost = (key: unknown) => Array.isArray(key) && key[0] === 2;
    await withoutStrays(async () => {
      using _all = spoilReads("getAll", name);
      using _one = spoilReads("get", name, isLost);
      for (const reverse of [false, true]) {
        const rows = await own.disk.rows("entries", { reverse, limit: 9 });
        const values = rows.map(({ value }) => [...value]);
        assert.deepEqual(values, reverse ? [[3], [], [1]] : [[1], [], [3]]);
      }
      assert.equal((await own.disk.rows("entries", { mostBytes: 1 })).length, 2);
      assert.equal((await own.disk.get("entries", [2]))?.length, 0);
    });
    await assertHolds(own.disk, 3);
  });
}

Deno.test("IdbDisk gives way to a newer version of the app, and says to reload", async () => {
  using own = ownDisk();
  await own.disk.write(row(1));
  const newer = await openRaw(own.name, IDB_VERSION + 1);
  await assert.rejects(own.disk.get("heads", []), failsWith("storage-blocked", /Reload/));
  newer.close();
});

Deno.test("IdbDisk says storage-blocked while another window holds an older version open", async () => {
  using own = ownDisk();
  const older = await openRaw(own.name, 1, createVersion1);
  await withoutStrays(async () => {
    await assert.rejects(own.disk.get("heads", []), failsWith("storage-blocked", /Close/));
    const again = givenUp(own.time, own.disk.get("heads", []));
    await assert.rejects(again, failsWith("storage-blocked", /Close/));
  });
  older.close();
  await own.disk.write(row(1));
  await assertHolds(own.disk, 1);
  own.disk.close();
  const newer = await openRaw(own.name, IDB_VERSION + 1); // no connection is left behind
  newer.close();
});

Deno.test("IdbDisk close() before it has opened leaves no connection behind", async () => {
  using own = ownDisk();
  const reading = own.disk.get("heads", []).catch(() => null);
  own.disk.close();
  await reading;
  own.disk.close();
  const newer = await openRaw(own.name, IDB_VERSION + 1);
  newer.close();
});

Deno.test("IdbDisk tries again when the database does not open, and gives up in the end", async () => {
  using own = ownDisk();
  const { open } = indexedDB;
  const silent = { addEventListener: () => {} };
  indexedDB.open = () => Object.assign(Object.create(IDBOpenDBRequest.prototype), silent);
  await withoutStrays(async () => {
    const reading = givenUp(own.time, own.disk.get("heads", []));
    await assert.rejects(reading, failsWith("storage-failed"));
  });
  assert.deepEqual(own.time.pauses, PAUSES);
  indexedDB.open = open;
  await own.disk.write(row(1));
  await assertHolds(own.disk, 1);
});

Deno.test("IdbDisk asks for strict durability when it is to wait for the disk, and only then", async () => {
  using own = ownDisk();
  await own.disk.get("heads", []);
  const asked: unknown[] = [];
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (...args) {
    if (args[1] === "readwrite") asked.push(args[2]?.durability);
    return transaction.apply(this, args);
  };
  try {
    await own.disk.write(row(1));
    await own.disk.write({ ...row(2), strict: false });
    await own.disk.write({ deletes: [{ table: "entries", key: [2] }] });
    await own.disk.write({});
  } finally {
    IDBDatabase.prototype.transaction = transaction;
  }
  assert.deepEqual(asked, ["strict", "relaxed", "relaxed"]);
});
