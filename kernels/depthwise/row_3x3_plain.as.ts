import { word } from "../record.as";
import { addHigh, addLow, twoProducts } from "./add_rows_plain.as";
import {
  BIAS, INPUT_WIDTH, INPUT_ZERO, OUTPUT_WIDTH, PADDING_LEFT, SUM_BYTES,
} from "./record_words.as";

/**
 * The sums of a row of outputs, 8 channels, under a 3 × 3 window, `isWide` of stride 2. Columns that
 * the next output needs stay in registers, each three vectors of a row's 8 channels as i16.
 */
// @ts-ignore: decorator
@inline
export function sum3x3Plain(
  record: usize, channel: i32, weights: usize, sums: usize,
  row0: usize, row1: usize, row2: usize, step0: usize, step1: usize, step2: usize, isWide: bool,
): void {
  const bias = <usize>(word(record, BIAS) + (channel << 2));
  const lowBias = v128.load(bias), highBias = v128.load(bias, 16);
  const missing = i16x8.splat(<i16>word(record, INPUT_ZERO));
  let a0 = missing, a1 = missing, a2 = missing;
  let b0 = missing, b1 = missing, b2 = missing;
  if (!word(record, PADDING_LEFT)) {
    a0 = v128.load8x8_u(row0);
    a1 = v128.load8x8_u(row1);
    a2 = v128.load8x8_u(row2);
    row0 += step0;
    row1 += step1;
    row2 += step2;
  }
  if (!isWide) {
    b0 = v128.load8x8_u(row0);
    b1 = v128.load8x8_u(row1);
    b2 = v128.load8x8_u(row2);
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
      b0 = v128.load8x8_u(row0);
      b1 = v128.load8x8_u(row1);
      b2 = v128.load8x8_u(row2);
      row0 += step0;
      row1 += step1;
      row2 += step2;
    }
    const c0 = v128.load8x8_u(row0);
    const c1 = v128.load8x8_u(row1);
    const c2 = v128.load8x8_u(row2);
    row0 += step0;
    row1 += step1;
    row2 += step2;
    const first = twoProducts(a0, v128.load(weights), a1, v128.load(weights, 16));
    const second = twoProducts(a2, v128.load(weights, 32), b0, v128.load(weights, 64));
    const third = twoProducts(b1, v128.load(weights, 80), b2, v128.load(weights, 96));
    const fourth = twoProducts(c0, v128.load(weights, 128), c1, v128.load(weights, 144));
    const fifth = i16x8.mul(c2, v128.load(weights, 160));
    const low = i32x4.add(lowBias, i32x4.extend_low_i16x8_s(fifth));
    const high = i32x4.add(highBias, i32x4.extend_high_i16x8_s(fifth));
    v128.store(sums, addLow(addLow(low, first, second), third, fourth));
    v128.store(sums, addHigh(addHigh(high, first, second), third, fourth), 16);
    sums += SUM_BYTES;
    a0 = isWide ? c0 : b0;
    a1 = isWide ? c1 : b1;
    a2 = isWide ? c2 : b2;
    b0 = c0;
    b1 = c1;
    b2 = c2;
  }
  if (inside == width) return;
  // The last window's third column is missing.
  if (isWide) {
    b0 = v128.load8x8_u(row0);
    b1 = v128.load8x8_u(row1);
    b2 = v128.load8x8_u(row2);
  }
  const first = twoProducts(a0, v128.load(weights), a1, v128.load(weights, 16));
  const second = twoProducts(a2, v128.load(weights, 32), b0, v128.load(weights, 64));
  const third = twoProducts(b1, v128.load(weights, 80), b2, v128.load(weights, 96));
  const fourth = twoProducts(missing, v128.load(weights, 128), missing, v128.load(weights, 144));
  const fifth = i16x8.mul(missing, v128.load(weights, 160));
  const low = i32x4.add(lowBias, i32x4.extend_low_i16x8_s(fifth));
  const high = i32x4.add(highBias, i32x4.extend_high_i16x8_s(fifth));
  v128.store(sums, addLow(addLow(low, first, second), third, fourth));
  v128.store(sums, addHigh(addHigh(high, first, second), third, fourth), 16);
}
