/** All chance of a simulation, from one number. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    // never zero, and small seeds far apart
    this.#state = Math.imul(seed + 1, 0x9e3779b1) >>> 0 || 1;
    this.fraction();
  }

  /** 0 up to 1, without 1. Xorshift with 32 bits (G. Marsaglia, "Xorshift RNGs", 2003). */
  fraction(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state >>> 0;
    return this.#state / 2 ** 32;
  }

  /** A whole number from 0 up to `count`, without it. */
  below(count: number): number {
    return Math.floor(this.fraction() * count);
  }

  /** True in this share of all cases. */
  is(share: number): boolean {
    return share > 0 && this.fraction() < share;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)];
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  /** Chance of its own, so that one more draw here changes nothing there. */
  branch(): Chance {
    return new Chance(this.below(2 ** 32));
  }
}
