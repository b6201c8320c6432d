import { type Bytes, joinBytes, sha256, toHex } from "../bytes.ts";
import type { Hex } from "../observation.ts";
import { mediaType } from "../media.ts";
import type { StoredBlob } from "../store/store.ts";
import type { BlobChunkFrame } from "./frames.ts";
import { CHUNK_BYTES } from "./outbox.ts";

/** Thumbnails are a few KB, whole frames a few hundred; nothing larger is taken from a peer, or given to one. */
export const MOST_BLOB_BYTES = 2 << 20;
/** A link may take so long over a blob before another that is idle is asked for the rest. */
const TURN_MS = 30_000;

/**
 * What became of a part. "part": more is to come, or it was not waited for. "malformed", "oversized": no
 * honest peer gives it. "spoilt": one of several links gave a false part.
 */
export type Fitted = "part" | "last" | "malformed" | "oversized" | "spoilt";

/** A blob that is being fetched: what has come of it, and who is asked for the rest. Times: ms of any clock. */
export class BlobFetch {
  readonly hash: Hex;
  /** Who is asked; null: nobody just now. */
  link: string | null = null;
  /** When it was asked, and when something of the blob last came. */
  askedAt = 0;
  heardAt = 0;
  received = 0;
  #turnMs = TURN_MS;
  #parts: Bytes[] = [];
  /** As it was told with the first part. */
  #total: number | null = null;
  /** Links that parts came over. */
  readonly #from = new Set<string>();
  /** Parts of several links did not fit together once: from then on all of it comes over one. */
  #isAlone = false;

  constructor(hash: Hex) {
    this.hash = hash;
  }

  /** Asks this link for all that has not come. */
  begin(link: string, atMs: number): void {
    if (this.link !== null) this.letGo();
    this.link = link;
    this.askedAt = this.heardAt = atMs;
  }

  /** Nobody is asked any more. Each turn is longer than the one before: the slow come to an end too. */
  letGo(): void {
    this.link = null;
    this.#turnMs *= 2;
    if (this.#isAlone) this.#clear();
  }

  /** Has it taken the link long enough, if another one is idle? */
  isOverdue(nowMs: number): boolean {
    return this.link !== null && nowMs - this.askedAt > this.#turnMs;
  }

  /** Whether there is something to go on from. */
  get isWorthKeeping(): boolean {
    return this.received > 0 || this.#isAlone;
  }

  /** A part from the link that is asked. */
  add(link: string, { bytes, total, offset }: BlobChunkFrame, nowMs: number): Fitted {
    if (total > MOST_BLOB_BYTES) return "oversized";
    if (total !== (this.#total ?? total)) return this.#isOf(link) ? "malformed" : "spoilt";
    // under way since it was asked for the last time, or twice
    if (offset !== this.received) return "part";
    if (bytes.length === 0 || bytes.length !== Math.min(CHUNK_BYTES, total - offset)) {
      return "malformed";
    }
    this.#parts.push(bytes);
    this.#from.add(link);
    this.received += bytes.length;
    this.#total = total;
    this.heardAt = nowMs;
    return this.received === total ? "last" : "part";
  }

  /** The whole blob; what is wrong with it, if it is not what was asked for: "false" when all of it came over one link. */
  async whole(said: string): Promise<StoredBlob | "false" | "spoilt"> {
    const bytes = joinBytes(...this.#parts);
    const [hash, type] = [this.hash, mediaType(said)];
    if (toHex(await sha256(bytes)) === hash) return { hash, type, bytes };
    return this.#from.size === 1 ? "false" : "spoilt";
  }

  /** From now on it is taken from one link alone; nothing of it is kept when that is let go. */
  spoil(): void {
    this.#isAlone = true;
  }

  #isOf(link: string): boolean {
    return this.#from.size === 1 && this.#from.has(link);
  }

  #clear(): void {
    this.#parts = [];
    this.#from.clear();
    this.#total = null;
    this.received = 0;
  }
}
