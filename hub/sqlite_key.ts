/** Keys as bytes whose order (`memcmp`, SQLite's of blobs) is the keys' own. */
import type { Bytes } from "../field/bytes.ts";
import type { Key } from "../field/store/disk.ts";
import type { KeyBound } from "../field/store/disk_key.ts";

const NUMBER = 0x10;
const TEXT = 0x20;
/** `[]` of a bound: after all numbers and texts. */
const AFTER_ALL = 0xff;
/** Before every character, so that a text is before those that go on after it. */
const END_OF_TEXT = 0x00;

const NUMBER_BYTES = 8;
/** The first code unit that takes two bytes, and the first that takes three. */
const TWO_BYTES_FROM = 0x7f;
const THREE_BYTES_FROM = TWO_BYTES_FROM + 0x4000;
const TWO = 0x80;
const THREE = 0xc0;

export function encodeKey(bound: KeyBound): Bytes {
  const bytes: number[] = [];
  for (const part of bound) {
    if (typeof part === "number") bytes.push(NUMBER, ...numberBytes(part));
    else if (typeof part === "string") pushText(bytes, part);
    else bytes.push(AFTER_ALL);
  }
  return Uint8Array.from(bytes);
}

/** The inverse of {@link encodeKey}. @throws RangeError when these are not the bytes of a key. */
export function decodeKey(bytes: Uint8Array): Key {
  const parts: (string | number)[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at++];
    if (tag === NUMBER) {
      parts.push(numberAt(bytes, at));
      at += NUMBER_BYTES;
    } else if (tag === TEXT) {
      const end = endOfText(bytes, at);
      parts.push(textIn(bytes, at, end));
      at = end + 1;
    } else {
      throw new RangeError(`A key cannot have a part of kind ${tag}`);
    }
  }
  return parts;
}

/** IEEE 754, big-endian; flipped so that negative numbers are before positive ones, and in order. */
function numberBytes(number: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(NUMBER_BYTES));
  view.setFloat64(0, number === 0 ? 0 : number); // -0 is 0
  flipForOrder(view, view.getInt8(0) < 0);
  return new Uint8Array(view.buffer);
}

function numberAt(bytes: Uint8Array, at: number): number {
  if (at + NUMBER_BYTES > bytes.length) throw new RangeError("A key ends within a number");
  const view = new DataView(bytes.slice(at, at + NUMBER_BYTES).buffer);
  flipForOrder(view, view.getInt8(0) >= 0);
  return view.getFloat64(0);
}

function flipForOrder(view: DataView, isNegative: boolean): void {
  view.setUint32(0, view.getUint32(0) ^ (isNegative ? 0xffffffff : 0x80000000));
  view.setUint32(4, view.getUint32(4) ^ (isNegative ? 0xffffffff : 0));
}

/** Code units, not characters, as `Key` is ordered: one byte where there are few bits, none of them 0. */
function pushText(bytes: number[], text: string): void {
  bytes.push(TEXT);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < TWO_BYTES_FROM) bytes.push(unit + 1);
    else if (unit < THREE_BYTES_FROM) pushTwo(bytes, unit - TWO_BYTES_FROM);
    else bytes.push(THREE, unit >> 8, unit & 0xff);
  }
  bytes.push(END_OF_TEXT);
}

function pushTwo(bytes: number[], offset: number): void {
  bytes.push(TWO | offset >> 8, offset & 0xff);
}

function endOfText(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== END_OF_TEXT) at += unitLength(bytes[at]);
  if (at >= bytes.length) throw new RangeError("A key ends within a text");
  return at;
}

function unitLength(first: number): number {
  return first < TWO ? 1 : first < THREE ? 2 : 3;
}

function textIn(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at += unitLength(bytes[at])) {
    text += String.fromCharCode(unitAt(bytes, at));
  }
  return text;
}

function unitAt(bytes: Uint8Array, at: number): number {
  const [first, second, third] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  if (first < TWO) return first - 1;
  if (first < THREE) return ((first & ~TWO) << 8 | second) + TWO_BYTES_FROM;
  return second << 8 | third;
}
