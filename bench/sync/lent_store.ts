import type { Hex } from "../../field/observation.ts";
import { MemoryStore } from "../../field/store/memory_store.ts";
import type { StoredBlob } from "../../field/store/store.ts";

/**
 * Says how much of a picture a node holds: the one that it read last, whole, until it ticks. What lies in the
 * store is on a disk, where there is one.
 */
export class LentStore extends MemoryStore {
  #lent = 0;

  get lentBytes(): number {
    return this.#lent;
  }

  override async blob(hash: Hex): Promise<StoredBlob | null> {
    const blob = await super.blob(hash);
    this.#lent = blob?.bytes.length ?? 0;
    return blob;
  }

  /** The node has ticked. */
  forget(): void {
    this.#lent = 0;
  }
}
