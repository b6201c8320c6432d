import { DiskStore } from "../field/store/disk_store.ts";
import { createKeys, type StoredKeys } from "../field/keys.ts";
import { IdbConnection, type Wait } from "./idb_connection.ts";
import { IdbDisk } from "./idb_disk.ts";
import { resultOf } from "./idb_request.ts";
import { IDENTITY } from "./idb_upgrade.ts";

const KEYS = "keys";

/** The store in IndexedDB, with this device's key pair beside it. */
export class IdbStore extends DiskStore {
  readonly #connection: IdbConnection;

  /** `wait`: how long to pause before a failed call is tried again, and when to give one up. */
  constructor(name = "fieldmesh", wait?: Wait) {
    const connection = new IdbConnection(name, wait);
    super(new IdbDisk(connection));
    this.#connection = connection;
  }

  /** This device's key pair; made on the first call and kept. */
  async keys(): Promise<StoredKeys> {
    const known = await this.#connection.read(IDENTITY, keptKeys);
    if (known) return known;
    const made = await createKeys();
    // another worker of this device may have been faster: the first one stays
    return await this.#connection.write([IDENTITY], "strict", async (tx) => {
      const first = await keptKeys(tx);
      if (!first) tx.objectStore(IDENTITY).put(made, KEYS);
      return first ?? made;
    });
  }

  /** Makes `keys` this device's, in the place of those it has: for an identity that is restored from a backup. */
  async replaceKeys(keys: StoredKeys): Promise<void> {
    await this.#connection.write([IDENTITY], "strict", (tx) => {
      tx.objectStore(IDENTITY).put(keys, KEYS);
      return Promise.resolve();
    });
  }
}

async function keptKeys(tx: IDBTransaction): Promise<StoredKeys | undefined> {
  // a CryptoKey lives in this database only: what is under this name was put there above
  return await resultOf<StoredKeys | undefined>(tx.objectStore(IDENTITY).get(KEYS));
}
