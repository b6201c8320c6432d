import { equalBytes } from "../bytes.ts";
import type { SignedEntry } from "../feed/entry.ts";
import type { DeviceId } from "../observation.ts";
import type { Store, StoredEntry } from "../store/store.ts";

const STEP_BYTES = 256 * 1024;

/** Feeds on disk, read ahead in the order in which a bundle has them. */
export class StoredFeed {
  readonly #store: Store;
  #ahead: ReadonlyMap<number, StoredEntry> = new Map();
  #device: DeviceId | null = null;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Is this very entry on disk? */
  async has({ device, seq, bytes }: SignedEntry): Promise<boolean> {
    if (this.#device !== device || !this.#ahead.has(seq)) {
      const step = await this.#store.entriesAfter(device, seq - 1, STEP_BYTES);
      this.#ahead = new Map(step.map((entry) => [entry.seq, entry]));
      this.#device = device;
    }
    const stored = this.#ahead.get(seq);
    return stored !== undefined && equalBytes(stored.bytes, bytes);
  }
}
