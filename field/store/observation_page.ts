import type { Bytes } from "../bytes.ts";
import { ByteReader, ByteWriter } from "../byte_stream.ts";
import { seal, sealOf, unseal } from "../checksum.ts";
import type { Stamp } from "../clock.ts";
import type { DeviceId } from "../observation.ts";
import { Names, type NotedRow, readRow, writeRow } from "./observation_row.ts";
import { type PageSummary, summaryOf } from "./page_summary.ts";

interface WrittenRow extends NotedRow {
  /** As it is on disk: written once, then copied. */
  readonly bytes: Bytes;
}

/**
 * Some observations of one device, in the order of their begin stamps. On disk, under its checksum:
 * a stamp near the rows', the names that the rows share, and the rows, each with its length before it.
 */
export class ObservationPage {
  readonly device: DeviceId;
  readonly rows: readonly NotedRow[];
  readonly sealed: Bytes;
  readonly #written: readonly WrittenRow[];
  readonly #names: Names;
  readonly #base: Stamp;

  private constructor(
    device: DeviceId,
    written: readonly WrittenRow[],
    names: Names,
    base: Stamp,
    sealed: Bytes = encodePage(written, names, base),
  ) {
    this.device = device;
    this.rows = this.#written = written;
    this.#names = names;
    this.#base = base;
    this.sealed = sealed;
  }

  /** A page of these rows: at least one, sorted by `begin`. */
  static of(device: DeviceId, rows: readonly NotedRow[]): ObservationPage {
    const [names, base, to] = [new Names(), rows[0].begin, new ByteWriter()];
    const written = rows.map((row) => writtenRow(to, row, names, base));
    return new ObservationPage(device, written, names, base);
  }

  /** A page as it was on disk; null when it is damaged. */
  static decode(device: DeviceId, sealed: Bytes): ObservationPage | null {
    const bytes = unseal(sealed);
    if (!bytes) return null;
    const from = new ByteReader(bytes);
    try {
      const base = from.count();
      const names = new Names(from.list(() => from.text()));
      const written = from.list(() => {
        const row = from.block();
        return { ...readRow(new ByteReader(row), device, names, base), bytes: row };
      });
      return new ObservationPage(device, written, names, base, sealed);
    } catch {
      return null; // its checksum holds by chance, or it was never a page: damaged either way
    }
  }

  get seal(): number {
    return sealOf(this.sealed);
  }

  /** `begin`: the key that it is kept under. */
  summary(begin: Stamp): PageSummary {
    return summaryOf(this.rows, begin, this.seal);
  }

  find(begin: Stamp): NotedRow | null {
    let [low, high] = [0, this.rows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.rows[middle].begin < begin) low = middle + 1;
      else high = middle;
    }
    return this.rows[low]?.begin === begin ? this.rows[low] : null;
  }

  /**
   * This page with `rows` (sorted by `begin`) put in; those of the same `begin` are replaced. Where that
   * is more than `mostRows` it becomes several pages: filled one after another when all that is new
   * comes after all that was there, else of equal size, so that each has room.
   */
  put(rows: readonly NotedRow[], mostRows: number): ObservationPage[] {
    const isAfter = rows[0].begin > (this.rows.at(-1)?.begin ?? -1);
    const merged = isAfter ? [...this.#written, ...rows] : merge(this.#written, rows);
    if (merged.length <= mostRows) return [this.#with(merged)];
    if (!isAfter) {
      const parts = Math.ceil(merged.length / mostRows);
      return pagesOf(this.device, merged, Math.ceil(merged.length / parts));
    }
    const isFull = this.rows.length === mostRows;
    const filled = isFull ? this : this.#with(merged.slice(0, mostRows));
    return [filled, ...pagesOf(this.device, merged.slice(mostRows), mostRows)];
  }

  #with(rows: readonly (NotedRow | WrittenRow)[]): ObservationPage {
    // rows that were replaced leave names behind that nobody uses
    if (this.#names.texts.length > MOST_NAMES_PER_ROW * rows.length) {
      return ObservationPage.of(this.device, rows);
    }
    const to = new ByteWriter();
    const written = rows.map((row) =>
      "bytes" in row ? row : writtenRow(to, row, this.#names, this.#base)
    );
    return new ObservationPage(this.device, written, this.#names, this.#base);
  }
}

/** Rows have rarely more than label, source, model, place, size and some labels that no other has. */
const MOST_NAMES_PER_ROW = 12;

/** Rows in pages of up to `size` each. */
export function pagesOf(
  device: DeviceId,
  rows: readonly NotedRow[],
  size: number,
): ObservationPage[] {
  const pages: ObservationPage[] = [];
  for (let from = 0; from < rows.length; from += size) {
    pages.push(ObservationPage.of(device, rows.slice(from, from + size)));
  }
  return pages;
}

/** `to`: an empty writer, which is empty again afterwards. */
function writtenRow(to: ByteWriter, row: NotedRow, names: Names, base: Stamp): WrittenRow {
  writeRow(to, row, names, base);
  return { begin: row.begin, seq: row.seq, noted: row.noted, bytes: to.take() };
}

function encodePage(rows: readonly WrittenRow[], names: Names, base: Stamp): Bytes {
  const to = new ByteWriter();
  to.count(base);
  to.count(names.texts.length);
  for (const text of names.texts) to.text(text);
  to.count(rows.length);
  for (const { bytes } of rows) to.block(bytes);
  return seal(to.take());
}

/** Both sorted by `begin`; of equals the one in `over`. */
function merge(under: readonly NotedRow[], over: readonly NotedRow[]): NotedRow[] {
  const replaced = new Set(over.map(({ begin }) => begin));
  return [...under.filter(({ begin }) => !replaced.has(begin)), ...over]
    .sort((a, b) => a.begin - b.begin);
}
