/** Longest that a frame waits for calls under way: a slow one (verify) must not stop the watch. */
const MOST_WAIT_MS = 100;

/**
 * Calls that are quick but need several turns of the event loop (a read from IndexedDB is one or two). An
 * inference blocks the loop for 0.2 to 3 s, so without a rule each turn would cost one inference.
 */
export class SmallCalls {
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #nowMs: () => number;

  /** `nowMs`: milliseconds that only rise. */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Counts a call until it is answered. */
  track<T>(call: Promise<T>): Promise<T> {
    this.#underWay.add(call);
    const done = () => this.#underWay.delete(call);
    call.then(done, done);
    return call;
  }

  /** Resolves when messages that wait have been taken in and the calls under way are answered, or soon. */
  async settle(): Promise<void> {
    const until = this.#nowMs() + MOST_WAIT_MS;
    do {
      await new Promise((resolve) => setTimeout(resolve));
    } while (this.#underWay.size > 0 && this.#nowMs() < until);
  }
}
