import { word } from "../record.as";
import {
  COLUMN_BYTES, DILATION_ACROSS, KERNEL_WIDTH, lineOf, OUTPUT_WIDTH, STRIDE_ACROSS, SUM_BYTES,
} from "./record_words.as";
import { TAP_BYTES } from "./weights.as";

/**
 * sums = from + the products of the line and four kernel rows. Four outputs at once, hence up to
 * three more than there are.
 */
export function addFourRowsRelaxed(
  record: usize, weights: usize, from: usize, fromStep: usize, sums: usize,
): void {
  const taps = word(record, KERNEL_WIDTH);
  const tapStep = <usize>word(record, DILATION_ACROSS) * COLUMN_BYTES;
  const step = <usize>word(record, STRIDE_ACROSS) * COLUMN_BYTES;
  let line = lineOf(record);
  for (let left = word(record, OUTPUT_WIDTH); left > 0; left -= 4) {
    fourOutputs(line, step, taps, tapStep, weights, from, fromStep, sums);
    line += step << 2;
    from += fromStep << 2;
    sums += SUM_BYTES << 2;
  }
}

function fourOutputs(
  line: usize, step: usize, taps: i32, tapStep: usize, weights: usize,
  from: usize, fromStep: usize, sums: usize,
): void {
  let low0 = v128.load(from), high0 = v128.load(from, 16);
  from += fromStep;
  let low1 = v128.load(from), high1 = v128.load(from, 16);
  from += fromStep;
  let low2 = v128.load(from), high2 = v128.load(from, 16);
  from += fromStep;
  let low3 = v128.load(from), high3 = v128.load(from, 16);
  for (; taps > 0; taps--) {
    const low = v128.load(weights);
    const high = v128.load(weights, 16);
    const line1 = line + step;
    const line2 = line1 + step;
    const line3 = line2 + step;
    low0 = dot(low, v128.load(line), low0);
    high0 = dot(high, v128.load(line, 16), high0);
    low1 = dot(low, v128.load(line1), low1);
    high1 = dot(high, v128.load(line1, 16), high1);
    low2 = dot(low, v128.load(line2), low2);
    high2 = dot(high, v128.load(line2, 16), high2);
    low3 = dot(low, v128.load(line3), low3);
    high3 = dot(high, v128.load(line3, 16), high3);
    weights += TAP_BYTES;
    line += tapStep;
  }
  v128.store(sums, low0);
  v128.store(sums, high0, 16);
  v128.store(sums, low1, 32);
  v128.store(sums, high1, 48);
  v128.store(sums, low2, 64);
  v128.store(sums, high2, 80);
  v128.store(sums, low3, 96);
  v128.store(sums, high3, 112);
}

/** Its second operand must be 7 bits: the activations. */
// @ts-ignore: decorator
@inline
export function dot(weights: v128, values: v128, sum: v128): v128 {
  return i32x4.relaxed_dot_i8x16_i7x16_add_s(weights, values, sum);
}
