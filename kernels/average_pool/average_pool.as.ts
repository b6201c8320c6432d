/** Average pooling: for each output pixel the mean of its window, 16 channels at a time. */
import { finish, storeFirst } from "../add/elementwise.as";
import { word } from "../record.as";
import { endTap, firstTap } from "../window.as";

const INPUT = 0;
const INPUT_HEIGHT = 1;
const INPUT_WIDTH = 2;
const INPUT_STRIDE = 4;
const INPUT_ZERO = 5;
const OUTPUT = 6;
const OUTPUT_HEIGHT = 7;
const OUTPUT_WIDTH = 8;
const CHANNELS = 9;
const OUTPUT_STRIDE = 10;
const KERNEL_HEIGHT = 12;
const KERNEL_WIDTH = 13;
const STRIDE_DOWN = 14;
const STRIDE_ACROSS = 15;
const DILATION_DOWN = 16;
const DILATION_ACROSS = 17;
const PADDING_ABOVE = 18;
const PADDING_LEFT = 19;
const COUNT_PADDING = 20;
const MULTIPLIER = 21;
const BIAS = 22;
const SHIFT = 23;
const LOW = 24;
const HIGH = 25;
const TABLE = 26;

/** Values of 0..127 that can be added up in an i16. */
const MAX_I16_TERMS = 256;

export function average_pool(record: usize): void {
  const rows = word(record, OUTPUT_HEIGHT);
  const columns = word(record, OUTPUT_WIDTH);
  const step = <usize>word(record, OUTPUT_STRIDE);
  let output = <usize>word(record, OUTPUT);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      outputPixel(record, row, column, output);
      output += step;
    }
  }
}

function outputPixel(record: usize, row: i32, column: i32, output: usize): void {
  const y = row * word(record, STRIDE_DOWN) - word(record, PADDING_ABOVE);
  const x = column * word(record, STRIDE_ACROSS) - word(record, PADDING_LEFT);
  const down = word(record, DILATION_DOWN);
  const across = word(record, DILATION_ACROSS);
  const top = firstTap(y, down);
  const left = firstTap(x, across);
  const bottom = endTap(y, down, word(record, INPUT_HEIGHT), word(record, KERNEL_HEIGHT));
  const right = endTap(x, across, word(record, INPUT_WIDTH), word(record, KERNEL_WIDTH));
  const rows = max(0, bottom - top);
  const columns = max(0, right - left);
  const pixel = word(record, INPUT_STRIDE);
  const line = word(record, INPUT_WIDTH) * pixel;
  const input = word(record, INPUT) + (y + top * down) * line + (x + left * across) * pixel;
  const all = word(record, KERNEL_HEIGHT) * word(record, KERNEL_WIDTH);
  const count = word(record, COUNT_PADDING) ? all : rows * columns;
  const missing = (count - rows * columns) * word(record, INPUT_ZERO);
  const channels = word(record, CHANNELS);
  for (let channel = 0; channel < channels; channel += 16) {
    mean16(
      record, <usize>(input + channel), rows, <usize>(down * line), columns, <usize>(across * pixel),
      missing, count, output + <usize>channel, channels - channel,
    );
  }
}

/** 16 channels of the pixels at `input`, `rows` × `columns` of them. */
function mean16(
  record: usize, input: usize, rows: i32, rowStep: usize, columns: i32, columnStep: usize,
  missing: i32, count: i32, output: usize, left: i32,
): void {
  let sum0 = i32x4.splat(missing);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  let low = i16x8.splat(0);
  let high = i16x8.splat(0);
  let terms = 0;
  for (let row = 0; row < rows; row++) {
    let place = input;
    for (let column = 0; column < columns; column++) {
      const values = v128.load(place);
      low = i16x8.add(low, i16x8.extend_low_i8x16_u(values));
      high = i16x8.add(high, i16x8.extend_high_i8x16_u(values));
      place += columnStep;
      terms++;
      if (terms == MAX_I16_TERMS) {
        sum0 = i32x4.add(sum0, i32x4.extend_low_i16x8_s(low));
        sum1 = i32x4.add(sum1, i32x4.extend_high_i16x8_s(low));
        sum2 = i32x4.add(sum2, i32x4.extend_low_i16x8_s(high));
        sum3 = i32x4.add(sum3, i32x4.extend_high_i16x8_s(high));
        low = i16x8.splat(0);
        high = i16x8.splat(0);
        terms = 0;
      }
    }
    input += rowStep;
  }
  sum0 = i32x4.add(sum0, i32x4.extend_low_i16x8_s(low));
  sum1 = i32x4.add(sum1, i32x4.extend_high_i16x8_s(low));
  sum2 = i32x4.add(sum2, i32x4.extend_low_i16x8_s(high));
  sum3 = i32x4.add(sum3, i32x4.extend_high_i16x8_s(high));
  const inverse = f64x2.splat(1 / <f64>count);
  const half = i32x4.splat(count >> 1);
  const multiplier = i32x4.splat(word(record, MULTIPLIER));
  const q = finish(
    i32x4.mul(meanOf(sum0, half, inverse), multiplier),
    i32x4.mul(meanOf(sum1, half, inverse), multiplier),
    i32x4.mul(meanOf(sum2, half, inverse), multiplier),
    i32x4.mul(meanOf(sum3, half, inverse), multiplier),
    i32x4.splat(word(record, BIAS)), word(record, SHIFT), word(record, LOW), word(record, HIGH),
    <usize>word(record, TABLE),
  );
  storeFirst(output, q, left);
}

/**
 * (128 · sum + half) / count, rounded down. Half a unit more keeps the quotient at least 1 / 131072
 * away from any integer, far more than the f64 errs below 2^31, and so the result is exact.
 */
// @ts-ignore: decorator
@inline
function meanOf(sum: v128, half: v128, inverse: v128): v128 {
  const dividend = i32x4.add(i32x4.shl(sum, 7), half);
  const low = f64x2.convert_low_i32x4_s(dividend);
  const high = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(dividend, dividend, 2, 3, 2, 3));
  return v128.shuffle<i32>(quotient(low, inverse), quotient(high, inverse), 0, 1, 4, 5);
}

// @ts-ignore: decorator
@inline
function quotient(dividend: v128, inverse: v128): v128 {
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.mul(f64x2.add(dividend, f64x2.splat(0.5)), inverse));
}
