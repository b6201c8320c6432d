import { FieldError } from "../field/errors.ts";
import { resultOf } from "./idb_request.ts";
import { IDB_VERSION, upgradeTables } from "./idb_upgrade.ts";

/** Resolves after `ms`; when `signal` is aborted nobody waits any more, and a timer may be cleared. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

/** A transaction that has not ended by then never will: the disk is stuck. */
export const ENDS_WITHIN_MS = 20_000;
/** An aborted transaction ends at once, or its connection is dead. */
const ABORTS_WITHIN_MS = 2_000;
/** A device that slept wakes with its timers due before what they watch: that gets a moment more. */
export const WAKES_WITHIN_MS = 1_000;
const OPENS_WITHIN_MS = 10_000;
/** Once another window is known to be in the way, a call gives it just a moment to be closed. */
const UNBLOCKS_WITHIN_MS = 1_000;
/** Moving all the pictures of an older version takes its time. */
const UPGRADES_WITHIN_MS = 600_000;
/** A connection that the browser has closed is opened anew at once; a disk in trouble gets time. */
export const RETRY_AFTER_MS: readonly number[] = [0, 200, 1_000];

type Work<T> = (tx: IDBTransaction) => Promise<T>;

/** Where work on a database is done in transactions. */
export interface IdbTransactions {
  /** What `work` reads in one transaction. */
  read<T>(table: string, work: Work<T>): Promise<T>;
  /**
   * Runs `work` in one transaction; resolves when that has completed, rejects when it was undone. What
   * `work` throws undoes it, and is thrown. After a failure that may pass, `work` runs again.
   */
  write<T>(
    tables: readonly string[],
    durability: IDBTransactionDurability,
    work: Work<T>,
  ): Promise<T>;
  /** Lets go of the database. A later call opens it again. */
  close(): void;
}

interface Opening {
  readonly db: Promise<IDBDatabase>;
  /** Rejects when an older version holds the database open: it may take as long as that window lives. */
  readonly blocked: Promise<never>;
  state: "opening" | "blocked" | "upgrading" | IDBDatabase;
}

/**
 * A connection to an IndexedDB database that opens by itself, and again when the browser has closed
 * it. What can help is tried again; every call settles; every failure is a `FieldError`
 * (`storage-full`, `storage-blocked`, `storage-failed`) that says what to do.
 */
export class IdbConnection implements IdbTransactions {
  readonly #name: string;
  readonly #wait: Wait;
  #opening: Opening | null = null;

  constructor(name: string, wait: Wait = waitByTimer) {
    this.#name = name;
    this.#wait = wait;
  }

  async read<T>(table: string, work: Work<T>): Promise<T> {
    return await this.#persistently(READ_FAILED, async (db) => {
      const tx = db.transaction(table, "readonly");
      const read = await withinAwake(ENDS_WITHIN_MS, work(tx), this.#wait).catch((cause) => {
        throw tx.error ?? cause; // an abort's reason is its transaction's, not the request's
      });
      if (read === LATE) {
        abort(tx);
        throw new FieldError("storage-failed", "The disk does not answer. Reload this page.");
      }
      return read;
    });
  }

  async write<T>(
    tables: readonly string[],
    durability: IDBTransactionDurability,
    work: Work<T>,
  ): Promise<T> {
    return await this.#persistently(WRITE_FAILED, async (db) => {
      const tx = db.transaction(tables, "readwrite", { durability });
      return await completed(tx, work, this.#wait);
    });
  }

  close(): void {
    if (this.#opening) this.#leave(this.#opening);
  }

  async #persistently<T>(
    failure: string,
    attempt: (db: IDBDatabase) => Promise<T>,
  ): Promise<T> {
    for (let failures = 0;; failures++) {
      let opening: Opening | null = null;
      try {
        opening = this.#opening ??= this.#open();
        return await attempt(await this.#opened(opening));
      } catch (cause) {
        if (opening && (mayPass(cause) || isStuck(cause))) this.#leave(opening);
        if (!mayPass(cause) || failures >= RETRY_AFTER_MS.length) throw explain(cause, failure);
        const pauseMs = RETRY_AFTER_MS[failures];
        if (pauseMs > 0) await this.#wait(pauseMs);
      }
    }
  }

  async #opened(opening: Opening): Promise<IDBDatabase> {
    if (typeof opening.state === "object") return opening.state;
    const wasBlocked = opening.state === "blocked";
    const ready = wasBlocked ? opening.db : Promise.race([opening.db, opening.blocked]);
    const limitMs = wasBlocked ? UNBLOCKS_WITHIN_MS : OPENS_WITHIN_MS;
    let db = await withinAwake(limitMs, ready, this.#wait);
    if (db === LATE && opening.state === "upgrading") {
      db = await within(UPGRADES_WITHIN_MS, ready, this.#wait);
    }
    if (db !== LATE) return db;
    throw wasBlocked ? blockedByAnother() : new DOMException("It does not open", "TimeoutError");
  }

  #open(): Opening {
    const request = indexedDB.open(this.#name, IDB_VERSION);
    const blocked = Promise.withResolvers<never>();
    blocked.promise.catch(() => {}); // it matters only to those who wait meanwhile
    request.addEventListener("blocked", () => {
      opening.state = "blocked";
      blocked.reject(blockedByAnother());
    });
    let upgrading: IDBTransaction | null = null;
    let failed: unknown;
    request.addEventListener("upgradeneeded", ({ oldVersion }) => {
      opening.state = "upgrading";
      upgrading = request.transaction;
      if (upgrading) upgrade(upgrading, oldVersion).catch((cause) => failed = cause);
    });
    const db = resultOf(request).then((opened) => {
      opened.addEventListener("versionchange", () => this.#leave(opening));
      opened.addEventListener("close", () => this.#leave(opening));
      return opening.state = opened;
    }, (cause) => {
      this.#leave(opening);
      throw upgrading?.error ?? failed ?? cause; // the request itself only knows that it was aborted
    });
    const opening: Opening = { db, blocked: blocked.promise, state: "opening" };
    return opening;
  }

  /** A call that waits for it still gets it, if it opens after all; nobody else does. */
  #leave(opening: Opening): void {
    if (this.#opening === opening) this.#opening = null;
    opening.db.then((db) => db.close(), () => {}); // those who waited for it have been told why not
  }
}

/** Undone as a whole when it rejects. */
async function upgrade(tx: IDBTransaction, from: number): Promise<void> {
  try {
    await upgradeTables(tx, from, Date.now);
  } catch (cause) {
    abort(tx);
    if (cause instanceof DOMException) throw cause;
    throw new FieldError("storage-failed", NOT_MOVED, { cause });
  }
}

function waitByTimer(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => clearTimeout(timer));
  });
}

const LATE: unique symbol = Symbol("late");

/** What `work` comes to, or {@link LATE} when that takes longer. */
async function within<T>(ms: number, work: Promise<T>, wait: Wait): Promise<T | typeof LATE> {
  const settled = new AbortController();
  try {
    const late = wait(ms, settled.signal).then((): typeof LATE => LATE);
    return await Promise.race([work, late]);
  } finally {
    settled.abort();
  }
}

async function withinAwake<T>(ms: number, work: Promise<T>, wait: Wait): Promise<T | typeof LATE> {
  const settled = await within(ms, work, wait);
  return settled === LATE ? await within(WAKES_WITHIN_MS, work, wait) : settled;
}

async function completed<T>(tx: IDBTransaction, work: Work<T>, wait: Wait): Promise<T> {
  const working = work(tx).catch((cause) => {
    abort(tx);
    throw cause;
  });
  const both = Promise.allSettled([working, endOf(tx)]);
  const inTime = await withinAwake(ENDS_WITHIN_MS, both, wait);
  if (inTime !== LATE) return outcome(...inTime);
  abort(tx);
  const late = await within(ABORTS_WITHIN_MS, both, wait);
  if (late === LATE) throw new FieldError("storage-failed", UNKNOWN_END);
  const [worked, ended] = late;
  if (ended.status === "fulfilled") return outcome(worked, ended);
  throw new FieldError("storage-failed", "The disk does not answer. Nothing was saved.");
}

/** Why a transaction was undone: what was thrown in it, or what ended it. */
function outcome<T>(worked: PromiseSettledResult<T>, ended: PromiseSettledResult<void>): T {
  if (worked.status === "fulfilled" && ended.status === "fulfilled") return worked.value;
  const [thrown, end] = [worked, ended].map((part) => part.status === "rejected" && part.reason);
  throw thrown && !isNamed(thrown, "AbortError") ? thrown : end || thrown;
}

/**
 * Resolves when it has completed; rejects when it was aborted, with why. (Chromium tells of a full disk
 * by the abort alone, Firefox by a failed request before it.)
 */
function endOf(tx: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    let first: DOMException | null = null;
    tx.addEventListener("complete", () => resolve());
    tx.addEventListener("error", ({ target }) => {
      if (target instanceof IDBRequest) first ??= target.error;
    });
    tx.addEventListener("abort", () => {
      reject(tx.error ?? first ?? new DOMException("The transaction was aborted", "AbortError"));
    });
  });
}

function abort(tx: IDBTransaction): void {
  try {
    tx.abort();
  } catch {
    // it has ended already, or is about to: its events say how
  }
}

function isNamed(cause: unknown, name: string): boolean {
  return cause instanceof DOMException && cause.name === name;
}

/** A connection closed under us, a transaction ended by the browser, a disk that stumbled. */
function mayPass(cause: unknown): boolean {
  return ["InvalidStateError", "AbortError", "UnknownError", "TimeoutError"]
    .some((name) => isNamed(cause, name));
}

/** Nothing comes of this connection any more: the next call shall have another. */
function isStuck(cause: unknown): boolean {
  return cause instanceof FieldError && cause.code === "storage-failed";
}

const NOT_MOVED =
  "The records of the older version could not be brought over. They are as they were: reload this page.";
const NEWER =
  "A newer version of Fieldmesh has written the records of this device. Reload this page to get it.";
const FULL =
  "The storage is full: new observations are held, not saved. Free space on this device.";
const NOT_ALLOWED =
  "This browser does not let Fieldmesh store anything. Leave the private window, or allow this site to keep data.";
const READ_FAILED =
  "The browser could not read what is saved. Reload this page; if that does not help, restart the browser.";
const WRITE_FAILED =
  "The browser could not save. What was saved before is safe; it is tried again.";
const UNKNOWN_END =
  "The disk does not answer. Whether the last records were saved shows when it does: reload this page.";

function blockedByAnother(): FieldError {
  return new FieldError(
    "storage-blocked",
    "Another window holds an older version of the records open. Close the other windows of Fieldmesh.",
  );
}

/** What IndexedDB threw, in the user's words. What is no trouble of the disk stays as it is. */
function explain(cause: unknown, failure: string): unknown {
  if (!(cause instanceof DOMException)) return cause;
  if (cause.name === "QuotaExceededError") return new FieldError("storage-full", FULL, { cause });
  if (cause.name === "VersionError") return new FieldError("storage-blocked", NEWER, { cause });
  if (cause.name === "SecurityError") {
    return new FieldError("storage-failed", NOT_ALLOWED, { cause });
  }
  return new FieldError("storage-failed", failure, { cause });
}
