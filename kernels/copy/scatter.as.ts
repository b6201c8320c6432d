/** Element by element, along the rows of the square: steps are bytes. */
export function copyScattered<T>(
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
      store<T>(target, load<T>(source));
      source += fromRow;
      target += toRow;
    }
    from += fromColumn;
    to += toColumn;
  }
}

/** Of 4-byte elements whose rows are dense in the source and columns in the target: 4 × 4 at once. */
export function copyTransposed(
  from: usize,
  to: usize,
  rows: i32,
  columns: i32,
  toRow: i32,
  fromColumn: i32,
): void {
  for (; columns >= 4; columns -= 4) {
    transposeFour(from, to, rows, toRow, fromColumn);
    from += fromColumn << 2;
    to += 16;
  }
  copyScattered<u32>(from, to, rows, columns, 4, toRow, fromColumn, 4);
}

function transposeFour(from: usize, to: usize, rows: i32, toRow: i32, fromColumn: i32): void {
  for (; rows >= 4; rows -= 4) {
    transpose(from, to, toRow, fromColumn);
    from += 16;
    to += toRow << 2;
  }
  copyScattered<u32>(from, to, rows, 4, 4, toRow, fromColumn, 4);
}

// @ts-ignore: decorator
@inline
function transpose(from: usize, to: usize, toRow: usize, fromColumn: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + fromColumn);
  const c = v128.load(from + (fromColumn << 1));
  const d = v128.load(from + fromColumn * 3);
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(to + toRow, v128.shuffle<i64>(ab, cd, 1, 3));
  v128.store(to + (toRow << 1), v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
  v128.store(to + toRow * 3, v128.shuffle<i64>(abHigh, cdHigh, 1, 3));
}
