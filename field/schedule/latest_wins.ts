export interface Waiting<T> {
  readonly source: string;
  readonly item: T;
  /** When this item came, ms. */
  readonly atMs: number;
  /** When its source began to wait: before that, if this item took the place of another. */
  readonly sinceMs: number;
}

/** What became of all that was offered; what is not among these still waits. */
export interface QueueCounts {
  readonly offered: number;
  readonly taken: number;
  /** A newer one of the same source took its place. */
  readonly displaced: number;
  /** Of one source too many. */
  readonly refused: number;
  /** Its source ended. */
  readonly forgotten: number;
}

export const MOST_SOURCES = 64;

/**
 * Of each source the newest waits, and sources take turns: who has waited longest comes first. A newer item
 * takes the place of the one before it in the line, not a place at the end, else who offers often would
 * never be served. So of n sources each is served within n turns.
 */
export class LatestWins<T> {
  readonly #mostSources: number;
  /** Who has waited longest first: setting a key that is there keeps its place. */
  readonly #line = new Map<string, Waiting<T>>();
  readonly #counts = { offered: 0, taken: 0, displaced: 0, refused: 0, forgotten: 0 };

  constructor(mostSources = MOST_SOURCES) {
    this.#mostSources = mostSources;
  }

  get size(): number {
    return this.#line.size;
  }

  get counts(): QueueCounts {
    return { ...this.#counts };
  }

  /** Who is served next of those who may be served; undefined when none waits. */
  next(isReady: (source: string) => boolean = () => true): Waiting<T> | undefined {
    for (const waiting of this.#line.values()) if (isReady(waiting.source)) return waiting;
    return undefined;
  }

  /** Returns the item that is not looked at for it, so that its caller can be answered: an older one, or this. */
  offer(source: string, item: T, atMs: number): T | undefined {
    this.#counts.offered++;
    const before = this.#line.get(source);
    if (!before && this.#line.size >= this.#mostSources) {
      this.#counts.refused++;
      return item;
    }
    if (before) this.#counts.displaced++;
    this.#line.set(source, { source, item, atMs, sinceMs: before?.sinceMs ?? atMs });
    return before?.item;
  }

  /** Serves {@link next}; the others keep their places. */
  take(isReady?: (source: string) => boolean): Waiting<T> | undefined {
    const next = this.next(isReady);
    if (!next) return undefined;
    this.#line.delete(next.source);
    this.#counts.taken++;
    return next;
  }

  /** The source has ended. Returns what waited of it. */
  forget(source: string): T | undefined {
    const waiting = this.#line.get(source);
    if (!waiting) return undefined;
    this.#line.delete(source);
    this.#counts.forgotten++;
    return waiting.item;
  }
}
