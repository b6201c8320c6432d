import type { DeviceId, Hex } from "../observation.ts";
import type { Store } from "../store/store.ts";
import { type Keeping, MOST_BLOB_NAMES } from "./frames.ts";

/** What peers said and is not on disk yet. What does not fit is asked about again at the next session. */
const MOST_UNSAVED = 4096;
/** In one transaction. */
const MOST_SAVED = 512;
/** Media looked at for one question: those that others have need none. */
const MOST_LOOKED_AT = 4 * MOST_BLOB_NAMES;

/**
 * Which media other devices have on disk. Peers say so by themselves when they get one; what is known of no
 * other device they are asked about once a session. What is lost on the way costs only that a picture is
 * kept longer than it had to be.
 */
export class MediaCopies {
  readonly #store: Store;
  readonly #self: DeviceId;
  readonly #unsaved = new Map<string, { readonly hash: Hex; readonly device: DeviceId }>();

  constructor(store: Store, self: DeviceId) {
    this.#store = store;
    this.#self = self;
  }

  /** A member says that it has these on disk. */
  heard(peer: DeviceId, hashes: readonly Hex[], keeping: Keeping): void {
    if (!this.#canRelyOn(peer, keeping)) return;
    for (const hash of hashes) {
      if (this.#unsaved.size >= MOST_UNSAVED) return;
      this.#unsaved.set(`${hash} ${peer}`, { hash, device: peer });
    }
  }

  /** Writes some of what was heard, if it speaks of media known here: no peer may fill the disk with names. */
  async save(): Promise<void> {
    if (this.#unsaved.size === 0) return;
    const heard = [...this.#unsaved.values()].slice(0, MOST_SAVED);
    for (const { hash, device } of heard) this.#unsaved.delete(`${hash} ${device}`);
    const known = await Promise.all(heard.map(({ hash }) => this.#store.media(hash)));
    const copies = heard.filter((_, i) => known[i] !== null);
    if (copies.length > 0) await this.#store.commit({ copies });
  }

  /** Those of these that are on disk here. */
  async here(hashes: readonly Hex[]): Promise<Hex[]> {
    const known = await Promise.all(hashes.map((hash) => this.#store.media(hash)));
    return hashes.filter((_, i) => known[i]?.state === "here");
  }

  /** What to ask a peer about: media after this hash that no other device is known to have; and how far that looked. */
  async toAsk(
    after: Hex | null,
  ): Promise<{ readonly hashes: Hex[]; readonly after: Hex | "done" }> {
    for (let looked = 0; looked < MOST_LOOKED_AT; looked += MOST_BLOB_NAMES) {
      const media = await this.#store.mediaAfter(after, MOST_BLOB_NAMES);
      const last = media.at(-1);
      if (!last) return { hashes: [], after: "done" };
      after = last.hash;
      const hashes = media.filter(({ state, copies }) => state === "here" && copies.length === 0)
        .map(({ hash }) => hash);
      if (hashes.length > 0) return { hashes, after };
    }
    return { hashes: [], after: after ?? "done" };
  }

  /**
   * Of two devices that both remove what the other has, one must not: it would be gone from both. The one
   * with the smaller id relies on the other, never the other way round.
   */
  #canRelyOn(peer: DeviceId, keeping: Keeping): boolean {
    return keeping === "all" || keeping === "shared" && peer > this.#self;
  }
}
