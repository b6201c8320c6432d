import type { Bytes } from "../bytes.ts";
import {
  BUNDLE_HEAD,
  type BundleRecord,
  FRAME_HEAD_BYTES,
  isSound,
  MARKER,
  MOST_PAYLOAD_BYTES,
  parseRecord,
  payloadLength,
} from "./bundle_format.ts";

/** What a reader finds, in the order of the file. */
export type BundleItem =
  /** `frame`: the record as it stands in the file, and valid until the next item is asked for. `at`: its first byte. */
  | {
    readonly kind: "record";
    readonly at: number;
    readonly frame: Uint8Array;
    readonly record: BundleRecord;
  }
  /** The file begins as a bundle does. */
  | { readonly kind: "head"; readonly frame: Uint8Array; readonly format: number }
  /** `length` bytes from `at` on that are no record. */
  | { readonly kind: "damage"; readonly at: number; readonly length: number };

const MAGIC_BYTES = BUNDLE_HEAD.length - 2;
const WINDOW_BYTES = 64 * 1024;
const MOST_FRAME_BYTES = FRAME_HEAD_BYTES + MOST_PAYLOAD_BYTES;
/**
 * Behind a false marker the search goes on one byte further, and a file made for it could have every
 * byte checked thousands of times. Beyond this many checks a byte, false records are passed over whole.
 */
const MOST_CHECKS = 8;
const FREE_CHECKED_BYTES = 1 << 20;

/**
 * Reads a bundle part by part: gives its records and tells of what is none, and never throws on what it
 * reads. Holds no more than one record and one window.
 */
export class BundleReader {
  readonly #buffer: Bytes = new Uint8Array(MOST_FRAME_BYTES + WINDOW_BYTES);
  #from = 0;
  #to = 0;
  /** Where in the file the buffer's first byte is. */
  #base = 0;
  /** Where damage began that goes on up to here; null when all is well. */
  #damagedFrom: number | null = null;
  #checked = 0;

  /** Bytes read so far. */
  get bytes(): number {
    return this.#base + this.#to;
  }

  /** The items that the next bytes complete. To be read to its end before the next part. */
  *push(bytes: Uint8Array): Generator<BundleItem, void> {
    for (let from = 0; from < bytes.length; from += WINDOW_BYTES) {
      this.#append(bytes.subarray(from, from + WINDOW_BYTES));
      yield* this.#scan(false);
    }
  }

  /** What is left when the file has ended. */
  *end(): Generator<BundleItem, void> {
    yield* this.#scan(true);
    yield* this.#tellDamage();
  }

  #append(bytes: Uint8Array): void {
    // what `scan` leaves is shorter than a frame, so that a window always fits behind it
    this.#buffer.copyWithin(0, this.#from, this.#to);
    this.#base += this.#from;
    this.#to -= this.#from;
    this.#from = 0;
    this.#buffer.set(bytes, this.#to);
    this.#to += bytes.length;
  }

  *#scan(isEnd: boolean): Generator<BundleItem, void> {
    if (this.#base + this.#from === 0) {
      if (this.#to < BUNDLE_HEAD.length && !isEnd) return;
      yield* this.#readHead();
    }
    while (this.#findMarker(isEnd)) {
      const length = this.#frameLength(isEnd);
      if (length === null) return;
      yield* this.#readFrame(length);
    }
  }

  *#readHead(): Generator<BundleItem, void> {
    const head = this.#buffer.subarray(0, BUNDLE_HEAD.length);
    const isBundle = this.#to >= head.length &&
      BUNDLE_HEAD.subarray(0, MAGIC_BYTES).every((byte, i) => byte === head[i]);
    if (!isBundle) return;
    this.#from = head.length;
    yield { kind: "head", frame: head, format: head[MAGIC_BYTES] | head[MAGIC_BYTES + 1] << 8 };
  }

  /** Goes on to the next marker; false when there is none (or only a beginning of one, in the end of what is here). */
  #findMarker(isEnd: boolean): boolean {
    for (;;) {
      const left = this.#buffer.subarray(this.#from, this.#to);
      const at = left.indexOf(MARKER[0]);
      this.#skip(at < 0 ? left.length : at);
      const found = this.#buffer.subarray(
        this.#from,
        Math.min(this.#from + MARKER.length, this.#to),
      );
      if (found.length === 0) return false;
      if (found.every((byte, i) => byte === MARKER[i])) {
        if (found.length === MARKER.length) return true;
        if (!isEnd) return false;
      }
      this.#skip(1);
    }
  }

  /** Length of the frame at the marker: 0 when it cannot be one, null when more of it must come first. */
  #frameLength(isEnd: boolean): number | null {
    const here = this.#to - this.#from;
    const more = isEnd ? 0 : null;
    if (here < FRAME_HEAD_BYTES) return more;
    const length = payloadLength(this.#buffer.subarray(this.#from));
    if (length > MOST_PAYLOAD_BYTES) return 0;
    return here < FRAME_HEAD_BYTES + length ? more : FRAME_HEAD_BYTES + length;
  }

  *#readFrame(length: number): Generator<BundleItem, void> {
    const frame = this.#buffer.subarray(this.#from, this.#from + length);
    this.#checked += length;
    const record = length > 0 && isSound(frame) ? parseRecord(frame) : null;
    if (!record) {
      this.#skip(this.#mayCheckMore() ? 1 : Math.max(1, length));
      return;
    }
    yield* this.#tellDamage();
    const at = this.#base + this.#from;
    this.#from += length;
    yield { kind: "record", at, frame, record };
  }

  #mayCheckMore(): boolean {
    return this.#checked <= MOST_CHECKS * this.bytes + FREE_CHECKED_BYTES;
  }

  #skip(length: number): void {
    if (length === 0) return;
    this.#damagedFrom ??= this.#base + this.#from;
    this.#from += length;
  }

  *#tellDamage(): Generator<BundleItem, void> {
    if (this.#damagedFrom === null) return;
    const at = this.#damagedFrom;
    this.#damagedFrom = null;
    yield { kind: "damage", at, length: this.#base + this.#from - at };
  }
}
