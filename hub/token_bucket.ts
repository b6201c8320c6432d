/** Allows `burst` at once and `perSecond` in the long run. Time is passed in, in ms. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  constructor(rate: { readonly perSecond: number; readonly burst: number }, nowMs: number) {
    this.#perSecond = rate.perSecond;
    this.#burst = rate.burst;
    this.#tokens = rate.burst;
    this.#at = nowMs;
  }

  /** Takes so many tokens; false, and none taken, when there are fewer. */
  take(nowMs: number, tokens = 1): boolean {
    // A clock that was set back must not take tokens away.
    const elapsedMs = Math.max(0, nowMs - this.#at);
    this.#at = nowMs;
    this.#tokens = Math.min(this.#burst, this.#tokens + (elapsedMs / 1000) * this.#perSecond);
    if (this.#tokens < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }
}
