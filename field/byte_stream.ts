import type { Bytes } from "./bytes.ts";
import type { Hex } from "./observation.ts";

/**
 * Numbers, texts and hashes one after another, as short as they are: for rows that this device alone
 * writes and reads. Numbers are always read back exactly as they were written.
 */
const MORE = 0x80;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** Twice as much, and the mark beside it, are still exact. */
const MOST_STEPS = 2 ** 50;
const AS_FLOAT = 1;

export class ByteWriter {
  #bytes: Bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** What was written, as a copy. The writer is empty again. */
  take(): Bytes {
    const bytes = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** A whole number from 0 to 2^53 - 1 (LEB128). */
  count(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`Cannot write count ${value}`);
    this.#reserve(8);
    for (; value >= MORE; value = Math.floor(value / MORE)) {
      this.#bytes[this.#length++] = value % MORE + MORE;
    }
    this.#bytes[this.#length++] = value;
  }

  /** Any number; short when it is a whole number of `1 / perUnit` near `base`. */
  number(value: number, { base = 0, perUnit = 1 } = {}): void {
    const steps = Math.round((value - base) * perUnit);
    const isExact = Math.abs(steps) < MOST_STEPS && Object.is(base + steps / perUnit, value);
    if (isExact) return this.count(2 * (steps < 0 ? -2 * steps - 1 : 2 * steps));
    this.count(AS_FLOAT);
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Bytes with their number before them. */
  block(bytes: Uint8Array): void {
    this.count(bytes.length);
    this.raw(bytes);
  }

  text(text: string): void {
    this.block(encoder.encode(text));
  }

  /** Bytes given as lower-case hex. */
  hex(hex: Hex): void {
    this.#reserve(hex.length / 2);
    for (let at = 0; at < hex.length; at += 2) {
      const value = NIBBLES[hex.charCodeAt(at)] * 16 + NIBBLES[hex.charCodeAt(at + 1)];
      if (!(value >= 0)) throw new Error(`Cannot write ${JSON.stringify(hex)}: it is not hex`);
      this.#bytes[this.#length++] = value;
    }
  }

  #reserve(byteLength: number): void {
    const needed = this.#length + byteLength;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Reads what {@link ByteWriter} wrote. Every method throws a RangeError or TypeError on what it cannot have written. */
export class ByteReader {
  readonly #bytes: Bytes;
  #at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    if (this.#at >= this.#bytes.length) {
      throw new RangeError("Cannot read on: the bytes have ended");
    }
    return this.#bytes[this.#at++];
  }

  count(): number {
    let [value, unit] = [0, 1];
    for (;; unit *= MORE) {
      const byte = this.byte();
      value += (byte % MORE) * unit;
      if (!Number.isSafeInteger(value)) {
        throw new RangeError("Cannot read a count: it is too large");
      }
      if (byte < MORE) return value;
    }
  }

  number({ base = 0, perUnit = 1 } = {}): number {
    const written = this.count();
    if (written === AS_FLOAT) return viewOf(this.raw(8)).getFloat64(0, true);
    const folded = written / 2;
    const steps = folded % 2 ? -(folded + 1) / 2 : folded / 2;
    return base + steps / perUnit;
  }

  /** A part of the bytes that are read, not a copy. */
  raw(byteLength: number): Bytes {
    const end = this.#at + byteLength;
    if (end > this.#bytes.length) throw new RangeError("Cannot read on: the bytes have ended");
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  /** All that is left, not a copy. */
  rest(): Bytes {
    return this.raw(this.#bytes.length - this.#at);
  }

  block(): Bytes {
    return this.raw(this.count());
  }

  text(): string {
    return decoder.decode(this.block());
  }

  hex(byteLength: number): Hex {
    let hex = "";
    for (const byte of this.raw(byteLength)) hex += PAIRS[byte];
    return hex;
  }

  /** As many as a count says, each read by `one`. */
  list<T>(one: () => T): T[] {
    const length = this.count();
    if (length > this.#bytes.length) throw new RangeError("Cannot read a list: it is too long");
    return Array.from({ length }, one);
  }
}

/** Hex by the byte: `toString` and `parseInt` take 20 times as long, and a page holds hundreds of hashes. */
const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const NIBBLES: Readonly<Record<number, number>> = Object.fromEntries(
  [..."0123456789abcdef"].map((digit, value) => [digit.charCodeAt(0), value]),
);

function viewOf(bytes: Bytes): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
