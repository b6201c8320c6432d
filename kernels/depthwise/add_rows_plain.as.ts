import { word } from "../record.as";
import { alternatePairsHigh, alternatePairsLow } from "./interleave.as";
import {
  COLUMN_BYTES, DILATION_ACROSS, KERNEL_WIDTH, lineOf, OUTPUT_WIDTH, STRIDE_ACROSS, SUM_BYTES,
} from "./record_words.as";
import { TAP_BYTES } from "./weights.as";

/** sums = from + the products of the line and four kernel rows. */
export function addFourRowsPlain(
  record: usize, weights: usize, from: usize, fromStep: usize, sums: usize,
): void {
  const taps = word(record, KERNEL_WIDTH);
  const tapStep = <usize>word(record, DILATION_ACROSS) * COLUMN_BYTES;
  const step = <usize>word(record, STRIDE_ACROSS) * COLUMN_BYTES;
  let line = lineOf(record);
  for (let left = word(record, OUTPUT_WIDTH); left > 0; left--) {
    let low = v128.load(from);
    let high = v128.load(from, 16);
    let place = line;
    let factors = weights;
    for (let tap = taps; tap > 0; tap--) {
      const above = twoRows(place, factors);
      const below = twoRows(place + 16, factors + 32);
      low = addLow(low, above, below);
      high = addHigh(high, above, below);
      place += tapStep;
      factors += TAP_BYTES;
    }
    v128.store(sums, low);
    v128.store(sums, high, 16);
    line += step;
    from += fromStep;
    sums += SUM_BYTES;
  }
}

/** The same of the first two of four rows, where the kernel has no others. */
export function addTwoRowsPlain(
  record: usize, weights: usize, from: usize, fromStep: usize, sums: usize,
): void {
  const taps = word(record, KERNEL_WIDTH);
  const tapStep = <usize>word(record, DILATION_ACROSS) * COLUMN_BYTES;
  const step = <usize>word(record, STRIDE_ACROSS) * COLUMN_BYTES;
  let line = lineOf(record);
  for (let left = word(record, OUTPUT_WIDTH); left > 0; left--) {
    let low = v128.load(from);
    let high = v128.load(from, 16);
    let place = line;
    let factors = weights;
    for (let tap = taps; tap > 0; tap--) {
      const both = twoRows(place, factors);
      low = i32x4.add(low, i32x4.extend_low_i16x8_s(both));
      high = i32x4.add(high, i32x4.extend_high_i16x8_s(both));
      place += tapStep;
      factors += TAP_BYTES;
    }
    v128.store(sums, low);
    v128.store(sums, high, 16);
    line += step;
    from += fromStep;
    sums += SUM_BYTES;
  }
}

// @ts-ignore: decorator
@inline
function twoRows(values: usize, weights: usize): v128 {
  return twoProducts(
    v128.load8x8_u(values), v128.load(weights), v128.load8x8_u(values, 8), v128.load(weights, 16),
  );
}

/** Two products of 7 and 8 bits fit an i16. */
// @ts-ignore: decorator
@inline
export function twoProducts(a: v128, aWeights: v128, b: v128, bWeights: v128): v128 {
  return i16x8.add(i16x8.mul(a, aWeights), i16x8.mul(b, bWeights));
}

/** Adds a + b of the first four channels … */
// @ts-ignore: decorator
@inline
export function addLow(sum: v128, a: v128, b: v128): v128 {
  return i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(alternatePairsLow(a, b)));
}

/** … and of the last four. */
// @ts-ignore: decorator
@inline
export function addHigh(sum: v128, a: v128, b: v128): v128 {
  return i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(alternatePairsHigh(a, b)));
}
