/**
 * A hybrid logical clock in one integer: units of 1/1024 ms since the epoch, so that stamps of one
 * device always rise, follow whatever it has heard of, and stay near the wall clock.
 * (Kulkarni et al., "Logical Physical Clocks", 2014. 2^53 units last until the year 2248.)
 */
export type Stamp = number;

const UNITS_PER_MS = 1024;
/** A clock beyond it (the year 2214) is wrong: stamps must have room above to rise. */
const MOST_BY_CLOCK = 2 ** 53 - 2 ** 50;
/** A stamp further ahead than this is a wrong clock, not news: it must not drag ours along. */
const TRUSTED_AHEAD_MS = 5 * 60_000;

export function stampMs(stamp: Stamp): number {
  return Math.floor(stamp / UNITS_PER_MS);
}

export function isStamp(value: unknown): value is Stamp {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export class HybridClock {
  #last: Stamp;
  readonly #nowMs: () => number;

  constructor(nowMs: () => number, last: Stamp = 0) {
    this.#nowMs = nowMs;
    this.#last = last;
  }

  /** A stamp above all that this clock has given or heard. */
  next(): Stamp {
    const now = Math.min(Math.floor(this.#nowMs()) * UNITS_PER_MS, MOST_BY_CLOCK);
    this.#last = Math.max(now, this.#last + 1);
    return this.#last;
  }

  /** Goes on after a stamp that this device itself gave, however wrong its clock was then. */
  resume(stamp: Stamp): void {
    this.#last = Math.max(this.#last, stamp);
  }

  /** Heard another's stamp: the next one of ours will be above it. */
  observe(stamp: Stamp): void {
    if (stamp <= (this.#nowMs() + TRUSTED_AHEAD_MS) * UNITS_PER_MS) {
      this.#last = Math.max(this.#last, stamp);
    }
  }
}
