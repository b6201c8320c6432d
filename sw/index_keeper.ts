import type { Replica } from "../field/feed/replica.ts";
import type { Store } from "../field/store/store.ts";

export interface IndexKeeperPorts {
  readonly replica: Pick<Replica, "rebuildIndex">;
  readonly store: Pick<Store, "indexIsWhole" | "onDamage">;
  /** The list of observations is as far as it says, or whole again. */
  readonly onChanged: () => void;
  readonly onFailure: (failure: unknown) => void;
}

/** A disk that damages what was just written is no use to try again on: the next start does. */
const MOST_REBUILDS = 3;

/** Builds the list of observations anew from the entries when it is not whole: at a start, when damaged, when asked. */
export class IndexKeeper {
  readonly #ports: IndexKeeperPorts;
  #progress: { readonly done: number; readonly total: number } | null = null;
  #rebuilding: Promise<void> | null = null;
  #isDamaged = false;
  #damages = 0;

  constructor(ports: IndexKeeperPorts) {
    this.#ports = ports;
    ports.store.onDamage = (what) => {
      if (what === "index") this.#damaged();
    };
  }

  /** How far it is; null when the list is whole. */
  get progress(): { readonly done: number; readonly total: number } | null {
    return this.#progress;
  }

  /** Builds it if what an earlier run left is not whole. Resolves when that is known; building goes on. */
  async check(): Promise<void> {
    if (!await this.#ports.store.indexIsWhole()) this.rebuild();
  }

  /** Begins to build it, unless that is under way. */
  rebuild(): void {
    this.#rebuilding ??= this.#rebuild().catch(this.#ports.onFailure).finally(() => {
      this.#rebuilding = null;
      this.#progress = null;
      this.#ports.onChanged();
      if (this.#isDamaged) this.#damaged();
    });
  }

  /** Nothing is begun any more. */
  close(): void {
    this.#ports.store.onDamage = null;
  }

  #damaged(): void {
    // found while it is being built: what is built now may have been read from the damaged part
    this.#isDamaged = this.#rebuilding !== null;
    if (this.#isDamaged || ++this.#damages > MOST_REBUILDS) return;
    this.rebuild();
  }

  async #rebuild(): Promise<void> {
    this.#progress = { done: 0, total: 0 };
    this.#ports.onChanged();
    await this.#ports.replica.rebuildIndex((done, total) => {
      this.#progress = { done, total };
      this.#ports.onChanged();
    });
  }
}
