/**
 * The map that this device keeps: a database of its own, beside the worker's, with one record. Browsers
 * copy a stored file from disk to disk and give it back as a file whose bytes they read when asked:
 * 100 MB take 0.4 s to keep and 2 ms to open, in Chromium and Firefox, and never lie in memory (the
 * Cache interface took twice as long, and 0.4 s to open in Firefox).
 */
import type { KeptMap } from "./map_archive.ts";
import { parseKeptMap } from "./parse_kept_map.ts";

const DATABASE = "fieldmesh-map";
const STORE = "maps";
const KEY = "kept";

/** The kept map; null when there is none. */
export async function keptMap(factory: IDBFactory): Promise<KeptMap | null> {
  return parseKeptMap(
    await inStore(factory, "readonly", (store) => store.get(KEY)),
  );
}

/** In place of the one before; resolves when it is on disk. Rejects with `QuotaExceededError` when there is no room. */
export async function keepMap(factory: IDBFactory, map: KeptMap): Promise<void> {
  await inStore(factory, "readwrite", (store) => store.put(map, KEY));
}

export async function dropMap(factory: IDBFactory): Promise<void> {
  await inStore(factory, "readwrite", (store) => store.delete(KEY));
}

/** Opened for each: a database that is held open could not be deleted with the site's data. */
async function inStore(
  factory: IDBFactory,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest,
): Promise<unknown> {
  const database = await open(factory);
  try {
    return await settled(database, mode, ask);
  } finally {
    database.close();
  }
}

function open(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** What was asked for, once the transaction is complete. */
function settled(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const request = ask(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error ?? request.error);
  });
}
