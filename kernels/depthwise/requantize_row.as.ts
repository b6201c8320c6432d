import { storeFirst } from "../add/elementwise.as";
import { word } from "../record.as";
import {
  CHANNELS, HIGH, LOW, MULTIPLIER, OUTPUT_STRIDE, OUTPUT_WIDTH, SHIFT, SLOPE, SUM_BYTES, ZERO,
} from "./record_words.as";

/**
 * A row of sums to a row of outputs, 8 channels that begin at `channel`. To shift by a number that it
 * does not know V8 takes four instructions (5 % of MobileNetV2's depthwise layers), hence the cases.
 */
export function requantizeRow(record: usize, channel: i32, sums: usize, output: usize): void {
  if (channel + 8 > word(record, CHANNELS)) return requantizeTail(record, channel, sums, output);
  switch (word(record, SHIFT)) {
    case 0: return shift0(record, channel, sums, output);
    case 1: return shift1(record, channel, sums, output);
    case 2: return shift2(record, channel, sums, output);
    case 3: return shift3(record, channel, sums, output);
    case 4: return shift4(record, channel, sums, output);
    case 5: return shift5(record, channel, sums, output);
    case 6: return shift6(record, channel, sums, output);
    case 7: return shift7(record, channel, sums, output);
    default: return anyShift(record, channel, sums, output);
  }
}

function shift0(record: usize, channel: i32, sums: usize, output: usize): void {
  wholeBlock(record, channel, sums, output, 0);
}
function shift1(record: usize, channel: i32, sums: usize, output: usize): void {
  wholeBlock(record, channel, sums, output, 1);
}
function shift2(record: usize, channel: i32, sums: usize, output: usize): void {
  wholeBlock(record, channel, sums, output, 2);
}
function shift3(record: usize, channel: i32, sums: usize, output: usize): void {
  wholeBlock(record, channel, sums, output, 3);
}
function shift4(record: usize, channel: i32, sums: usize, output: usize): void {
  wholeBlock(record, channel, sums, output, 4);
}
function shift5(record: usize, channel: i32, sums: usize, output: usize): void {
  wholeBlock(record, channel, sums, output, 5);
}
function shift6(record: usize, channel: i32, sums: usize, output: usize): void {
  wholeBlock(record, channel, sums, output, 6);
}
function shift7(record: usize, channel: i32, sums: usize, output: usize): void {
  wholeBlock(record, channel, sums, output, 7);
}
function anyShift(record: usize, channel: i32, sums: usize, output: usize): void {
  wholeBlock(record, channel, sums, output, word(record, SHIFT));
}

// @ts-ignore: decorator
@inline
function wholeBlock(record: usize, channel: i32, sums: usize, output: usize, shift: i32): void {
  const slope = word(record, SLOPE) ? <usize>(word(record, SLOPE) + (channel << 1)) : 0;
  const multiplier = v128.load(<usize>(word(record, MULTIPLIER) + (channel << 1)));
  const zero = i16x8.splat(<i16>word(record, ZERO));
  const low = i8x16.splat(<i8>word(record, LOW));
  const high = i8x16.splat(<i8>word(record, HIGH));
  const step = <usize>word(record, OUTPUT_STRIDE);
  const width = word(record, OUTPUT_WIDTH);
  for (let pair = width >> 1; pair > 0; pair--) {
    const first = scaled(sums, shift, slope, multiplier, zero);
    const second = scaled(sums + SUM_BYTES, shift, slope, multiplier, zero);
    const q = clamped(first, second, low, high);
    v128.store64_lane(output, q, 0);
    v128.store64_lane(output + step, q, 1);
    sums += 2 * SUM_BYTES;
    output += step << 1;
  }
  if (width & 1) {
    const last = scaled(sums, shift, slope, multiplier, zero);
    v128.store64_lane(output, clamped(last, last, low, high), 0);
  }
}

/** Fewer than 8 channels. */
function requantizeTail(record: usize, channel: i32, sums: usize, output: usize): void {
  const slope = word(record, SLOPE) ? <usize>(word(record, SLOPE) + (channel << 1)) : 0;
  const multiplier = v128.load(<usize>(word(record, MULTIPLIER) + (channel << 1)));
  const zero = i16x8.splat(<i16>word(record, ZERO));
  const low = i8x16.splat(<i8>word(record, LOW));
  const high = i8x16.splat(<i8>word(record, HIGH));
  for (let column = word(record, OUTPUT_WIDTH); column > 0; column--) {
    const value = scaled(sums, word(record, SHIFT), slope, multiplier, zero);
    storeFirst(output, clamped(value, value, low, high), word(record, CHANNELS) - channel);
    sums += SUM_BYTES;
    output += <usize>word(record, OUTPUT_STRIDE);
  }
}

/** To i16 in units of the output's scale, its zero point added. `slope` 0: none. */
// @ts-ignore: decorator
@inline
function scaled(sums: usize, shift: i32, slope: usize, multiplier: v128, zero: v128): v128 {
  let value = i16x8.narrow_i32x4_s(
    i32x4.shr_s(v128.load(sums), shift), i32x4.shr_s(v128.load(sums, 16), shift),
  );
  if (slope) value = i16x8.max_s(value, multiplyRounded(value, v128.load(slope)));
  return i16x8.add_sat_s(multiplyRounded(value, multiplier), zero);
}

/** Relaxed and saturating differ at −32768 · −32768 only, and no factor is negative. */
// @ts-ignore: decorator
@inline
function multiplyRounded(value: v128, factor: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i16x8.relaxed_q15mulr_s(value, factor);
  return i16x8.q15mulr_sat_s(value, factor);
}

// @ts-ignore: decorator
@inline
function clamped(first: v128, second: v128, low: v128, high: v128): v128 {
  return i8x16.min_u(i8x16.max_u(i8x16.narrow_i16x8_u(first, second), low), high);
}
