/**
 * How much an Automerge change unpacks to, read from its columns without unpacking them. They are run
 * lengths: 150 bytes can stand for 10^9 operations, and Automerge makes an object of each.
 * Source: automerge.org/automerge-binary-format-spec, "Change Chunk" and "Columnar Storage Format".
 */

/** More than fit an entry when each sets a key of its own. */
export const MOST_OPS = 4096;
/** Of keys, as often as they are used. All keys of an entry that repeats none are shorter. */
export const MOST_KEY_BYTES = 1 << 18;

/** Magic and checksum. */
const HEAD_BYTES = 8;
const CHANGE_CHUNK = 1;
const ID_BYTES = 32;
/** The low three bits of a column's number say how it is coded; the fourth, that it is deflated. */
const CODE_BITS = 7, DEFLATED = 8;
const DELTA = 3, BOOLEAN = 4, TEXT = 5, RAW = 7;

/**
 * False for what unpacks to more than anybody writes, for a deflated change (nobody makes one), and for
 * what is no change. Automerge judges the rest.
 */
export function isModestChange(change: Uint8Array): boolean {
  try {
    const from = new Varints(change, HEAD_BYTES);
    if (from.byte() !== CHANGE_CHUNK) return false;
    if (from.number() !== from.left) return false;
    skipHead(from);
    const columns = Array.from({ length: from.count() }, () => [from.number(), from.number()]);
    return columns.every(([kind, length]) => isModestColumn(kind, from.part(length)));
  } catch (failure) {
    if (failure instanceof BadChange) return false;
    throw failure;
  }
}

/** Dependencies, actor, number, first operation, time, message, other actors. */
function skipHead(from: Varints): void {
  from.skip(from.count() * ID_BYTES);
  from.skip(from.number());
  for (let numbers = 0; numbers < 3; numbers++) from.number();
  from.skip(from.number());
  for (let actors = from.count(); actors > 0; actors--) from.skip(from.number());
}

function isModestColumn(kind: number, column: Varints): boolean {
  if ((kind & DEFLATED) !== 0) return false;
  const code = kind & CODE_BITS;
  if (code === RAW) return true;
  return code === BOOLEAN ? isModestBoolean(column) : isModestRuns(column, code);
}

function isModestBoolean(column: Varints): boolean {
  let ops = 0;
  while (column.left > 0) ops += column.number();
  return ops <= MOST_OPS;
}

/** A run: n times the value that follows, -n values, or after 0 a number of nulls. */
function isModestRuns(column: Varints, code: number): boolean {
  let ops = 0, keyBytes = 0;
  while (column.left > 0) {
    const run = column.signed();
    const values = run > 0 ? 1 : -run;
    ops += run === 0 ? column.number() : Math.abs(run);
    if (ops > MOST_OPS) return false;
    for (let i = 0; i < values; i++) {
      const bytes = code === TEXT ? column.number() : 0;
      column.skip(bytes);
      if (code === DELTA) column.signed();
      else if (code !== TEXT) column.number();
      keyBytes += bytes * (run > 0 ? run : 1);
    }
  }
  return keyBytes <= MOST_KEY_BYTES;
}

class BadChange extends Error {}

/** Reads LEB128 numbers. Throws {@link BadChange} beyond the end. */
class Varints {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    if (this.left < 1) throw new BadChange();
    return this.#bytes[this.#at++];
  }

  /** Without a sign. Beyond 2^53 not exact: far too much in any case. */
  number(): number {
    let value = 0;
    for (let scale = 1;; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  signed(): number {
    let value = 0;
    for (let scale = 1;; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return (byte & 64) === 0 ? value : value - scale * 128;
    }
  }

  /** How many of something follow, each of at least a byte. */
  count(): number {
    const count = this.number();
    if (count > this.left) throw new BadChange();
    return count;
  }

  skip(bytes: number): void {
    if (!(bytes <= this.left)) throw new BadChange();
    this.#at += bytes;
  }

  part(bytes: number): Varints {
    const from = this.#at;
    this.skip(bytes);
    return new Varints(this.#bytes.subarray(0, this.#at), from);
  }
}
