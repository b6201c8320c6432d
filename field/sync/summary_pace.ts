/** How often a session compares summaries: news quickens it, quiet and loss slow it. */
const BASE_MS = 15_000;
const SHORTEST_MS = 5_000;
const LONGEST_MS = 60_000;
/** Share of lost questions above which the link has better things to carry. */
const LOSSY = 0.05;
/** So far from the interval at most, as a share of it: devices that met at once shall not compare at once for ever. */
const JITTER = 0.2;

export class SummaryPace {
  readonly #random: () => number;
  #intervalMs = BASE_MS;
  #dueAt: number;

  /** `random`: 0 up to 1. */
  constructor(nowMs: number, random: () => number) {
    this.#random = random;
    this.#dueAt = nowMs + this.#jittered();
  }

  isDue(nowMs: number): boolean {
    // a clock that was set back does not silence it
    return nowMs >= this.#dueAt || this.#dueAt - nowMs > 2 * LONGEST_MS;
  }

  /** Something new came or went. */
  news(nowMs: number): void {
    this.#intervalMs = Math.max(SHORTEST_MS, this.#intervalMs / 2);
    this.#dueAt = Math.min(this.#dueAt, nowMs + this.#intervalMs);
  }

  /** A summary was sent, or one came that is equal to ours. */
  compared(nowMs: number, loss: number): void {
    this.#dueAt = nowMs + this.#jittered() * (loss > LOSSY ? 2 : 1);
    this.#intervalMs = Math.min(LONGEST_MS, this.#intervalMs * 1.5);
  }

  #jittered(): number {
    return this.#intervalMs * (1 + JITTER * (2 * this.#random() - 1));
  }
}
