import { type Bytes, equalBytes } from "../field/bytes.ts";
import {
  type Disk,
  DiskChanged,
  type Key,
  type KeyRange,
  type Row,
  type Table,
  type Write,
} from "../field/store/disk.ts";
import { spanOf, storableKey } from "../field/store/disk_key.ts";
import type { IdbTransactions } from "./idb_connection.ts";
import { countIn, keysIn, rowsIn, rowsWithin, valueAt } from "./idb_rows.ts";

/** A disk in IndexedDB: an object store a table, keys as IndexedDB's own arrays. */
export class IdbDisk implements Disk {
  readonly #transactions: IdbTransactions;

  constructor(transactions: IdbTransactions) {
    this.#transactions = transactions;
  }

  async get(table: Table, key: Key): Promise<Bytes | null> {
    return await this.#read(table, (store) => valueAt(store, storableKey(key)));
  }

  async rows(table: Table, range: KeyRange): Promise<Row[]> {
    const { mostBytes } = range;
    const span = spanOf(range);
    if (!span || range.limit === 0) return [];
    return await this.#read(
      table,
      (store) =>
        mostBytes === undefined
          ? rowsIn(store, span, range)
          : rowsWithin(store, span, { ...range, mostBytes }),
    );
  }

  async keys(table: Table, range: KeyRange): Promise<Key[]> {
    const span = spanOf(range);
    if (!span || range.limit === 0) return [];
    return await this.#read(table, (store) => keysIn(store, span, range));
  }

  async count(table: Table, range: KeyRange): Promise<number> {
    const span = spanOf(range);
    if (!span) return 0;
    const count = await this.#read(table, (store) => countIn(store, span));
    return Math.min(count, range.limit ?? Infinity);
  }

  async write(write: Write): Promise<void> {
    const { expect = [], clear = [], strict = false } = write;
    const deletes = (write.deletes ?? []).map((one) => ({ ...one, key: storableKey(one.key) }));
    const puts = (write.puts ?? []).map((one) => ({
      table: one.table,
      key: storableKey(one.key),
      value: alone(one.value),
    }));
    const tables = new Set([...clear, ...[...expect, ...deletes, ...puts].map((at) => at.table)]);
    if (tables.size === 0) return;
    await this.#transactions.write([...tables], strict ? "strict" : "relaxed", async (tx) => {
      await Promise.all(expect.map((one) => assertHolds(tx, one)));
      // nobody waits for each of these: one that fails undoes the transaction, whose end tells
      for (const table of clear) tx.objectStore(table).clear();
      for (const { table, key } of deletes) tx.objectStore(table).delete(key);
      for (const { table, key, value } of puts) tx.objectStore(table).put(value, key);
    });
  }

  /** Lets go of the database. A later call opens it again. */
  close(): void {
    this.#transactions.close();
  }

  async #read<T>(table: Table, work: (store: IDBObjectStore) => Promise<T>): Promise<T> {
    return await this.#transactions.read(table, (tx) => work(tx.objectStore(table)));
  }
}

type Expected = NonNullable<Write["expect"]>[number];

async function assertHolds(tx: IDBTransaction, { table, key, value }: Expected): Promise<void> {
  const found = await valueAt(tx.objectStore(table), storableKey(key));
  const isSame = found && value ? equalBytes(found, value) : found === value;
  if (!isSame) throw new DiskChanged(table, key);
}

/** A view is stored with all of the buffer that it looks at: only its own bytes shall be. */
function alone(value: Bytes): Bytes {
  return value.byteLength === value.buffer.byteLength ? value : value.slice();
}
