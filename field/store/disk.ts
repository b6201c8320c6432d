import type { Bytes } from "../bytes.ts";

/**
 * Rows of bytes under ordered keys, in tables: the one thing that every disk (IndexedDB in the worker,
 * SQLite under the hub, memory) must be able to do. What the rows mean is written once, in
 * `disk_store.ts`. Every implementation passes `tests/contracts/disk_suite.ts`. A row that the disk can no
 * longer give (damaged, or not bytes) comes as empty bytes, and its neighbours still come.
 */
export interface Disk {
  get(table: Table, key: Key): Promise<Bytes | null>;
  /** Rows in the order of their keys. Never more than the range allows; an unbounded range is the caller's promise that they are few. */
  rows(table: Table, range: KeyRange): Promise<Row[]>;
  keys(table: Table, range: KeyRange): Promise<Key[]>;
  count(table: Table, range: KeyRange): Promise<number>;
  /** All of it in one transaction, or nothing. Resolves when it has completed, rejects when it surely has not; always does one of them. */
  write(write: Write): Promise<void>;
  /** Lets go of what is open; the next call opens it again. */
  close(): void;
}

export const TABLES = [
  "heads",
  "entries",
  "docs",
  "pages",
  "edits",
  "blobs",
  "media",
  "wanted",
  "copies",
  "settings",
  "snapshots",
  "quarantine",
] as const;

export type Table = typeof TABLES[number];

/**
 * Compared part by part; a number before any text, numbers by value, texts by UTF-16 code units, a key
 * before those that go on after it (IndexedDB's own order of arrays). Numbers are finite; texts hold no
 * lone surrogates.
 */
export type Key = readonly (string | number)[];

/** Keys from `from` (inclusive) up to `to` (exclusive), of those that begin with `prefix`. */
export interface KeyRange {
  readonly prefix?: Key;
  readonly from?: Key;
  readonly to?: Key;
  /** From the last key down. */
  readonly reverse?: boolean;
  /** At most this many rows. */
  readonly limit?: number;
  /** Stop before the row with which the values would exceed this; the first row comes in any case. Of `rows` only. */
  readonly mostBytes?: number;
}

export interface Row {
  readonly key: Key;
  readonly value: Bytes;
}

export interface Write {
  /** What must be on disk for the write to happen (null: no such row); else it fails with {@link DiskChanged}. */
  readonly expect?: readonly {
    readonly table: Table;
    readonly key: Key;
    readonly value: Bytes | null;
  }[];
  /** Before the puts. */
  readonly clear?: readonly Table[];
  readonly deletes?: readonly { readonly table: Table; readonly key: Key }[];
  readonly puts?: readonly { readonly table: Table; readonly key: Key; readonly value: Bytes }[];
  /** Wait for the disk, not only for the browser. */
  readonly strict?: boolean;
}

/** Someone else (another worker of this device) wrote meanwhile: read again, then retry. Nothing was written. */
export class DiskChanged extends Error {
  constructor(table: Table, key: Key) {
    super(`${table} ${JSON.stringify(key)} is not what it was`);
    this.name = "DiskChanged";
  }
}
