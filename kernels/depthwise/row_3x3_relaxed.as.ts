import { word } from "../record.as";
import { dot } from "./add_rows_relaxed.as";
import { alternate, alternatePairsHigh, alternatePairsLow } from "./interleave.as";
import {
  BIAS, INPUT_WIDTH, INPUT_ZERO, OUTPUT_WIDTH, PADDING_LEFT, SUM_BYTES,
} from "./record_words.as";

/**
 * The sums of a row of outputs, 8 channels, under a 3 × 3 window, `isWide` of stride 2. Columns that
 * the next output needs stay in registers, each two vectors of [4 channels][4 rows]. The fourth row is
 * the third again: its weight is 0.
 */
// @ts-ignore: decorator
@inline
export function sum3x3Relaxed(
  record: usize, channel: i32, weights: usize, sums: usize,
  row0: usize, row1: usize, row2: usize, step0: usize, step1: usize, step2: usize, isWide: bool,
): void {
  const low0 = v128.load(weights), high0 = v128.load(weights, 16);
  const low1 = v128.load(weights, 32), high1 = v128.load(weights, 48);
  const low2 = v128.load(weights, 64), high2 = v128.load(weights, 80);
  const bias = <usize>(word(record, BIAS) + (channel << 2));
  const lowBias = v128.load(bias), highBias = v128.load(bias, 16);
  const missing = i8x16.splat(<i8>word(record, INPUT_ZERO));
  let a0 = missing, a1 = missing, b0 = missing, b1 = missing;
  if (!word(record, PADDING_LEFT)) {
    const above = alternate(v128.load64_zero(row0), v128.load64_zero(row1));
    const below = v128.load64_zero(row2);
    a0 = alternatePairsLow(above, alternate(below, below));
    a1 = alternatePairsHigh(above, alternate(below, below));
    row0 += step0;
    row1 += step1;
    row2 += step2;
  }
  if (!isWide) {
    const above = alternate(v128.load64_zero(row0), v128.load64_zero(row1));
    const below = v128.load64_zero(row2);
    b0 = alternatePairsLow(above, alternate(below, below));
    b1 = alternatePairsHigh(above, alternate(below, below));
    row0 += step0;
    row1 += step1;
    row2 += step2;
  }
  const width = word(record, OUTPUT_WIDTH);
  const columns = word(record, INPUT_WIDTH) + word(record, PADDING_LEFT);
  const inside = min(width, isWide ? (columns - 1) >> 1 : columns - 2);
  const end = sums + <usize>inside * SUM_BYTES;
  while (sums < end) {
    if (isWide) {
      const above = alternate(v128.load64_zero(row0), v128.load64_zero(row1));
      const below = v128.load64_zero(row2);
      b0 = alternatePairsLow(above, alternate(below, below));
      b1 = alternatePairsHigh(above, alternate(below, below));
      row0 += step0;
      row1 += step1;
      row2 += step2;
    }
    const above = alternate(v128.load64_zero(row0), v128.load64_zero(row1));
    const below = v128.load64_zero(row2);
    const c0 = alternatePairsLow(above, alternate(below, below));
    const c1 = alternatePairsHigh(above, alternate(below, below));
    row0 += step0;
    row1 += step1;
    row2 += step2;
    v128.store(sums, dot(low2, c0, dot(low1, b0, dot(low0, a0, lowBias))));
    v128.store(sums, dot(high2, c1, dot(high1, b1, dot(high0, a1, highBias))), 16);
    sums += SUM_BYTES;
    a0 = isWide ? c0 : b0;
    a1 = isWide ? c1 : b1;
    b0 = c0;
    b1 = c1;
  }
  if (inside == width) return;
  // The last window's third column is missing.
  if (isWide) {
    const above = alternate(v128.load64_zero(row0), v128.load64_zero(row1));
    const below = v128.load64_zero(row2);
    b0 = alternatePairsLow(above, alternate(below, below));
    b1 = alternatePairsHigh(above, alternate(below, below));
  }
  v128.store(sums, dot(low2, missing, dot(low1, b0, dot(low0, a0, lowBias))));
  v128.store(sums, dot(high2, missing, dot(high1, b1, dot(high0, a1, highBias))), 16);
}
