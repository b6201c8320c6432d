/**
 * A table of a FlatBuffer (flatbuffers.dev, "FlatBuffer Internals"). Every read is checked against the
 * file's end: what points outside throws a RangeError.
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #start: number;

  private constructor(view: DataView, start: number) {
    this.#view = view;
    this.#start = start;
  }

  /** The file's root table. `identifier`: the four letters after its address. */
  static root(bytes: Uint8Array, identifier: string): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const letters = [4, 5, 6, 7].map((at) => String.fromCharCode(view.getUint8(at))).join("");
    if (letters !== identifier) throw new RangeError(`it does not say ${identifier}`);
    return new FlatTable(view, view.getUint32(0, true));
  }

  int8(field: number): number {
    const at = this.#place(field);
    return at === undefined ? 0 : this.#view.getInt8(at);
  }

  /** 32 bits; `missing` where the file leaves the field out. */
  int32(field: number, missing = 0): number {
    const at = this.#place(field);
    return at === undefined ? missing : this.#view.getInt32(at, true);
  }

  text(field: number): string {
    return new TextDecoder().decode(this.bytes(field));
  }

  /** Empty where the file leaves the field out. Not copied. */
  bytes(field: number): Uint8Array {
    const { start, length } = this.#vector(field, 1);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + start, length);
  }

  /** At most `most`: a damaged file shall not make a long list. */
  int32s(field: number, most: number): number[] {
    const { start, length } = this.#vector(field, 4);
    if (length > most) throw new RangeError(`a list of ${length} where at most ${most} may be`);
    return Array.from({ length }, (_, k) => this.#view.getInt32(start + 4 * k, true));
  }

  table(field: number): FlatTable | undefined {
    const at = this.#place(field);
    return at === undefined ? undefined : new FlatTable(this.#view, this.#follow(at));
  }

  tables(field: number): FlatTable[] {
    const { start, length } = this.#vector(field, 4);
    return Array.from(
      { length },
      (_, k) => new FlatTable(this.#view, this.#follow(start + 4 * k)),
    );
  }

  /** Where a field's value lies; undefined where the file leaves it out. */
  #place(field: number): number | undefined {
    const layout = this.#start - this.#view.getInt32(this.#start, true);
    const entry = 4 + 2 * field;
    if (entry >= this.#view.getUint16(layout, true)) return undefined;
    const offset = this.#view.getUint16(layout + entry, true);
    return offset === 0 ? undefined : this.#start + offset;
  }

  #vector(field: number, elementBytes: number): { start: number; length: number } {
    const at = this.#place(field);
    if (at === undefined) return { start: 0, length: 0 };
    const start = this.#follow(at) + 4;
    const length = this.#view.getUint32(start - 4, true);
    if (start + length * elementBytes > this.#view.byteLength) {
      throw new RangeError(`a list of ${length} ends behind the last byte`);
    }
    return { start, length };
  }

  #follow(at: number): number {
    return at + this.#view.getUint32(at, true);
  }
}
