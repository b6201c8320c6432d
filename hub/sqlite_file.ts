import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { type Bytes, equalBytes, plainBytes } from "../field/bytes.ts";
import { DiskChanged, type KeyRange, type Table, TABLES, type Write } from "../field/store/disk.ts";
import { spanOf, storableKey } from "../field/store/disk_key.ts";
import { FieldError } from "../field/errors.ts";
import { encodeKey } from "./sqlite_key.ts";

/** Two processes may use one file: the other is let finish its transaction, which takes far less. */
const BUSY_MS = 5_000;
/** In the file's header, so that it is not mistaken for another program's: "FMD1". */
const APPLICATION_ID = 0x464d4431;
const FORMAT = 1;
/** SQLite's word for no limit. */
const NO_LIMIT = -1;

export interface SqliteLimits {
  /** How long to wait for another process that writes; five seconds without it. */
  readonly busyMs?: number;
  /** How large the file may grow; as large as its disk without it. */
  readonly mostBytes?: number;
}

type Sql = Readonly<Record<string, unknown>>;

/** An open SQLite file that holds a disk's tables. Whatever it throws, {@link sqliteFailure} explains. */
export class SqliteFile implements Disposable {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #isStrict = false;

  constructor(path: string, { busyMs = BUSY_MS, mostBytes }: SqliteLimits = {}) {
    this.#db = new DatabaseSync(path);
    try {
      this.#get(`PRAGMA busy_timeout = ${busyMs}`);
      const isNew = this.#check(path);
      // readers and one writer do not wait for each other; a commit is one write to the end of a log
      this.#get("PRAGMA journal_mode = WAL");
      this.#get("PRAGMA synchronous = NORMAL");
      if (mostBytes !== undefined) this.#limitTo(mostBytes);
      if (isNew) this.#transaction(() => this.#createTables());
    } catch (cause) {
      this.#db.close();
      throw cause;
    }
  }

  get(table: Table, key: Bytes): Bytes | null {
    const row = this.#get(`SELECT value FROM ${table} WHERE key = ?`, key);
    return row ? bytesOf(row.value) : null;
  }

  /** The columns of a range's rows, in its direction. */
  *select(columns: string, table: Table, range: KeyRange): Generator<Sql> {
    const span = spanOf(range);
    if (!span) return;
    const { limit = Infinity } = range;
    yield* this.#prepared(
      `SELECT ${columns} FROM ${table} WHERE key >= ? AND key < ?
       ORDER BY key ${range.reverse ? "DESC" : "ASC"} LIMIT ?`,
    ).iterate(
      encodeKey(span.low),
      encodeKey(span.high),
      Number.isSafeInteger(limit) ? limit : NO_LIMIT,
    );
  }

  count(table: Table, range: KeyRange): number {
    const span = spanOf(range);
    if (!span) return 0;
    const row = this.#get(
      `SELECT count(*) AS count FROM ${table} WHERE key >= ? AND key < ?`,
      encodeKey(span.low),
      encodeKey(span.high),
    );
    return Number(row?.count);
  }

  write({ expect = [], clear = [], deletes = [], puts = [], strict = false }: Write): void {
    this.#setStrict(strict);
    this.#transaction(() => {
      for (const { table, key, value } of expect) {
        const found = this.get(table, encodeKey(key));
        const isSame = found && value ? equalBytes(found, value) : found === value;
        if (!isSame) throw new DiskChanged(table, key);
      }
      for (const table of clear) this.#run(`DELETE FROM ${table}`);
      for (const { table, key } of deletes) {
        this.#run(`DELETE FROM ${table} WHERE key = ?`, encodeKey(key));
      }
      for (const { table, key, value } of puts) {
        this.#run(
          `INSERT OR REPLACE INTO ${table} (key, value) VALUES (?, ?)`,
          encodeKey(storableKey(key)),
          value,
        );
      }
    });
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }

  /** True when nothing was ever written to it. */
  #check(path: string): boolean {
    const found = this.#get("PRAGMA quick_check(1)")?.quick_check;
    if (found !== "ok") throw damaged(path, found);
    const id = this.#get("PRAGMA application_id")?.application_id;
    const isNew = id === 0 && !this.#get("SELECT 1 FROM sqlite_master");
    if (id !== APPLICATION_ID && !isNew) {
      throw new FieldError(
        "storage-failed",
        `${path} is the database of another program. Name another file for the records.`,
      );
    }
    if (Number(this.#get("PRAGMA user_version")?.user_version) > FORMAT) {
      throw new FieldError(
        "storage-failed",
        `${path} was written by a newer version of Fieldmesh. Update this one.`,
      );
    }
    return isNew;
  }

  #limitTo(mostBytes: number): void {
    const pageBytes = Number(this.#get("PRAGMA page_size")?.page_size);
    this.#get(`PRAGMA max_page_count = ${Math.ceil(mostBytes / pageBytes)}`);
  }

  #createTables(): void {
    for (const table of TABLES) {
      this.#run(`CREATE TABLE IF NOT EXISTS ${table} (key BLOB PRIMARY KEY, value BLOB NOT NULL)`);
    }
    this.#get(`PRAGMA application_id = ${APPLICATION_ID}`);
    this.#get(`PRAGMA user_version = ${FORMAT}`);
  }

  /** Strictly: a commit waits for the disk. Else it outlives this process, but perhaps not a power cut. */
  #setStrict(isStrict: boolean): void {
    if (isStrict === this.#isStrict) return;
    this.#get(`PRAGMA synchronous = ${isStrict ? "FULL" : "NORMAL"}`);
    this.#isStrict = isStrict;
  }

  #transaction(work: () => void): void {
    this.#run("BEGIN IMMEDIATE");
    try {
      work();
      this.#run("COMMIT");
    } catch (cause) {
      if (this.#db.isTransaction) this.#run("ROLLBACK"); // SQLite does it itself when the disk is full
      throw cause;
    }
  }

  #get(sql: string, ...values: SQLInputValue[]): Sql | undefined {
    return this.#prepared(sql).get(...values);
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    this.#prepared(sql).run(...values);
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** @throws RangeError when the column holds something else. */
export function bytesOf(column: unknown): Bytes {
  if (column instanceof Uint8Array) return plainBytes(column);
  throw new RangeError("A row of the database is not made of bytes");
}

/** Primary result codes: https://www.sqlite.org/rescode.html */
const [BUSY, LOCKED, CORRUPT, FULL, NOT_A_DATABASE] = [5, 6, 11, 13, 26];

/** What SQLite threw, in the words of who runs the hub. What is no trouble of the file stays as it is. */
export function sqliteFailure(path: string, cause: unknown): unknown {
  if (cause instanceof FieldError || cause instanceof DiskChanged || cause instanceof TypeError) {
    return cause;
  }
  switch (primaryCode(cause)) {
    case FULL:
      return new FieldError(
        "storage-full",
        `There is no room for ${path}: nothing was saved. Free space on that disk.`,
        { cause },
      );
    case BUSY:
    case LOCKED:
      return new FieldError(
        "storage-blocked",
        `Another process has been writing to ${path} for ${
          BUSY_MS / 1000
        } s. End it, then try again.`,
        { cause },
      );
    case CORRUPT:
    case NOT_A_DATABASE:
      return damaged(path, cause);
    default:
      return new FieldError(
        "storage-failed",
        `Cannot use ${path} for the records. Is its folder there, and may this process write to it?`,
        { cause },
      );
  }
}

function damaged(path: string, cause: unknown): FieldError {
  return new FieldError(
    "storage-failed",
    `${path} is damaged. Move it away (with its -wal and -shm), then start again: ` +
      "the devices of the crew hand over their records anew, and a bundle can be restored.",
    { cause },
  );
}

function primaryCode(cause: unknown): number | null {
  const isCoded = cause instanceof Error && "errcode" in cause && typeof cause.errcode === "number";
  return isCoded ? Number(cause.errcode) & 0xff : null;
}
