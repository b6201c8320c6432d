import { ALIGNMENT } from "./plan_memory.ts";
import type { DataOffset } from "../plan.ts";

type Constants = Uint8Array | Int8Array | Int16Array | Uint16Array | Int32Array | Float32Array;

/** Collects a plan's constants; equal ones are kept once. */
export class ConstantPool {
  readonly #parts: { readonly offset: DataOffset; readonly bytes: Uint8Array }[] = [];
  readonly #known = new Map<string, DataOffset[]>();
  #end = 0;

  /** Where a copy of the elements will lie, little-endian. */
  add(elements: Constants): DataOffset {
    const bytes = littleEndian(elements);
    const key = `${bytes.length} ${fingerprint(bytes)}`;
    const alike = this.#known.get(key) ?? [];
    const known = alike.find((offset) => this.#holds(offset, bytes));
    if (known !== undefined) return known;
    const offset = this.#end;
    this.#parts.push({ offset, bytes });
    this.#known.set(key, [...alike, offset]);
    this.#end += Math.ceil(bytes.length / ALIGNMENT) * ALIGNMENT;
    return offset;
  }

  /** All of them, at the offsets given before. */
  bytes(): Uint8Array {
    const all = new Uint8Array(this.#end);
    for (const { offset, bytes } of this.#parts) all.set(bytes, offset);
    return all;
  }

  #holds(offset: DataOffset, bytes: Uint8Array): boolean {
    const part = this.#parts.find((part) => part.offset === offset);
    return part !== undefined && part.bytes.length === bytes.length &&
      part.bytes.every((byte, at) => byte === bytes[at]);
  }
}

function littleEndian(elements: Constants): Uint8Array {
  const { byteLength, length, BYTES_PER_ELEMENT: size } = elements;
  const bytes = new Uint8Array(elements.buffer, elements.byteOffset, byteLength).slice();
  const isLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  if (isLittle || size === 1) return bytes;
  for (let at = 0; at < length; at++) bytes.subarray(at * size, (at + 1) * size).reverse();
  return bytes;
}

/** FNV-1a, 32 bits: to find what may be equal. */
function fingerprint(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
