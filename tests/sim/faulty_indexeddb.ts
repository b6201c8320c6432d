/**
 * A device's IndexedDB that fails and dies as real ones do, by chance from a seed. It is `fake-indexeddb`
 * with hooks: every call of the store is a point at which a fault may strike or the device may die. What
 * is on disk afterwards is what had completed: all of it when only the browser was killed; after a power
 * cut perhaps without the last transactions that were not asked to be strict.
 */
import "fake-indexeddb/auto";
import { setImmediate } from "node:timers";
import { forceCloseDatabase } from "fake-indexeddb";
import type { Chance } from "./chance.ts";

/** What a disk held: by object store, then by key. */
export type DiskState = ReadonlyMap<string, ReadonlyMap<string, StoredRow>>;

interface StoredRow {
  readonly key: IDBValidKey | undefined;
  readonly value: unknown;
}

type Change =
  | { readonly kind: "put"; readonly store: string; readonly row: StoredRow }
  | { readonly kind: "delete"; readonly store: string; readonly key: IDBValidKey | IDBKeyRange }
  | { readonly kind: "clear"; readonly store: string };

/** How often each fault strikes: the share of the points at which it could. */
export interface FaultRates {
  /** The browser aborts a transaction without a reason. */
  readonly abort: number;
  /** There is no room for a transaction: Chromium only aborts it. */
  readonly quota: number;
  /** The browser closes the connection. */
  readonly lost: number;
  /** A transaction takes long. */
  readonly slow: number;
}

export const NO_FAULTS: FaultRates = { abort: 0, quota: 0, lost: 0, slow: 0 };
export type Death = "browser killed" | "power cut";

/** Turns of the event loop that a slow transaction waits. */
const MOST_SLOW_TURNS = 20;

export class FaultyIndexedDb {
  readonly #chance: Chance;
  readonly #saved: DiskState;
  readonly #factory = new IDBFactory();
  /** All that is surely on disk, and what completed after the last strict transaction. */
  #durable: Map<string, Map<string, StoredRow>>;
  #relaxed: (readonly Change[])[] = [];
  #faults = NO_FAULTS;
  #points = 0;
  #deathAt = Infinity;
  #die: (() => void) | null = null;
  #restored = false;
  /** How often each fault has struck. */
  readonly struck = { abort: 0, quota: 0, lost: 0, slow: 0 };

  constructor(chance: Chance, saved: DiskState = new Map()) {
    this.#chance = chance;
    this.#saved = saved;
    this.#durable = copyOf(saved);
  }

  /** Makes it the `indexedDB` of this process: one device at a time. */
  install(): void {
    installed = this;
    Object.defineProperty(globalThis, "indexedDB", {
      value: this.#factory,
      configurable: true,
      writable: true,
    });
  }

  /** From now on; points are counted anew. `die` is called at point `deathAt`, between two steps of the store. */
  trouble(faults: FaultRates, deathAt = Infinity, die: (() => void) | null = null): void {
    [this.#faults, this.#points, this.#deathAt, this.#die] = [faults, 0, deathAt, die];
  }

  get points(): number {
    return this.#points;
  }

  /** What the next start would find if the device died now. */
  stateAfter(death: Death): DiskState {
    const state = copyOf(this.#durable);
    const kept = death === "power cut"
      ? this.#chance.below(this.#relaxed.length + 1)
      : this.#relaxed.length;
    for (const changes of this.#relaxed.slice(0, kept)) changes.forEach((one) => apply(state, one));
    return state;
  }

  /** A transaction is being opened: puts what was saved back into a database that was just made. */
  opened(db: IDBDatabase, mode: string): void {
    if (!this.#restored && mode !== "versionchange") this.#restore(db);
    this.point();
    // fake-indexeddb throws into nowhere when a database is lost while it is being made
    if (mode !== "versionchange" && this.#strikes("lost")) forceCloseDatabase(db as never);
  }

  completed(changes: readonly Change[], durability: string): void {
    if (changes.length === 0) return;
    this.#relaxed.push(changes);
    if (durability === "strict") {
      for (const each of this.#relaxed) each.forEach((one) => apply(this.#durable, one));
      this.#relaxed = [];
    }
    this.point();
  }

  /** A row was written: perhaps the transaction ends here. */
  wrote(tx: IDBTransaction): void {
    this.point();
    if (this.#strikes("quota")) abortWith(tx, "QuotaExceededError");
    else if (this.#strikes("abort")) abortWith(tx, "UnknownError");
  }

  /** Turns of the event loop before a transaction begins. */
  delay(): number {
    return this.#strikes("slow") ? 1 + this.#chance.below(MOST_SLOW_TURNS) : 0;
  }

  point(): void {
    if (++this.#points !== this.#deathAt) return;
    const die = this.#die;
    this.trouble(NO_FAULTS); // what still runs is not on this disk any more
    die?.();
  }

  #strikes(fault: keyof FaultRates): boolean {
    if (!this.#chance.is(this.#faults[fault])) return false;
    this.struck[fault]++;
    return true;
  }

  #restore(db: IDBDatabase): void {
    this.#restored = true;
    const names = [...db.objectStoreNames].filter((name) => this.#saved.has(name));
    if (names.length === 0) return;
    const tx = original.transaction.call(db, names, "readwrite");
    for (const name of names) {
      const store = tx.objectStore(name);
      for (const { key, value } of this.#saved.get(name)?.values() ?? []) {
        original.put.call(store, value, ...(store.keyPath === null ? [key] : []));
      }
    }
  }
}

let installed: FaultyIndexedDb | null = null;
/** Databases belong to the device that was there when they were opened: a dead one's are of no concern. */
const ownerOf = new WeakMap<IDBDatabase, FaultyIndexedDb>();
const changesOf = new WeakMap<IDBTransaction, Change[]>();

const original = {
  transaction: IDBDatabase.prototype.transaction,
  put: IDBObjectStore.prototype.put,
  add: IDBObjectStore.prototype.add,
  delete: IDBObjectStore.prototype.delete,
  clear: IDBObjectStore.prototype.clear,
};

function owner(db: IDBDatabase): FaultyIndexedDb | null {
  const known = ownerOf.get(db) ?? installed;
  if (known) ownerOf.set(db, known);
  return known;
}

IDBDatabase.prototype.transaction = function (names, mode = "readonly", options = {}) {
  const device = owner(this);
  device?.opened(this, mode);
  const tx = original.transaction.call(this, names, mode, options);
  const changes: Change[] = [];
  changesOf.set(tx, changes);
  tx.addEventListener(
    "complete",
    () => device?.completed(changes, options.durability ?? "default"),
  );
  holdBack(tx, device?.delay() ?? 0);
  return tx;
};

IDBObjectStore.prototype.put = function (value, key) {
  const request = original.put.call(this, value, ...(key === undefined ? [] : [key]));
  return changed(this, request, { kind: "put", store: this.name, row: rowOf(this, value, key) });
};

IDBObjectStore.prototype.add = function (value, key) {
  const request = original.add.call(this, value, ...(key === undefined ? [] : [key]));
  return changed(this, request, { kind: "put", store: this.name, row: rowOf(this, value, key) });
};

IDBObjectStore.prototype.delete = function (key) {
  return changed(this, original.delete.call(this, key), { kind: "delete", store: this.name, key });
};

IDBObjectStore.prototype.clear = function () {
  return changed(this, original.clear.call(this), { kind: "clear", store: this.name });
};

function changed<R>(store: IDBObjectStore, request: R, change: Change): R {
  const tx = store.transaction;
  changesOf.get(tx)?.push(change);
  if (tx.mode === "readwrite") owner(tx.db)?.wrote(tx);
  return request;
}

function rowOf({ keyPath }: IDBObjectStore, value: unknown, key?: IDBValidKey): StoredRow {
  const row = value as Record<string, IDBValidKey>;
  const found = keyPath === null
    ? key
    : typeof keyPath === "string"
    ? row[keyPath]
    : keyPath.map((part) => row[part]);
  return { key: found, value: structuredClone(value) };
}

/** As a browser does it: the reason is in the transaction, no call of its own fails. */
function abortWith(tx: IDBTransaction, name: string): void {
  (tx as unknown as { _abort(name: string): void })._abort(name);
}

function holdBack(tx: IDBTransaction, turns: number): void {
  if (turns === 0) return;
  const held = tx as unknown as { _start(): void };
  const start = held._start;
  held._start = function () {
    if (turns-- > 0) setImmediate(() => held._start.call(this));
    else start.call(this);
  };
}

function copyOf(state: DiskState): Map<string, Map<string, StoredRow>> {
  return new Map([...state].map(([store, rows]) => [store, new Map(rows)]));
}

function apply(state: Map<string, Map<string, StoredRow>>, change: Change): void {
  const rows = state.get(change.store) ?? new Map<string, StoredRow>();
  state.set(change.store, rows);
  if (change.kind === "clear") return rows.clear();
  if (change.kind === "put") return void rows.set(nameOf(change.row.key), change.row);
  if (!(change.key instanceof IDBKeyRange)) return void rows.delete(nameOf(change.key));
  for (const [name, { key }] of rows) {
    if (key !== undefined && change.key.includes(key)) rows.delete(name);
  }
}

function nameOf(key: unknown): string {
  return JSON.stringify(key);
}
