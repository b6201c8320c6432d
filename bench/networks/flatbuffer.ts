/**
 * A writer for FlatBuffers (flatbuffers.dev/internals), as far as a `.tflite` file needs it. Front to back: a
 * parent lies before its children, so that offsets, which are unsigned, point onward.
 */

/** A table's fields by their number in the schema; one left out has its default. */
export type Table = ReadonlyMap<number, Field>;

export type Field =
  | { readonly byte: number }
  /** int32 or uint32 */
  | { readonly int: number }
  | { readonly text: string }
  | { readonly table: Table }
  | { readonly tables: readonly Table[] }
  | { readonly ints: readonly number[] }
  | { readonly longs: readonly number[] }
  | { readonly floats: Float32Array }
  /** Aligned as a `force_align: 16` vector. */
  | { readonly bytes: Uint8Array };

const OFFSET_BYTES = 4;
const IDENTIFIER_BYTES = 4;
const BYTES_ALIGNMENT = 16;

/** The file's bytes; `identifier` has four letters. */
export function encodeFlatbuffer(identifier: string, root: Table): Uint8Array {
  const writer = new FlatbufferWriter();
  const at = writer.reserve(OFFSET_BYTES + IDENTIFIER_BYTES, OFFSET_BYTES);
  writer.bytes(at + OFFSET_BYTES, new TextEncoder().encode(identifier));
  writer.pointTo(at, writer.table(root));
  return writer.finish();
}

class FlatbufferWriter {
  #view = new DataView(new ArrayBuffer(1 << 16));
  #end = 0;

  /** Space at the end, zeroed; returns where. `ahead`: bytes of it that lie before what is aligned. */
  reserve(byteLength: number, alignment: number, ahead = 0): number {
    const at = Math.ceil((this.#end + ahead) / alignment) * alignment - ahead;
    this.#end = at + byteLength;
    while (this.#end > this.#view.byteLength) {
      this.#view = new DataView(this.#view.buffer.transfer(this.#view.byteLength * 2));
    }
    return at;
  }

  bytes(at: number, bytes: Uint8Array): void {
    new Uint8Array(this.#view.buffer).set(bytes, at);
  }

  pointTo(at: number, target: number): void {
    this.#view.setUint32(at, target - at, true);
  }

  /** Its vtable, its fields, then what these point to. Returns where the fields begin. */
  table(fields: Table): number {
    const slots = Math.max(-1, ...fields.keys()) + 1;
    const vtableBytes = 4 + slots * 2;
    const vtable = this.reserve(vtableBytes, 2);
    const places = new Map<number, number>();
    let size = OFFSET_BYTES;
    for (const [slot] of fields) {
      places.set(slot, size);
      size += OFFSET_BYTES; // a byte too: simpler, and the files are small
    }
    const start = this.reserve(size, OFFSET_BYTES);
    this.#view.setInt32(start, start - vtable, true);
    this.#view.setUint16(vtable, vtableBytes, true);
    this.#view.setUint16(vtable + 2, size, true);
    for (const [slot, place] of places) this.#view.setUint16(vtable + 4 + slot * 2, place, true);
    for (const [slot, field] of fields) this.#field(start + (places.get(slot) ?? 0), field);
    return start;
  }

  finish(): Uint8Array {
    return new Uint8Array(this.#view.buffer.slice(0, this.#end));
  }

  #field(at: number, field: Field): void {
    if ("byte" in field) this.#view.setUint8(at, field.byte);
    else if ("int" in field) this.#view.setInt32(at, field.int, true);
    else this.pointTo(at, this.#child(field));
  }

  #child(field: Exclude<Field, { byte: number } | { int: number }>): number {
    if ("table" in field) return this.table(field.table);
    if ("tables" in field) return this.#tables(field.tables);
    if ("text" in field) return this.#vector(withEnd(field.text), 1, 4, field.text.length);
    if ("bytes" in field) return this.#vector(field.bytes, 1, BYTES_ALIGNMENT);
    if ("floats" in field) return this.#vector(bytesOf(field.floats), 4, 4);
    if ("ints" in field) return this.#vector(bytesOf(Int32Array.from(field.ints)), 4, 4);
    return this.#vector(bytesOf(BigInt64Array.from(field.longs, BigInt)), 8, 8);
  }

  #vector(bytes: Uint8Array, elementBytes: number, alignment: number, count?: number): number {
    const at = this.reserve(4 + bytes.length, Math.max(4, alignment), 4);
    this.#view.setUint32(at, count ?? bytes.length / elementBytes, true);
    this.bytes(at + 4, bytes);
    return at;
  }

  #tables(tables: readonly Table[]): number {
    const at = this.reserve(4 + tables.length * OFFSET_BYTES, 4);
    this.#view.setUint32(at, tables.length, true);
    tables.forEach((table, k) => this.pointTo(at + 4 + k * OFFSET_BYTES, this.table(table)));
    return at;
  }
}

/** A text ends in a zero that its length does not count. ASCII. */
function withEnd(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
