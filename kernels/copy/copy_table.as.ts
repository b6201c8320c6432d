import { storeFirst } from "../add/elementwise.as";
import { lookup128 } from "../table/lookup.as";

export function lookupRow(table: usize, from: usize, to: usize, bytes: i32): void {
  for (; bytes > 0; bytes -= 16) {
    storeFirst(to, lookup128(table, v128.load(from)), bytes);
    from += 16;
    to += 16;
  }
}

/** Element by element, along the rows of the square: steps are bytes. */
export function lookupScattered(
  table: usize,
  from: usize,
  to: usize,
  rows: i32,
  columns: i32,
  fromRow: i32,
  toRow: i32,
  fromColumn: i32,
  toColumn: i32,
): void {
  for (; columns > 0; columns--) {
    let source = from;
    let target = to;
    for (let left = rows; left > 0; left--) {
      const value = <usize>load<u8>(source);
      store<u8>(target, value < 128 ? load<u8>(table + value) : 0);
      source += fromRow;
      target += toRow;
    }
    from += fromColumn;
    to += toColumn;
  }
}
