import { TABLES } from "../field/store/disk.ts";
import { DiskStore } from "../field/store/disk_store.ts";
import type { Commit, Head, StoredBlob, StoredEntry } from "../field/store/store.ts";
import type { IdbTransactions } from "./idb_connection.ts";
import { IdbDisk } from "./idb_disk.ts";
import { resultOf } from "./idb_request.ts";

export const IDB_VERSION = 2;
/** Keys that cannot be turned into bytes: the browser keeps them as they are. */
export const IDENTITY = "identity";

/** Tables of version 1 under names that are used again, and one that is built anew from the entries. */
const OLD_TABLES = ["heads", "entries", "blobs", "wanted", "settings"] as const;
const OLD_INDEX = "observations";
const old = (table: typeof OLD_TABLES[number]) => `version-1-${table}`;
/** Rows read at once: few enough to hold as many pictures in memory. */
const BATCH = 32;

/**
 * Brings a database to {@link IDB_VERSION} in its upgrade transaction: all of it, or, when this
 * rejects, nothing, and the older version is as it was. `nowMs`: when its pictures count as come here.
 */
export async function upgradeTables(
  tx: IDBTransaction,
  from: number,
  nowMs: () => number,
): Promise<void> {
  if (from < 1) tx.db.createObjectStore(IDENTITY);
  else for (const table of OLD_TABLES) tx.objectStore(table).name = old(table);
  for (const table of TABLES) tx.db.createObjectStore(table);
  if (from < 1) return;
  await moveVersion1(tx, nowMs());
  for (const table of OLD_TABLES) tx.db.deleteObjectStore(old(table));
  tx.db.deleteObjectStore(OLD_INDEX);
}

/** Through the store itself, which alone knows how its rows are written. It waits for nothing but this disk. */
async function moveVersion1(tx: IDBTransaction, at: number): Promise<void> {
  const store = new DiskStore(new IdbDisk(withinUpgrade(tx)));
  const move = async <T>(table: typeof OLD_TABLES[number], commit: (rows: Old<T>[]) => Commit) => {
    for await (const rows of batches<T>(tx.objectStore(old(table)))) {
      await store.commit(commit(rows));
    }
  };
  await move<Head>("heads", (rows) => ({
    heads: rows.map(({ value }) => ({ head: value, after: 0 })),
    indexIsWhole: false,
  }));
  await move<StoredEntry>("entries", (rows) => ({ entries: rows.map(({ value }) => value) }));
  await move<StoredBlob>("blobs", (rows) => ({ blobs: rows.map(({ value }) => value), at }));
  await move<1>("wanted", (rows) => ({ wanted: rows.map(({ key }) => String(key)) }));
  await move<unknown>("settings", (rows) => ({
    settings: Object.fromEntries(rows.map(({ key, value }) => [String(key), value])),
  }));
}

/** Everything in the upgrade's own transaction: it completes, or does not, as a whole. */
function withinUpgrade(tx: IDBTransaction): IdbTransactions {
  return {
    read: (_table, work) => work(tx),
    write: (_tables, _durability, work) => work(tx),
    close: () => {},
  };
}

/** A row as version 1 wrote it: no other code ever wrote here. */
interface Old<T> {
  readonly key: IDBValidKey;
  readonly value: T;
}

async function* batches<T>(store: IDBObjectStore): AsyncGenerator<Old<T>[]> {
  let range: IDBKeyRange | undefined;
  for (;;) {
    const [keys, values] = await Promise.all([
      resultOf(store.getAllKeys(range, BATCH)),
      resultOf<T[]>(store.getAll(range, BATCH)),
    ]);
    if (keys.length === 0) return;
    yield keys.map((key, i) => ({ key, value: values[i] }));
    range = IDBKeyRange.lowerBound(keys[keys.length - 1], true);
  }
}
