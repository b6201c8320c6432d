import { type Bytes, joinBytes, sha256, toHex } from "../bytes.ts";
import { FieldError } from "../errors.ts";
import type { Hex } from "../observation.ts";
import type { Store, StoredBlob } from "../store/store.ts";
import type { BlobChunkFrame, SyncFrame } from "./frames.ts";

/** A blob's part is one frame, well below the frame's limit. */
const CHUNK_BYTES = 32 * 1024;
/** Thumbnails are a few KB, whole frames a few hundred; nothing larger is taken from a peer. */
const MOST_BLOB_BYTES = 2 << 20;
/** What a peer did not have, it may have got since. */
const ABSENT_FOR_MS = 30_000;
/** The disk was full: there may be room again. */
const FULL_FOR_MS = 60_000;
/** Parts asked of one link at a time. */
const MOST_UNDER_WAY = 8;

interface Fetch {
  readonly link: string;
  at: number;
  parts: Bytes[];
  received: number;
}

/** Fetches the blobs that records here speak of, and gives those that peers ask for: part by part, on request. */
export class BlobExchange {
  readonly #store: Store;
  readonly #send: (link: string, frame: SyncFrame) => void;
  readonly #fetches = new Map<Hex, Fetch>();
  /** What a link's peer said it does not have, and when. */
  readonly #absent = new Map<string, Map<Hex, number>>();
  /** The time of the last call that told it. */
  #nowMs = 0;
  #fullAt = -Infinity;

  constructor(store: Store, send: (link: string, frame: SyncFrame) => void) {
    this.#store = store;
    this.#send = send;
  }

  /** Asks this link for wanted blobs that nobody else is asked for. */
  async ask(link: string, nowMs: number): Promise<void> {
    this.#nowMs = nowMs;
    if (nowMs - this.#fullAt < FULL_FOR_MS) return;
    const busy = [...this.#fetches.values()].filter((fetch) => fetch.link === link).length;
    if (busy >= MOST_UNDER_WAY) return;
    const absent = this.#absent.get(link) ?? new Map();
    const wanted = await this.#store.wanted(MOST_UNDER_WAY + this.#fetches.size + absent.size);
    const hashes = wanted.filter((hash) => !this.#fetches.has(hash) && !absent.has(hash))
      .slice(0, MOST_UNDER_WAY - busy);
    if (hashes.length === 0) return;
    for (const hash of hashes) this.#fetches.set(hash, { link, at: nowMs, parts: [], received: 0 });
    this.#send(link, { kind: "blob-want", parts: hashes.map((hash) => ({ hash, offset: 0 })) });
  }

  /** Answers each part with one chunk. */
  async give(link: string, parts: readonly { hash: Hex; offset: number }[]): Promise<void> {
    for (const { hash, offset } of parts) {
      const blob = await this.#store.blob(hash);
      this.#send(link, {
        kind: "blob-chunk",
        hash,
        type: blob?.type ?? "",
        offset,
        total: blob?.bytes.length ?? 0,
        bytes: blob?.bytes.slice(offset, offset + CHUNK_BYTES) ?? new Uint8Array(0),
      });
    }
  }

  /**
   * True when a blob is now whole, genuine and on disk. Throws what the store throws; when the disk is
   * full, no blobs are asked for in the next minute: records still find room where pictures do not.
   */
  async take(link: string, chunk: BlobChunkFrame): Promise<boolean> {
    const fetch = this.#fetches.get(chunk.hash);
    if (!fetch || fetch.link !== link) return false;
    const { bytes, total, offset, hash } = chunk;
    const isUseful = total > 0 && total <= MOST_BLOB_BYTES && bytes.length > 0 &&
      offset === fetch.received && offset + bytes.length <= total;
    if (!isUseful) return this.#giveUp(link, hash);
    fetch.parts.push(bytes);
    fetch.received += bytes.length;
    fetch.at = this.#nowMs;
    if (fetch.received < total) {
      this.#send(link, { kind: "blob-want", parts: [{ hash, offset: fetch.received }] });
      return false;
    }
    const whole = joinBytes(...fetch.parts);
    if (toHex(await sha256(whole)) !== hash) return this.#giveUp(link, hash);
    try {
      await this.#save({ hash, type: chunk.type, bytes: whole });
    } finally {
      this.#fetches.delete(hash);
    }
    return true;
  }

  /** The link's peer has got these. */
  has(link: string, hashes: readonly Hex[]): void {
    for (const hash of hashes) this.#absent.get(link)?.delete(hash);
  }

  /** The link is gone: others may be asked for what it owed. */
  forget(link: string): void {
    this.#absent.delete(link);
    for (const [hash, fetch] of this.#fetches) if (fetch.link === link) this.#fetches.delete(hash);
  }

  /** Gives up what was asked for too long ago. */
  expire(nowMs: number, answerMs: number): void {
    this.#nowMs = nowMs;
    for (const absent of this.#absent.values()) {
      for (const [hash, at] of absent) if (nowMs - at > ABSENT_FOR_MS) absent.delete(hash);
    }
    for (const [hash, fetch] of this.#fetches) {
      if (nowMs - fetch.at > answerMs) this.#fetches.delete(hash);
    }
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

  #giveUp(link: string, hash: Hex): false {
    this.#fetches.delete(hash);
    const absent = this.#absent.get(link) ?? new Map<Hex, number>();
    this.#absent.set(link, absent.set(hash, this.#nowMs));
    return false;
  }
}
