import { COLUMN_BYTES } from "./record_words.as";

/**
 * `count` columns of four rows and 8 channels to a line. Relaxed: [channel][row], so that a dot
 * product of four bytes adds up a column. Plain: [row][channel]. Steps are bytes from pixel to pixel.
 */
export function interleave(
  line: usize, count: i32,
  row0: usize, row1: usize, row2: usize, row3: usize,
  step0: usize, step1: usize, step2: usize, step3: usize,
): void {
  const end = line + <usize>count * COLUMN_BYTES;
  while (line < end) {
    if (ASC_FEATURE_RELAXED_SIMD) {
      const above = alternate(v128.load64_zero(row0), v128.load64_zero(row1));
      const below = alternate(v128.load64_zero(row2), v128.load64_zero(row3));
      v128.store(line, alternatePairsLow(above, below));
      v128.store(line, alternatePairsHigh(above, below), 16);
    } else {
      store<u64>(line, load<u64>(row0));
      store<u64>(line, load<u64>(row1), 8);
      store<u64>(line, load<u64>(row2), 16);
      store<u64>(line, load<u64>(row3), 24);
    }
    row0 += step0;
    row1 += step1;
    row2 += step2;
    row3 += step3;
    line += COLUMN_BYTES;
  }
}

/** a0 b0 a1 b1 … of the first 8 bytes. */
// @ts-ignore: decorator
@inline
export function alternate(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/** Of pairs of bytes: a0 a1 b0 b1 … of the first 8 bytes … */
// @ts-ignore: decorator
@inline
export function alternatePairsLow(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** … and of the last. */
// @ts-ignore: decorator
@inline
export function alternatePairsHigh(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
