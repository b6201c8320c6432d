/** Damage to files, from seeded random numbers. */

/** 32 random bits a call. */
export type Random = () => number;

const MOST_CHANGES = 8;
const MOST_MOVED = 64;

type Damage = (bytes: Uint8Array, random: Random) => Uint8Array;

/** A copy with bytes changed, cut, moved, doubled or lost. May be the same by chance. */
export function damaged(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(pick(DAMAGES, random)(bytes, random));
}

const DAMAGES: readonly Damage[] = [changed, changed, changed, cut, spliced, doubled, lost, noisy];

export function pick<T>(items: readonly T[], random: Random): T {
  return items[random() % items.length];
}

/** A few bytes: flipped bits, or any other value. */
function changed(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice();
  for (let count = 1 + random() % MOST_CHANGES; count > 0; count--) {
    const at = random() % copy.length;
    copy[at] = random() % 2 === 0 ? copy[at] ^ (1 << random() % 8) : random();
  }
  return copy;
}

function cut(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.subarray(0, random() % bytes.length);
}

/** A part of the file over another. */
function spliced(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice();
  const from = random() % bytes.length;
  copy.copyWithin(random() % bytes.length, from, from + 1 + random() % MOST_MOVED);
  return copy;
}

function doubled(bytes: Uint8Array, random: Random): Uint8Array {
  const from = random() % bytes.length;
  const end = from + 1 + random() % MOST_MOVED;
  return joined(bytes.subarray(0, end), bytes.subarray(from));
}

function lost(bytes: Uint8Array, random: Random): Uint8Array {
  const from = random() % bytes.length;
  return joined(bytes.subarray(0, from), bytes.subarray(from + 1 + random() % MOST_MOVED));
}

/** A run of noise. */
function noisy(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = bytes.slice();
  const from = random() % bytes.length;
  const end = Math.min(from + 1 + random() % MOST_MOVED, bytes.length);
  for (let at = from; at < end; at++) copy[at] = random();
  return copy;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
