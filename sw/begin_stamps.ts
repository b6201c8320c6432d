import type { HybridClock, Stamp } from "../field/clock.ts";

const UNITS_PER_MS = 1024;
/** A frame's time further ahead than this is a wrong one, and must not drag the clock along. */
const TRUSTED_AHEAD_MS = 60_000;

/**
 * Numbers observations by when they began: the stamp of `first`, or one more than the last given. A device
 * never gives one twice: they rise, they begin above all that its feed says, and the clock that stamps
 * the feed's entries is kept above them.
 */
export class BeginStamps {
  readonly #clock: HybridClock;
  readonly #nowMs: () => number;
  #last: Stamp;

  /** `clock`: resumed after the device's last entry. */
  constructor(clock: HybridClock, nowMs: () => number) {
    this.#clock = clock;
    this.#nowMs = nowMs;
    this.#last = clock.next();
  }

  /** `first`: when the object was first seen, ms since the epoch. */
  next(first: number): Stamp {
    const latest = this.#nowMs() + TRUSTED_AHEAD_MS;
    const wished = Math.floor(Math.min(first, latest)) * UNITS_PER_MS;
    this.#last = Math.max(wished, this.#last + 1);
    this.#clock.resume(this.#last);
    return this.#last;
  }
}
