import type { Bytes } from "../bytes.ts";
import type { Key, KeyRange, Row } from "./disk.ts";
import { compareKeys, type KeyBound, spanOf } from "./disk_key.ts";

/** A block that has grown to this is cut in two: small enough to insert into, large enough to be few. */
const MOST_IN_BLOCK = 512;

/** A place between rows: before `blocks[block][row]`. */
interface Place {
  readonly block: number;
  readonly row: number;
}

/** Rows in the order of their keys, in sorted blocks: 100,000 in any order go in without a pause. */
export class SortedRows {
  /** None is empty; every key of one is before all keys of the next. */
  #blocks: Row[][] = [];

  get(key: Key): Bytes | null {
    const row = this.#at(this.#placeOf(key));
    return row && compareKeys(row.key, key) === 0 ? row.value : null;
  }

  put(key: Key, value: Bytes): void {
    const place = this.#placeOf(key);
    const found = this.#at(place);
    if (found && compareKeys(found.key, key) === 0) {
      this.#blocks[place.block][place.row] = { key, value };
    } else {
      this.#insert(place, { key, value });
    }
  }

  delete(key: Key): void {
    const place = this.#placeOf(key);
    const found = this.#at(place);
    if (!found || compareKeys(found.key, key) !== 0) return;
    this.#blocks[place.block].splice(place.row, 1);
    if (this.#blocks[place.block].length === 0) this.#blocks.splice(place.block, 1);
  }

  clear(): void {
    this.#blocks = [];
  }

  /** The rows of the range in its direction, at most its limit. They are the stored ones: copy what leaves. */
  *inRange(range: KeyRange): Generator<Row> {
    const span = spanOf(range);
    if (!span) return;
    const low = this.#placeOf(span.low);
    const high = this.#placeOf(span.high);
    const rows = range.reverse ? this.#down(low, high) : this.#up(low, high);
    let left = range.limit ?? Infinity;
    for (const row of rows) {
      if (left-- <= 0) return;
      yield row;
    }
  }

  count(range: KeyRange): number {
    const span = spanOf(range);
    if (!span) return 0;
    const low = this.#placeOf(span.low);
    const high = this.#placeOf(span.high);
    let count = high.row - low.row;
    for (let block = low.block; block < high.block; block++) count += this.#blocks[block].length;
    return Math.min(count, range.limit ?? Infinity);
  }

  *#up(low: Place, high: Place): Generator<Row> {
    for (let block = low.block; block <= high.block && block < this.#blocks.length; block++) {
      const rows = this.#blocks[block];
      const end = block === high.block ? high.row : rows.length;
      for (let row = block === low.block ? low.row : 0; row < end; row++) yield rows[row];
    }
  }

  *#down(low: Place, high: Place): Generator<Row> {
    for (let block = Math.min(high.block, this.#blocks.length - 1); block >= low.block; block--) {
      const rows = this.#blocks[block];
      const end = block === low.block ? low.row : 0;
      const start = block === high.block ? high.row : rows.length;
      for (let row = start - 1; row >= end; row--) yield rows[row];
    }
  }

  #at({ block, row }: Place): Row | null {
    return this.#blocks[block]?.[row] ?? null;
  }

  /** Where the first row is that is not before `bound`. Past all rows: the block after the last. */
  #placeOf(bound: KeyBound): Place {
    const block = firstWhere(this.#blocks.length, (i) => {
      const rows = this.#blocks[i];
      return compareKeys(rows[rows.length - 1].key, bound) >= 0;
    });
    const rows = this.#blocks[block] ?? [];
    return { block, row: firstWhere(rows.length, (i) => compareKeys(rows[i].key, bound) >= 0) };
  }

  #insert({ block, row }: Place, added: Row): void {
    const isAfterAll = block === this.#blocks.length;
    if (isAfterAll && block === 0) {
      this.#blocks.push([added]);
      return;
    }
    const into = isAfterAll ? block - 1 : block;
    const rows = this.#blocks[into];
    if (isAfterAll) rows.push(added);
    else rows.splice(row, 0, added);
    if (rows.length > MOST_IN_BLOCK) this.#blocks.splice(into + 1, 0, rows.splice(rows.length / 2));
  }
}

/** The first of 0..count-1 for which `isTrue` holds, as it does for all after it; `count` for none. */
function firstWhere(count: number, isTrue: (i: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isTrue(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
