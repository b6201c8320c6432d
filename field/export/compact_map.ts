/** Four 32-bit words. */
export type Key = readonly [number, number, number, number];

/** The first 128 bits of a hash. `salt` tells apart what else is counted under the same hash. */
export function hashKey(hash: string, salt = 0): Key {
  const word = (i: number) => parseInt(hash.slice(8 * i, 8 * i + 8), 16);
  return [word(0), word(1), word(2), word(3) ^ salt];
}

/** All of an observation's id: 48 bits of its device and a stamp of at most 53. */
export function idKey(id: string): Key {
  const stamp = parseInt(id.slice(13), 36);
  return [parseInt(id.slice(0, 8), 16), parseInt(id.slice(8, 12), 16), stamp / 2 ** 32, stamp];
}

const FIRST_SLOTS = 1024;
/** Open addressing slows down beyond this. */
const MOST_FULL = 0.75;

/**
 * A map from keys to 32-bit numbers in two flat arrays: 20 bytes a slot, so that an export may remember
 * each of a hundred thousand pictures in some 5 MB (a `Map` of strings takes about 15).
 */
export class CompactMap {
  #keys = new Uint32Array(4 * FIRST_SLOTS);
  /** 0: the slot is free. */
  #values = new Uint32Array(FIRST_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** 0 when there is nothing. */
  get(key: Key): number {
    return this.#values[this.#slotOf(key)];
  }

  /** `value`: 1 to 2^32 − 1. */
  set(key: Key, value: number): void {
    if (this.#size >= this.#values.length * MOST_FULL) this.#grow();
    const slot = this.#slotOf(key);
    if (this.#values[slot] === 0) this.#size++;
    this.#keys.set(key, 4 * slot);
    this.#values[slot] = value;
  }

  #slotOf([a, b, c, d]: Key): number {
    const [keys, values, mask] = [this.#keys, this.#values, this.#values.length - 1];
    const [a32, b32, c32, d32] = [a >>> 0, b >>> 0, c >>> 0, d >>> 0];
    let slot = mixed(a32, b32, c32, d32) & mask;
    while (values[slot] !== 0) {
      const at = 4 * slot;
      if (
        keys[at] === a32 && keys[at + 1] === b32 && keys[at + 2] === c32 && keys[at + 3] === d32
      ) return slot;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Uint32Array(2 * keys.length);
    this.#values = new Uint32Array(2 * values.length);
    for (const [slot, value] of values.entries()) {
      if (value === 0) continue;
      const [a, b, c, d] = keys.subarray(4 * slot, 4 * slot + 4);
      const to = this.#slotOf([a, b, c, d]);
      this.#keys.set([a, b, c, d], 4 * to);
      this.#values[to] = value;
    }
  }
}

/** Stamps rise in even steps: without mixing they would crowd into few slots. */
function mixed(a: number, b: number, c: number, d: number): number {
  let h = a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca6b) ^ Math.imul(d, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}
