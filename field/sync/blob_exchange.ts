import { type Bytes, joinBytes, sha256, toHex } from "../bytes.ts";
import { FieldError } from "../errors.ts";
import type { Hex } from "../observation.ts";
import type { Store, StoredBlob } from "../store/store.ts";
import type { BlobChunkFrame } from "./frames.ts";
import { CHUNK_BYTES } from "./outbox.ts";

/** Thumbnails are a few KB, whole frames a few hundred; nothing larger is taken from a peer. */
const MOST_BLOB_BYTES = 2 << 20;
/** What a peer did not have, it may have got since. */
const ABSENT_FOR_MS = 30_000;
/** The disk was full: there may be room again. */
const FULL_FOR_MS = 60_000;
/** Blobs asked of one link at a time; they come one after the other. */
const MOST_UNDER_WAY = 8;
/** Of blobs whose link is gone, what has come is kept for the next one to go on from: so much of it. */
export const MOST_KEPT_BYTES = 4 << 20;
/** Of blobs that are not whole yet, in all. An honest link adds one blob. */
const MOST_HELD_BYTES = 4 * MOST_KEPT_BYTES;

interface Fetch {
  /** Who is asked; null: nobody just now. */
  link: string | null;
  at: number;
  parts: Bytes[];
  received: number;
  /** As it was told with the first part. */
  total: number | null;
  /** Links that parts came over. */
  readonly from: Set<string>;
}

/**
 * What became of a part. "whole": the blob is on disk now. "false": a whole blob that came over this link
 * alone is not what it was asked for; "spoilt": one of several links gave a false part. "useless": the
 * link's peer does not have it, or gives something else.
 */
export type Taken = "part" | "whole" | "useless" | "false" | "spoilt";

/** Fetches the blobs that records here speak of, each from one peer at a time, and gives those that peers ask for. */
export class BlobExchange {
  readonly #store: Store;
  readonly #ask: (link: string, parts: readonly { hash: Hex; offset: number }[]) => void;
  readonly #fetches = new Map<Hex, Fetch>();
  /** What a link's peer does not have, and since when. */
  readonly #absent = new Map<string, Map<Hex, number>>();
  /** When a part last came over a link: what waits behind it is not late. */
  readonly #heardAt = new Map<string, number>();
  /** The blob that was given last: its next part is asked for next. */
  #lent: StoredBlob | null = null;
  /** The time of the last call that told it. */
  #nowMs = 0;
  #fullAt = -Infinity;

  constructor(
    store: Store,
    ask: (link: string, parts: readonly { hash: Hex; offset: number }[]) => void,
  ) {
    this.#store = store;
    this.#ask = ask;
  }

  /** Asks this link for wanted blobs that nobody else is asked for, from where they broke off. */
  async ask(link: string, nowMs: number): Promise<void> {
    this.#nowMs = nowMs;
    if (nowMs - this.#fullAt < FULL_FOR_MS || this.#room(link) <= 0) return;
    const absent = this.#absent.get(link);
    const wanted = await this.#store.wanted(
      MOST_UNDER_WAY + this.#fetches.size + (absent?.size ?? 0),
    );
    // counted only now: another call may have asked meanwhile
    const hashes = wanted.filter((hash) => this.#isFree(hash) && !absent?.has(hash))
      .slice(0, this.#room(link));
    if (hashes.length === 0) return;
    this.#ask(link, hashes.map((hash) => ({ hash, offset: this.#begin(hash, link) })));
  }

  /** A part of a blob, as much as fits a frame, and all of its size; `total` 0 when it is not here. */
  async part(hash: Hex, offset: number): Promise<BlobChunkFrame> {
    const blob = this.#lent?.hash === hash ? this.#lent : await this.#store.blob(hash);
    this.#lent = blob;
    return {
      kind: "blob-chunk",
      hash,
      type: blob?.type ?? "",
      offset,
      total: blob?.bytes.length ?? 0,
      bytes: blob?.bytes.slice(offset, offset + CHUNK_BYTES) ?? new Uint8Array(0),
    };
  }

  /**
   * Takes a part in. Throws what the store throws; when the disk is full, no blobs are asked for in the
   * next minute: records still find room where pictures do not.
   */
  async take(link: string, chunk: BlobChunkFrame): Promise<Taken> {
    const { bytes, total, offset, hash } = chunk;
    this.#heardAt.set(link, this.#nowMs);
    const fetch = this.#fetches.get(hash);
    if (!fetch || fetch.link !== link) return "part"; // it came from elsewhere meanwhile
    const isUseful = total > 0 && total <= MOST_BLOB_BYTES && bytes.length > 0 &&
      total === (fetch.total ?? total) && offset === fetch.received &&
      offset + bytes.length <= total;
    if (!isUseful) {
      this.#absentAt(link, hash);
      // who does not have it says nothing about what others gave
      if (total === 0) this.#letGo(hash, fetch);
      else this.#fetches.delete(hash);
      return "useless";
    }
    fetch.parts.push(bytes);
    fetch.from.add(link);
    fetch.received += bytes.length;
    fetch.total = total;
    fetch.at = this.#nowMs;
    if (fetch.received === total) return await this.#finish(link, chunk, fetch);
    if (this.#held() > MOST_HELD_BYTES) this.#fetches.delete(hash);
    return "part";
  }

  /** The link's peer has got these. */
  has(link: string, hashes: readonly Hex[]): void {
    for (const hash of hashes) this.#absent.get(link)?.delete(hash);
  }

  /** The link is gone: others may be asked for the rest of what it owed. */
  forget(link: string): void {
    this.#absent.delete(link);
    this.#heardAt.delete(link);
    for (const [hash, fetch] of this.#fetches) if (fetch.link === link) this.#letGo(hash, fetch);
  }

  /** Gives up what was asked for too long ago. */
  expire(nowMs: number, answerMs: number): void {
    this.#nowMs = nowMs;
    this.#lent = null;
    for (const absent of this.#absent.values()) {
      for (const [hash, at] of absent) if (nowMs - at > ABSENT_FOR_MS) absent.delete(hash);
    }
    for (const [hash, fetch] of this.#fetches) {
      if (fetch.link === null) continue;
      const heardAt = Math.max(fetch.at, this.#heardAt.get(fetch.link) ?? 0);
      if (nowMs - heardAt > answerMs) this.#letGo(hash, fetch);
    }
  }

  async #finish(link: string, chunk: BlobChunkFrame, fetch: Fetch): Promise<Taken> {
    const { hash, type } = chunk;
    const whole = joinBytes(...fetch.parts);
    if (toHex(await sha256(whole)) !== hash) {
      this.#fetches.delete(hash);
      this.#absentAt(link, hash);
      return fetch.from.size === 1 ? "false" : "spoilt";
    }
    try {
      await this.#save({ hash, type, bytes: whole });
    } finally {
      this.#fetches.delete(hash);
    }
    return "whole";
  }

  async #save(blob: StoredBlob): Promise<void> {
    try {
      await this.#store.commit({ blobs: [blob], at: this.#nowMs });
    } catch (failure) {
      if (failure instanceof FieldError && failure.code === "storage-full") {
        this.#fullAt = this.#nowMs;
      }
      throw failure;
    }
  }

  /** Blobs that this link may be asked for beside those under way. */
  #room(link: string): number {
    return MOST_UNDER_WAY - [...this.#fetches.values()].filter((one) => one.link === link).length;
  }

  #isFree(hash: Hex): boolean {
    return (this.#fetches.get(hash)?.link ?? null) === null;
  }

  /** From where on the link is to give it. */
  #begin(hash: Hex, link: string): number {
    const fetch = this.#fetches.get(hash) ??
      { link, at: 0, parts: [], received: 0, total: null, from: new Set<string>() };
    fetch.link = link;
    fetch.at = this.#nowMs;
    this.#fetches.set(hash, fetch);
    return fetch.received;
  }

  /** Nobody is asked for it any more; what has come of it is kept, if there is room. */
  #letGo(hash: Hex, fetch: Fetch): void {
    fetch.link = null;
    if (fetch.received === 0) this.#fetches.delete(hash);
    const kept = [...this.#fetches].filter(([, { link }]) => link === null);
    let bytes = kept.reduce((sum, [, { received }]) => sum + received, 0);
    for (const [oldest, { received }] of kept) {
      if (bytes <= MOST_KEPT_BYTES) return;
      this.#fetches.delete(oldest);
      bytes -= received;
    }
  }

  #held(): number {
    return [...this.#fetches.values()].reduce((sum, { received }) => sum + received, 0);
  }

  #absentAt(link: string, hash: Hex): void {
    const absent = this.#absent.get(link) ?? new Map<Hex, number>();
    this.#absent.set(link, absent.set(hash, this.#nowMs));
  }
}
