/** All chance of a swarm, from one number. Only whole numbers and + − × ÷: the same on every device. */
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

  between(least: number, most: number): number {
    return least + (most - least) * this.fraction();
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  /** Mean 0, deviation 1: the sum of twelve (Irwin & Hall). */
  normal(): number {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.fraction();
    return sum;
  }

  /** Chance of its own, so that one more draw here changes nothing there. */
  branch(): Chance {
    return new Chance(this.below(2 ** 32));
  }
}
