import type { DeviceId, Hex } from "../observation.ts";
import type { StoredBlob } from "../store/store.ts";

/** Blobs asked of one link at a time; they come one after the other. */
const MOST_UNDER_WAY = 8;
/** Of the blobs that a peer said it has so many are remembered. */
const MOST_SAID = 512;

/** A link with a session, and whose it is. */
export interface GiverLink {
  readonly link: string;
  readonly peer: DeviceId;
}

/** One whom blobs are asked of, and what it can be asked for. */
export class BlobGiver {
  readonly link: string;
  readonly peer: DeviceId;
  /** Blobs that it is not asked for, and until when. `isFalse`: whatever it says. */
  readonly #spared = new Map<Hex, { readonly until: number; readonly isFalse: boolean }>();
  readonly #said = new Set<Hex>();
  /** When a part last came: what waits behind it is not late. */
  heardAt = 0;
  /** The blob that it was given last: its next part is asked for next. */
  lent: StoredBlob | null = null;
  /** It was asked what it has since the last tick. */
  wasAsked = false;

  constructor({ link, peer }: GiverLink) {
    this.link = link;
    this.peer = peer;
  }

  /** What it says it has, and has not been asked for. */
  get said(): readonly Hex[] {
    return [...this.#said];
  }

  get hasMore(): boolean {
    return this.#said.size > 0;
  }

  says(hash: Hex): void {
    if (this.#spared.get(hash)?.isFalse) return;
    this.#spared.delete(hash);
    if (this.#said.size < MOST_SAID) this.#said.add(hash);
  }

  /** It is asked for it, or it is here. */
  unsay(hash: Hex): void {
    this.#said.delete(hash);
  }

  isSpared(hash: Hex): boolean {
    return this.#spared.has(hash);
  }

  /** It is not asked for it until then; `isFalse`: not even if it says that it has it. */
  spare(hash: Hex, until: number, isFalse = false): void {
    this.#said.delete(hash);
    this.#spared.set(hash, { until, isFalse });
  }

  tick(nowMs: number): void {
    this.lent = null;
    this.wasAsked = false;
    for (const [hash, { until }] of this.#spared) if (nowMs > until) this.#spared.delete(hash);
  }
}

/** All of whom blobs are asked, and how far each is trusted, whatever its link. */
export class BlobGivers {
  readonly #givers = new Map<string, BlobGiver>();
  /** Blobs that a device may be asked for at a time, where that is fewer than of others. */
  readonly #shares = new Map<DeviceId, number>();

  get all(): readonly BlobGiver[] {
    return [...this.#givers.values()];
  }

  get(link: string): BlobGiver | undefined {
    return this.#givers.get(link);
  }

  /** False once its link is gone, or begun anew. */
  has(giver: BlobGiver): boolean {
    return this.#givers.get(giver.link) === giver;
  }

  meet({ link, peer }: GiverLink): BlobGiver {
    const known = this.#givers.get(link);
    if (known?.peer === peer) return known;
    const giver = new BlobGiver({ link, peer });
    this.#givers.set(link, giver);
    return giver;
  }

  forget(link: string): void {
    this.#givers.delete(link);
  }

  /** Blobs that it may be asked for at a time. */
  share({ peer }: BlobGiver): number {
    return this.#shares.get(peer) ?? MOST_UNDER_WAY;
  }

  /** It gave a blob. */
  trust(giver: BlobGiver): void {
    this.#shares.set(giver.peer, Math.min(MOST_UNDER_WAY, this.share(giver) + 1));
  }

  /** It gave something else, or nothing in time. */
  distrust({ peer }: BlobGiver): void {
    this.#shares.set(peer, 1);
  }
}
