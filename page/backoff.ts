/** Waits that double from `firstMs` to `mostMs`, each spread over its upper half so that peers do not retry in step. */
export class Backoff {
  readonly #firstMs: number;
  readonly #mostMs: number;
  readonly #random: () => number;
  #failures = 0;

  /** `random` gives 0..1. */
  constructor(
    { firstMs, mostMs }: { readonly firstMs: number; readonly mostMs: number },
    random: () => number,
  ) {
    this.#firstMs = firstMs;
    this.#mostMs = mostMs;
    this.#random = random;
  }

  /** How long to wait after one more failure, in ms. */
  nextMs(): number {
    const fullMs = Math.min(this.#mostMs, this.#firstMs * 2 ** this.#failures);
    this.#failures++;
    return fullMs * (0.5 + 0.5 * this.#random());
  }

  reset(): void {
    this.#failures = 0;
  }
}
