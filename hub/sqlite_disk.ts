import type { Bytes } from "../field/bytes.ts";
import type { Disk, Key, KeyRange, Row, Table, Write } from "../field/store/disk.ts";
import { FieldError } from "../field/errors.ts";
import { bytesOf, sqliteFailure, SqliteFile, type SqliteLimits } from "./sqlite_file.ts";
import { decodeKey, encodeKey } from "./sqlite_key.ts";

/**
 * A disk in one SQLite file: each table with a column for the keys and one for the values. Opens on the
 * first call. Fails with a `FieldError`: `storage-full`, `storage-blocked` (another process writes and
 * does not end), `storage-failed` (the file is damaged, or not to be had).
 */
export class SqliteDisk implements Disk {
  readonly #path: string;
  readonly #limits: SqliteLimits;
  #file: SqliteFile | null = null;

  constructor(path: string, limits: SqliteLimits = {}) {
    this.#path = path;
    this.#limits = limits;
  }

  async get(table: Table, key: Key): Promise<Bytes | null> {
    return await this.#use((file) => file.get(table, encodeKey(key)));
  }

  async rows(table: Table, range: KeyRange): Promise<Row[]> {
    return await this.#use((file) => {
      const { mostBytes = Infinity } = range;
      const taken: Row[] = [];
      let bytes = 0;
      for (const row of file.select("key, value", table, range)) {
        const value = bytesOf(row.value);
        bytes += value.length;
        if (taken.length > 0 && bytes > mostBytes) break;
        taken.push({ key: decodeKey(bytesOf(row.key)), value });
      }
      return taken;
    });
  }

  async keys(table: Table, range: KeyRange): Promise<Key[]> {
    return await this.#use((file) =>
      Array.from(file.select("key", table, range), ({ key }) => decodeKey(bytesOf(key)))
    );
  }

  async count(table: Table, range: KeyRange): Promise<number> {
    const { limit = Infinity } = range;
    return await this.#use((file) => Math.min(file.count(table, range), limit));
  }

  async write(write: Write): Promise<void> {
    await this.#use((file) => file.write(write));
  }

  /** Lets go of the file. A later call opens it again. */
  close(): void {
    this.#file?.[Symbol.dispose]();
    this.#file = null;
  }

  /** After a failure of the file the next call opens it anew, which checks it. */
  async #use<T>(work: (file: SqliteFile) => T): Promise<T> {
    try {
      this.#file ??= new SqliteFile(this.#path, this.#limits);
      return await Promise.resolve(work(this.#file));
    } catch (cause) {
      const failure = sqliteFailure(this.#path, cause);
      if (failure instanceof FieldError && failure.code === "storage-failed") this.close();
      throw failure;
    }
  }
}
