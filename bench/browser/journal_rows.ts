import type { Observation } from "../../field/observation.ts";

const TABLE = "observations";
/** What the app's list asks for. */
const INDEXES = ["first", "label", "device"] as const;

/**
 * The plain way to keep observations in IndexedDB: a row each, as an object, with an index for each
 * thing that is asked for. Strictly on disk, but neither signed, nor chained, nor anybody's to merge.
 */
export class PlainRows {
  readonly #db: IDBDatabase;

  private constructor(db: IDBDatabase) {
    this.#db = db;
  }

  static async open(database: string): Promise<PlainRows> {
    const { promise, resolve, reject } = Promise.withResolvers<IDBDatabase>();
    const request = indexedDB.open(database, 1);
    request.onupgradeneeded = () => {
      const table = request.result.createObjectStore(TABLE, { keyPath: "id" });
      for (const path of INDEXES) table.createIndex(path, path);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    return new PlainRows(await promise);
  }

  /** In one transaction. */
  async put(observations: readonly Observation[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const tx = this.#db.transaction(TABLE, "readwrite", { durability: "strict" });
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error);
    const table = tx.objectStore(TABLE);
    for (const one of observations) table.put(one);
    await promise;
  }

  close(): void {
    this.#db.close();
  }
}
