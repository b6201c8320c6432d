import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { FieldError } from "../field/errors.ts";
import { createKeys, type StoredKeys } from "../field/keys.ts";
import type { ObservationQuery } from "../field/messages.ts";
import type { DeviceId, Hex, Observation } from "../field/observation.ts";
import {
  type Commit,
  type Head,
  HeadMoved,
  type Store,
  type StoredBlob,
  type StoredEntry,
} from "../field/store.ts";

interface ObservationRow {
  readonly id: string;
  readonly device: DeviceId;
  readonly first: number;
  readonly seq: number;
  /** IndexedDB does not index booleans. */
  readonly open: 0 | 1;
  readonly observation: Observation;
}

interface Schema extends DBSchema {
  identity: { key: string; value: StoredKeys };
  heads: { key: DeviceId; value: Head };
  entries: {
    key: [DeviceId, number];
    value: StoredEntry;
    indexes: { doc: [string, DeviceId, number] };
  };
  observations: {
    key: string;
    value: ObservationRow;
    indexes: { newest: [number, string]; feed: [DeviceId, number]; open: [DeviceId, number] };
  };
  blobs: { key: Hex; value: StoredBlob };
  wanted: { key: Hex; value: 1 };
  settings: { key: string; value: unknown };
}

type Database = IDBPDatabase<Schema>;
type Table = "heads" | "entries" | "observations" | "blobs" | "wanted" | "settings";
type WriteTx = ReturnType<typeof begin>;

const VERSION = 1;
const KEYS = "keys";
const BLOCKED =
  "Another window holds an older version of the records open. Close the other windows of Fieldmesh.";
/** A transaction that has not ended by then never will: the disk is stuck. */
const COMMIT_MS = 20_000;

/** The store in IndexedDB. Reopens by itself when the browser closed the connection. */
export class IdbStore implements Store {
  readonly #name: string;
  #opening: Promise<Database> | null = null;

  constructor(name = "fieldmesh") {
    this.#name = name;
  }

  /** This device's key pair; made on the first call and kept. */
  async keys(): Promise<StoredKeys> {
    return await this.#read(async (db) => {
      const known = await db.get("identity", KEYS);
      if (known) return known;
      const made = await createKeys();
      // another worker of this device may have been faster: the first one stays
      const tx = db.transaction("identity", "readwrite", { durability: "strict" });
      const first = await tx.store.get(KEYS);
      if (!first) inTransaction(tx.store.put(made, KEYS));
      await tx.done;
      return first ?? made;
    });
  }

  async heads(): Promise<Head[]> {
    return await this.#read((db) => db.getAll("heads"));
  }

  async entriesAfter(device: DeviceId, after: number, mostBytes: number): Promise<StoredEntry[]> {
    return await this.#read(async (db) => {
      const taken: StoredEntry[] = [];
      let bytes = 0;
      const range = IDBKeyRange.bound([device, after + 1], [device, Infinity]);
      let cursor = await db.transaction("entries").store.openCursor(range);
      while (cursor) {
        bytes += cursor.value.bytes.length;
        if (taken.length > 0 && bytes > mostBytes) break;
        taken.push(cursor.value);
        cursor = await cursor.continue();
      }
      return taken;
    });
  }

  async entriesOf(doc: string): Promise<StoredEntry[]> {
    const range = IDBKeyRange.bound([doc, "", 0], [doc, "\uffff", Infinity]);
    return await this.#read((db) => db.getAllFromIndex("entries", "doc", range));
  }

  async docs(prefix: string): Promise<string[]> {
    return await this.#read(async (db) => {
      const names: string[] = [];
      const index = db.transaction("entries").store.index("doc");
      const end: [string, string, number] = [prefix + "\uffff", "", 0];
      let cursor = await index.openKeyCursor(IDBKeyRange.bound([prefix, "", 0], end));
      while (cursor) {
        const name = cursor.key[0];
        names.push(name);
        // on to the next document, past all entries of this one
        const next = IDBKeyRange.bound([name, "\uffff", Infinity], end, true);
        cursor = await index.openKeyCursor(next);
      }
      return names;
    });
  }

  async observations(query: ObservationQuery): Promise<Observation[]> {
    return await this.#read(async (db) => {
      const tx = db.transaction("observations");
      const last = query.before === undefined ? undefined : await tx.store.get(query.before);
      if (query.before !== undefined && !last) return [];
      const below: [number, string] = last ? [last.first, last.id] : [Infinity, ""];
      const above: [number, string] = [query.since ?? -Infinity, "\uffff"];
      if (indexedDB.cmp(above, below) >= 0) return [];
      const range = IDBKeyRange.bound(above, below, true, true);
      const found: Observation[] = [];
      let cursor = await tx.store.index("newest").openCursor(range, "prev");
      while (cursor && found.length < query.limit) {
        found.push(cursor.value.observation);
        cursor = await cursor.continue();
      }
      return found;
    });
  }

  async countObservations(device?: DeviceId, throughSeq = Infinity): Promise<number> {
    return await this.#read((db) =>
      device === undefined ? db.count("observations") : db.countFromIndex(
        "observations",
        "feed",
        IDBKeyRange.bound([device, 0], [device, throughSeq]),
      )
    );
  }

  async openObservations(device: DeviceId): Promise<Observation[]> {
    const rows = await this.#read((db) =>
      db.getAllFromIndex("observations", "open", IDBKeyRange.only([device, 1]))
    );
    return rows.map(({ observation }) => observation);
  }

  async blob(hash: Hex): Promise<StoredBlob | null> {
    return await this.#read((db) => db.get("blobs", hash)) ?? null;
  }

  async wanted(limit: number): Promise<Hex[]> {
    return await this.#read((db) => db.getAllKeys("wanted", undefined, limit));
  }

  async countWanted(): Promise<number> {
    return await this.#read((db) => db.count("wanted"));
  }

  async setting(key: string): Promise<unknown> {
    return await this.#read((db) => db.get("settings", key));
  }

  async settings(prefix: string): Promise<ReadonlyMap<string, unknown>> {
    return await this.#read(async (db) => {
      const range = IDBKeyRange.bound(prefix, prefix + "\uffff");
      const store = db.transaction("settings").store;
      const [keys, values] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
      return new Map(keys.map((key, i) => [key, values[i]]));
    });
  }

  async commit(commit: Commit): Promise<void> {
    const tables = tablesOf(commit);
    if (tables.length === 0) return;
    try {
      await this.#onceMore((db) => write(db, tables, commit));
    } catch (cause) {
      throw cause instanceof HeadMoved ? cause : storeFailure(cause);
    }
  }

  close(): void {
    this.#opening?.then((db) => db.close(), () => {});
    this.#opening = null;
  }

  async #read<T>(work: (db: Database) => Promise<T>): Promise<T> {
    try {
      return await this.#onceMore(work);
    } catch (cause) {
      throw storeFailure(cause);
    }
  }

  /** A connection may have been closed by the browser: then nothing was done, and a new one will do. */
  async #onceMore<T>(work: (db: Database) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#db());
    } catch (cause) {
      if (!(cause instanceof DOMException && cause.name === "InvalidStateError")) throw cause;
      this.close();
      return await work(await this.#db());
    }
  }

  #db(): Promise<Database> {
    this.#opening ??= this.#open().catch((cause) => {
      this.#opening = null;
      throw cause instanceof FieldError ? cause : storeFailure(cause);
    });
    return this.#opening;
  }

  #open(): Promise<Database> {
    return new Promise((resolve, reject) => {
      let isBlocked = false;
      openDB<Schema>(this.#name, VERSION, {
        upgrade: createTables,
        blocked: () => {
          isBlocked = true;
          reject(new FieldError("storage-blocked", BLOCKED));
        },
        blocking: () => this.close(),
        terminated: () => this.#opening = null,
        // it opens after all once the others are closed: nobody waits for it any more
      }).then((db) => isBlocked ? db.close() : resolve(db), reject);
    });
  }
}

function createTables(db: Database): void {
  db.createObjectStore("identity");
  db.createObjectStore("heads", { keyPath: "device" });
  db.createObjectStore("entries", { keyPath: ["device", "seq"] })
    .createIndex("doc", ["doc", "device", "seq"]);
  const observations = db.createObjectStore("observations", { keyPath: "id" });
  observations.createIndex("newest", ["first", "id"]);
  observations.createIndex("feed", ["device", "seq"]);
  observations.createIndex("open", ["device", "open"]);
  db.createObjectStore("blobs", { keyPath: "hash" });
  db.createObjectStore("wanted");
  db.createObjectStore("settings");
}

function tablesOf(commit: Commit): Table[] {
  const tables = new Set<Table>();
  if (commit.entries?.length) tables.add("entries");
  if (commit.heads?.length) tables.add("heads");
  if (commit.observations?.length) tables.add("observations");
  if (commit.blobs?.length || commit.wanted?.length) tables.add("blobs").add("wanted");
  if (Object.keys(commit.settings ?? {}).length) tables.add("settings");
  return [...tables];
}

function begin(db: Database, tables: Table[], durability: IDBTransactionDurability) {
  return db.transaction(tables, "readwrite", { durability });
}

/** One transaction for all of it. Resolves when it has completed. */
async function write(db: Database, tables: Table[], commit: Commit): Promise<void> {
  const isStrict = commit.strict || (commit.entries?.length ?? 0) > 0;
  const tx = begin(db, tables, isStrict ? "strict" : "relaxed");
  let stopped: unknown;
  const stop = (why: unknown) => {
    stopped ??= why;
    try {
      tx.abort();
    } catch {
      // it has ended already: `done` says how
    }
  };
  const timer = setTimeout(
    () => stop(new FieldError("storage-failed", "The disk does not answer. Nothing was saved.")),
    COMMIT_MS,
  );
  const failed = (cause: unknown) => {
    if (!(cause instanceof DOMException && cause.name === "AbortError")) stop(cause);
  };
  const done = tx.done;
  done.catch(() => {}); // awaited below; an abort must not count as unhandled meanwhile
  try {
    await putAll(tx, commit, failed).catch(stop);
    await done;
  } catch (cause) {
    throw stopped ?? cause;
  } finally {
    clearTimeout(timer);
  }
}

type Failed = (cause: unknown) => void;

async function putAll(tx: WriteTx, commit: Commit, failed: Failed): Promise<void> {
  const put = (request: Promise<unknown>) => inTransaction(request, failed);
  for (const { head, after } of commit.heads ?? []) {
    const found = (await tx.objectStore("heads").get(head.device))?.seq ?? 0;
    if (found !== after) throw new HeadMoved(head.device, after, found);
    put(tx.objectStore("heads").put(head));
  }
  for (const entry of commit.entries ?? []) put(tx.objectStore("entries").put(entry));
  for (const { observation, seq } of commit.observations ?? []) {
    const { id, device, first, open } = observation;
    const row = { id, device, first, seq, open: open ? 1 : 0, observation } as const;
    put(tx.objectStore("observations").put(row));
  }
  for (const blob of commit.blobs ?? []) {
    put(tx.objectStore("blobs").put(blob));
    put(tx.objectStore("wanted").delete(blob.hash));
  }
  for (const hash of commit.wanted ?? []) {
    if (await tx.objectStore("blobs").getKey(hash) === undefined) {
      put(tx.objectStore("wanted").put(1, hash));
    }
  }
  for (const [key, value] of Object.entries(commit.settings ?? {})) {
    put(tx.objectStore("settings").put(value, key));
  }
}

/** A request that fails aborts its transaction, which is awaited: here only why it failed is news. */
function inTransaction(request: Promise<unknown>, failed: Failed = () => {}): void {
  request.catch(failed);
}

/** What IndexedDB threw, in the user's words. On quota, Chromium only aborts the transaction. */
function storeFailure(cause: unknown): FieldError {
  if (cause instanceof FieldError) return cause;
  if (cause instanceof DOMException && cause.name === "QuotaExceededError") {
    return new FieldError(
      "storage-full",
      "The storage is full: new observations are held, not saved. Free space on this device.",
      { cause },
    );
  }
  return new FieldError(
    "storage-failed",
    "The browser could not save. What was saved before is safe; it is tried again.",
    { cause },
  );
}
