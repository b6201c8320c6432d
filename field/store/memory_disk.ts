import { type Bytes, equalBytes } from "../bytes.ts";
import {
  type Disk,
  DiskChanged,
  type Key,
  type KeyRange,
  type Row,
  type Table,
  TABLES,
  type Write,
} from "./disk.ts";
import { storableKey } from "./disk_key.ts";
import { SortedRows } from "./sorted_rows.ts";

/** A disk without a disk: for tests and the simulator, where "durable" is what the test says it is. */
export class MemoryDisk implements Disk {
  readonly #tables = new Map<Table, SortedRows>(TABLES.map((table) => [table, new SortedRows()]));

  async get(table: Table, key: Key): Promise<Bytes | null> {
    return await Promise.resolve(this.#table(table).get(key)?.slice() ?? null);
  }

  async rows(table: Table, range: KeyRange): Promise<Row[]> {
    const { mostBytes = Infinity } = range;
    const taken: Row[] = [];
    let bytes = 0;
    for (const { key, value } of this.#table(table).inRange(range)) {
      bytes += value.length;
      if (taken.length > 0 && bytes > mostBytes) break;
      taken.push({ key: [...key], value: value.slice() });
    }
    return await Promise.resolve(taken);
  }

  async keys(table: Table, range: KeyRange): Promise<Key[]> {
    const rows = this.#table(table).inRange(range);
    return await Promise.resolve(Array.from(rows, ({ key }) => [...key]));
  }

  async count(table: Table, range: KeyRange): Promise<number> {
    return await Promise.resolve(this.#table(table).count(range));
  }

  /** Done when it returns: what comes after sees it. The promise only tells. */
  async write(write: Write): Promise<void> {
    // all that can fail comes before the first change
    const puts = (write.puts ?? []).map(({ table, key, value }) => ({
      rows: this.#table(table),
      key: storableKey(key),
      value: value.slice(),
    }));
    for (const { table, key, value } of write.expect ?? []) {
      if (!isSame(this.#table(table).get(key), value)) throw new DiskChanged(table, key);
    }
    for (const table of write.clear ?? []) this.#table(table).clear();
    for (const { table, key } of write.deletes ?? []) this.#table(table).delete(key);
    for (const { rows, key, value } of puts) rows.put(key, value);
    await Promise.resolve();
  }

  close(): void {}

  #table(table: Table): SortedRows {
    const rows = this.#tables.get(table);
    if (!rows) throw new TypeError(`The disk has no table ${table}`);
    return rows;
  }
}

function isSame(found: Bytes | null, expected: Bytes | null): boolean {
  return found && expected ? equalBytes(found, expected) : found === expected;
}
