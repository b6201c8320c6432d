import type { Bytes } from "../bytes.ts";
import type { Disk, Key, Table, Write } from "./disk.ts";

/** A write to a disk while its parts come together, with what is to be known once it is there. */
export class WriteDraft {
  readonly #expect: { table: Table; key: Key; value: Bytes | null }[] = [];
  readonly #clear: Table[] = [];
  readonly #deletes: { table: Table; key: Key }[] = [];
  readonly #puts: { table: Table; key: Key; value: Bytes }[] = [];
  readonly #written: (() => void)[] = [];

  /** Only if this is what is on disk then. */
  expect(table: Table, key: Key, value: Bytes | null): void {
    this.#expect.push({ table, key, value });
  }

  /** Before all deletes and puts. */
  clear(table: Table): void {
    this.#clear.push(table);
  }

  /** Before all puts. */
  delete(table: Table, key: Key): void {
    this.#deletes.push({ table, key });
  }

  put(table: Table, key: Key, value: Bytes): void {
    this.#puts.push({ table, key, value });
  }

  whenWritten(work: () => void): void {
    this.#written.push(work);
  }

  /** Writes it all, or nothing. Rejects as {@link Disk.write} does. */
  async writeTo(disk: Disk, strict: boolean): Promise<void> {
    const write: Write = {
      expect: this.#expect,
      clear: this.#clear,
      deletes: this.#deletes,
      puts: this.#puts,
      strict,
    };
    const isEmpty = [this.#clear, this.#deletes, this.#puts].every(({ length }) => length === 0);
    if (!isEmpty) await disk.write(write);
    for (const work of this.#written) work();
  }
}
