import { type Bytes, plainBytes } from "../bytes.ts";

/**
 * Columns of whole numbers, packed to the bit. A column is coded in the way that is shortest for it:
 * all equal; even between a least and a greatest value (phase-in codes); or falling off from the least
 * value, or to both sides of zero (Rice codes, after Golomb 1966). That is within some percent of what
 * random times, boxes and scores hold at all, where deflate needs a sixth more, and it cannot be made
 * to unpack to more than the count that the reader asks for.
 */
const EQUAL = 0, EVEN = 1, FALLING = 2, AROUND_ZERO = 3;
type Kind = typeof EQUAL | typeof EVEN | typeof FALLING | typeof AROUND_ZERO;

const KIND_BITS = 2;
const LENGTH_BITS = 6;
const SHIFT_BITS = 6;
const MOST_SHIFT = 50;
/** A value so far out that its unary part would be longer is written out instead. */
const MOST_UNARY = 20;
/** Largest absolute value in a column: differences of two are still exact. */
export const MOST_IN_COLUMN = 2 ** 52 - 1;

export class BitWriter {
  readonly #bytes: number[] = [];
  #rest = 0;
  #free = 8;

  /** `value` in `bits` bits, the highest first; 0 ≤ value < 2^bits, bits ≤ 53. */
  bits(value: number, bits: number): void {
    for (let left = bits; left > 0;) {
      const taken = Math.min(left, this.#free);
      left -= taken;
      this.#rest = (this.#rest << taken) | (Math.floor(value / 2 ** left) & ((1 << taken) - 1));
      this.#free -= taken;
      if (this.#free === 0) this.#flush();
    }
  }

  /** A whole number from 0 below 2^53 of which nothing is known: its length, then its bits. */
  number(value: number): void {
    const length = bitLength(value);
    this.bits(length, LENGTH_BITS);
    this.bits(value, length);
  }

  /** What was written, filled up with zeros to a whole byte. */
  end(): Bytes {
    if (this.#free < 8) this.bits(0, this.#free);
    return Uint8Array.from(this.#bytes);
  }

  #flush(): void {
    this.#bytes.push(this.#rest);
    this.#rest = 0;
    this.#free = 8;
  }
}

/** The bits are not what a {@link BitWriter} wrote. */
export class BadBits extends Error {}

/** Reads what a {@link BitWriter} wrote. Throws {@link BadBits} beyond the end. */
export class BitReader {
  readonly #bytes: Bytes;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = plainBytes(bytes);
  }

  bits(bits: number): number {
    if (this.#at + bits > this.#bytes.length * 8) throw new BadBits("The bits end too early");
    let value = 0;
    for (let left = bits; left > 0;) {
      const free = 8 - (this.#at & 7);
      const taken = Math.min(left, free);
      const part = (this.#bytes[this.#at >> 3] >> (free - taken)) & ((1 << taken) - 1);
      value = value * 2 ** taken + part;
      this.#at += taken;
      left -= taken;
    }
    return value;
  }

  number(): number {
    const length = this.bits(LENGTH_BITS);
    if (length > 53) throw new BadBits("A number is too long");
    return this.bits(length);
  }

  /** Throws unless all that follows is the filling of the last byte. */
  end(): void {
    const left = this.#bytes.length * 8 - this.#at;
    if (left >= 8 || this.bits(left) !== 0) throw new BadBits("More follows than was said");
  }
}

/** Writes as many values as the reader will ask for; each at most {@link MOST_IN_COLUMN} in size. */
export function writeColumn(out: BitWriter, values: readonly number[]): void {
  if (values.length === 0) return;
  const [least, most] = [values.reduce(smaller), values.reduce(greater)];
  const { kind, shift } = cheapest(values, least, most);
  out.bits(kind, KIND_BITS);
  if (kind !== AROUND_ZERO) out.number(zigzag(least));
  if (kind === EVEN) out.number(most - least);
  if (kind === FALLING || kind === AROUND_ZERO) out.bits(shift, SHIFT_BITS);
  for (const value of values) {
    if (kind === EVEN) writeEven(out, value - least, most - least);
    else if (kind === FALLING) writeRice(out, value - least, shift);
    else if (kind === AROUND_ZERO) writeRice(out, zigzag(value), shift);
  }
}

/** Throws {@link BadBits} when there are not `count` values, or one is larger than it may be. */
export function readColumn(from: BitReader, count: number): number[] {
  if (count === 0) return [];
  const kind = from.bits(KIND_BITS) as Kind; // two bits have no other values
  const least = kind === AROUND_ZERO ? 0 : fromZigzag(from.number());
  const span = kind === EVEN ? from.number() : 0;
  const shift = kind === FALLING || kind === AROUND_ZERO ? from.bits(SHIFT_BITS) : 0;
  const values: number[] = [];
  for (let i = 0; i < count; i++) values.push(fit(readValue(from, kind, least, span, shift)));
  return values;
}

function readValue(
  from: BitReader,
  kind: Kind,
  least: number,
  span: number,
  shift: number,
): number {
  switch (kind) {
    case EQUAL:
      return least;
    case EVEN:
      return least + readEven(from, span);
    case FALLING:
      return least + readRice(from, shift);
    case AROUND_ZERO:
      return fromZigzag(readRice(from, shift));
  }
}

function fit(value: number): number {
  if (Math.abs(value) <= MOST_IN_COLUMN) return value;
  throw new BadBits("A number in a column is too large");
}

/** Which way takes the fewest bits, nearly. */
function cheapest(
  values: readonly number[],
  least: number,
  most: number,
): { kind: Kind; shift: number } {
  if (least === most) return { kind: EQUAL, shift: 0 };
  const falling = bestShift(values.map((value) => value - least));
  const around = bestShift(values.map(zigzag));
  const head = LENGTH_BITS + bitLength(zigzag(least));
  const costs: { kind: Kind; shift: number; bits: number }[] = [
    {
      kind: EVEN,
      shift: 0,
      bits: head + LENGTH_BITS + values.length * Math.log2(most - least + 1),
    },
    { kind: FALLING, shift: falling.shift, bits: head + falling.bits },
    { kind: AROUND_ZERO, shift: around.shift, bits: around.bits },
  ];
  return costs.reduce((best, one) => one.bits < best.bits ? one : best);
}

/** The best shift is near the mean's length. */
function bestShift(values: readonly number[]): { shift: number; bits: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const near = bitLength(Math.floor(mean));
  let best = { shift: 0, bits: Infinity };
  for (let shift = Math.max(0, near - 2); shift <= Math.min(MOST_SHIFT, near + 1); shift++) {
    let bits = SHIFT_BITS;
    for (const value of values) bits += riceBits(value, shift);
    if (bits < best.bits) best = { shift, bits };
  }
  return best;
}

function riceBits(value: number, shift: number): number {
  const unary = Math.floor(value / 2 ** shift);
  return unary >= MOST_UNARY ? MOST_UNARY + LENGTH_BITS + bitLength(value) : unary + 1 + shift;
}

function writeRice(out: BitWriter, value: number, shift: number): void {
  const unary = Math.floor(value / 2 ** shift);
  if (unary >= MOST_UNARY) {
    out.bits(2 ** MOST_UNARY - 1, MOST_UNARY);
    return out.number(value);
  }
  out.bits(2 ** (unary + 1) - 2, unary + 1);
  out.bits(value % 2 ** shift, shift);
}

function readRice(from: BitReader, shift: number): number {
  let unary = 0;
  while (from.bits(1) === 1) if (++unary === MOST_UNARY) return from.number();
  return unary * 2 ** shift + from.bits(shift);
}

/** Phase-in code: of `span` + 1 values, as many as fit are a bit shorter than the others. */
function writeEven(out: BitWriter, value: number, span: number): void {
  const bits = bitLength(span);
  const short = 2 ** bits - 1 - span;
  if (value < short) out.bits(value, bits - 1);
  else out.bits(value + short, bits);
}

function readEven(from: BitReader, span: number): number {
  const bits = bitLength(span);
  if (bits === 0) return 0;
  const short = 2 ** bits - 1 - span;
  const value = from.bits(bits - 1);
  return value < short ? value : value * 2 + from.bits(1) - short;
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function fromZigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

/** Bits of a whole number from 0; none for 0. */
function bitLength(value: number): number {
  return value < 2 ** 32
    ? 32 - Math.clz32(value)
    : 32 + (32 - Math.clz32(Math.floor(value / 2 ** 32)));
}

function smaller(a: number, b: number): number {
  return Math.min(a, b);
}

function greater(a: number, b: number): number {
  return Math.max(a, b);
}
