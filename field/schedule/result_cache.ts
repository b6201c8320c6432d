import type { Hex } from "../observation.ts";
import type { FrameDigest } from "./frame_digest.ts";

export interface CacheBounds {
  readonly mostEntries: number;
  readonly mostAgeMs: number;
}

/** A few hundred bytes an entry; a camera's own noise makes all but the latest useless, a film's loop does not. */
export const CACHE_BOUNDS: CacheBounds = { mostEntries: 64, mostAgeMs: 60_000 };

interface Kept<T> {
  readonly result: T;
  readonly atMs: number;
}

/**
 * What a model made of frames: the same pixels and the same model give the same result, bit for bit. Which is
 * the same is told by digests (`frame_digest.ts` says how surely). The least recently used goes first.
 */
export class ResultCache<T> {
  readonly #bounds: CacheBounds;
  /** The least recently used first. */
  readonly #kept = new Map<string, Kept<T>>();
  #hits = 0;
  #misses = 0;

  constructor(bounds = CACHE_BOUNDS) {
    this.#bounds = bounds;
  }

  get counts(): { readonly hits: number; readonly misses: number; readonly entries: number } {
    return { hits: this.#hits, misses: this.#misses, entries: this.#kept.size };
  }

  /** `model`: SHA-256 of the model that would look. Undefined when the result is not here, or too old. */
  get(model: Hex, digest: FrameDigest, nowMs: number): T | undefined {
    const key = keyOf(model, digest);
    const kept = this.#kept.get(key);
    const isFresh = kept !== undefined && this.#isFresh(kept, nowMs);
    if (kept) this.#kept.delete(key);
    if (!isFresh) {
      this.#misses++;
      return undefined;
    }
    this.#kept.set(key, kept);
    this.#hits++;
    return kept.result;
  }

  /** The result is shared by all who get it: nobody may change it. */
  put(model: Hex, digest: FrameDigest, result: T, nowMs: number): void {
    const key = keyOf(model, digest);
    this.#kept.delete(key);
    this.#kept.set(key, { result, atMs: nowMs });
    this.#dropOld(nowMs);
    const [leastUsed] = this.#kept.keys();
    if (this.#kept.size > this.#bounds.mostEntries) this.#kept.delete(leastUsed);
  }

  #dropOld(nowMs: number): void {
    for (const [key, kept] of this.#kept) if (!this.#isFresh(kept, nowMs)) this.#kept.delete(key);
  }

  /** Not what is from the future: the clock was set back, and its age is not known. */
  #isFresh({ atMs }: Kept<T>, nowMs: number): boolean {
    return nowMs >= atMs && nowMs - atMs <= this.#bounds.mostAgeMs;
  }
}

function keyOf(model: Hex, digest: FrameDigest): string {
  return `${model} ${digest}`;
}
