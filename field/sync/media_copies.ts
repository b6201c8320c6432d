import { type Bytes, equalBytes } from "../bytes.ts";
import type { DeviceId, Hex } from "../observation.ts";
import type { Store } from "../store/store.ts";
import { type BlobAskFrame, type BlobHaveFrame, MOST_PROOFS, NONCE_BYTES } from "./frames.ts";
import { proveBlob } from "./possession.ts";

/** Names that peers said and are not looked into yet. What does not fit is asked about at the next session. */
const MOST_CLAIMED = 4096;
/** What was proved and is not on disk yet; likewise. */
const MOST_UNSAVED = 4096;
/** In one transaction. */
const MOST_SAVED = 512;
/** Media looked at for one question: those that others have need none. */
const MOST_LOOKED_AT = 1024;
/** Names looked into for one question: most may be of what nobody took. */
const MOST_LOOKED_INTO = 256;
/** To prove one, it is read from disk: a peer is answered so many in a second. */
const MOST_PROVED_A_SECOND = 2 * MOST_PROOFS;

export interface MediaCopiesPorts {
  readonly store: Store;
  readonly self: DeviceId;
  readonly nowMs: () => number;
  readonly random: (byteLength: number) => Bytes;
}

/**
 * Which media other devices have on disk: a rule may remove here what is elsewhere too, so nobody's word is
 * taken for it. Peers say when they get one, and are asked once a session about what is known of no other
 * device; it counts once they have proved it. What is lost on the way costs only that a picture is kept
 * longer than it had to be.
 */
export class MediaCopies {
  readonly #ports: MediaCopiesPorts;
  /** What each peer is to prove with, while this device runs. */
  readonly #nonces = new Map<DeviceId, Bytes>();
  readonly #claimed = new Map<string, { readonly hash: Hex; readonly device: DeviceId }>();
  readonly #unsaved = new Map<string, { readonly hash: Hex; readonly device: DeviceId }>();
  /** Proofs given in a second that began then. */
  readonly #proved = new Map<DeviceId, { readonly since: number; readonly count: number }>();

  constructor(ports: MediaCopiesPorts) {
    this.#ports = ports;
  }

  /** A member says that it has these on disk, and may prove it. */
  async heard(peer: DeviceId, { hashes, keeping, proofs }: BlobHaveFrame): Promise<void> {
    if (!this.#canRelyOn(peer, keeping)) return;
    for (const [i, hash] of hashes.entries()) {
      const key = `${hash} ${peer}`;
      if (proofs && await this.#isProof(peer, hash, proofs[i])) {
        this.#claimed.delete(key);
        if (this.#unsaved.size < MOST_UNSAVED) this.#unsaved.set(key, { hash, device: peer });
      } else if (!proofs && this.#claimed.size < MOST_CLAIMED) {
        this.#claimed.set(key, { hash, device: peer });
      }
    }
  }

  /** Writes some of what was proved. */
  async save(): Promise<void> {
    const copies = [...this.#unsaved.values()].slice(0, MOST_SAVED);
    if (copies.length === 0) return;
    for (const { hash, device } of copies) this.#unsaved.delete(`${hash} ${device}`);
    await this.#ports.store.commit({ copies });
  }

  /** Those of these that are on disk here. */
  async here(hashes: readonly Hex[]): Promise<Hex[]> {
    const known = await Promise.all(hashes.map((hash) => this.#ports.store.media(hash)));
    return hashes.filter((_, i) => known[i]?.state === "here");
  }

  /** What is on disk here of what a peer wants proved; null for nothing, and when it asks too often. */
  async prove(
    peer: DeviceId,
    nonce: Bytes,
    asked: readonly Hex[],
  ): Promise<Pick<BlobHaveFrame, "hashes" | "proofs"> | null> {
    const hashes: Hex[] = [], proofs: Bytes[] = [];
    for (const hash of asked.slice(0, this.#mayProve(peer, asked.length))) {
      const blob = await this.#ports.store.blob(hash);
      if (!blob) continue;
      hashes.push(hash);
      proofs.push(await proveBlob(this.#ports.self, nonce, blob.bytes));
    }
    return hashes.length > 0 ? { hashes, proofs } : null;
  }

  /** What to ask a peer now: what it said it has; then media after this hash that no other device is known to have. */
  async toAsk(
    peer: DeviceId,
    after: Hex | null | "done",
  ): Promise<{ readonly ask: BlobAskFrame | null; readonly after: Hex | null | "done" }> {
    const claimed = await this.#toLookInto(peer);
    if (claimed.length > 0) return { ask: this.#askOf(peer, claimed), after };
    for (let looked = 0; after !== "done" && looked < MOST_LOOKED_AT; looked += MOST_PROOFS) {
      const media = await this.#ports.store.mediaAfter(after, MOST_PROOFS);
      const last = media.at(-1);
      if (!last) return { ask: null, after: "done" };
      after = last.hash;
      const hashes = media.filter(({ state, copies }) => state === "here" && copies.length === 0)
        .map(({ hash }) => hash);
      if (hashes.length > 0) return { ask: this.#askOf(peer, hashes), after };
    }
    return { ask: null, after };
  }

  #askOf(peer: DeviceId, hashes: readonly Hex[]): BlobAskFrame {
    const nonce = this.#nonces.get(peer) ?? this.#ports.random(NONCE_BYTES);
    this.#nonces.set(peer, nonce);
    return { kind: "blob-ask", hashes, nonce };
  }

  /** Of what the peer named: what is on disk here, and not known to be on its too. */
  async #toLookInto(peer: DeviceId): Promise<Hex[]> {
    const hashes: Hex[] = [];
    const claimed = [...this.#claimed].filter(([, { device }]) => device === peer);
    for (const [key, { hash }] of claimed.slice(0, MOST_LOOKED_INTO)) {
      this.#claimed.delete(key);
      const media = await this.#ports.store.media(hash);
      if (media?.state === "here" && !media.copies.includes(peer)) hashes.push(hash);
      if (hashes.length === MOST_PROOFS) break;
    }
    return hashes;
  }

  async #isProof(peer: DeviceId, hash: Hex, proof: Bytes): Promise<boolean> {
    const nonce = this.#nonces.get(peer);
    const blob = nonce && await this.#ports.store.blob(hash);
    return !!blob && equalBytes(proof, await proveBlob(peer, nonce, blob.bytes));
  }

  #mayProve(peer: DeviceId, wanted: number): number {
    const now = this.#ports.nowMs();
    const before = this.#proved.get(peer);
    const isFresh = before && Math.abs(now - before.since) < 1000;
    const { since, count } = isFresh ? before : { since: now, count: 0 };
    const most = Math.min(wanted, MOST_PROOFS, MOST_PROVED_A_SECOND - count);
    this.#proved.set(peer, { since, count: count + most });
    return most;
  }

  /**
   * Of two devices that both remove what the other has, one must not: it would be gone from both. The one
   * with the smaller id relies on the other, never the other way round.
   */
  #canRelyOn(peer: DeviceId, keeping: BlobHaveFrame["keeping"]): boolean {
    return keeping === "all" || keeping === "shared" && peer > this.#ports.self;
  }
}
