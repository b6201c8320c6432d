/** How long to wait before the next try: doubles from `firstMs` to `mostMs`, spread so that peers do not retry in step. */
export class RetryWait {
  readonly #firstMs: number;
  readonly #mostMs: number;
  readonly #chance: () => number;
  #failures = 0;
  #notBeforeMs = -Infinity;

  /** `chance` gives 0..1. */
  constructor(firstMs: number, mostMs: number, chance: () => number) {
    this.#firstMs = firstMs;
    this.#mostMs = mostMs;
    this.#chance = chance;
  }

  /** In a row. */
  get failures(): number {
    return this.#failures;
  }

  isOver(nowMs: number): boolean {
    return nowMs >= this.#notBeforeMs;
  }

  failed(nowMs: number): void {
    const fullMs = Math.min(this.#mostMs, this.#firstMs * 2 ** this.#failures++);
    this.#notBeforeMs = nowMs + fullMs * (0.5 + 0.5 * this.#chance());
  }

  /** What was tried has worked, or there is news: the next failure counts as the first. */
  reset(): void {
    this.#failures = 0;
    this.#notBeforeMs = -Infinity;
  }
}
