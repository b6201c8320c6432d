import { word } from "../record.as";
import {
  addressOf, CHANNELS, inputRow, STRIDE_ACROSS, stepOf, sumsOf,
} from "./record_words.as";
import { requantizeRow } from "./requantize_row.as";
import { sum3x3Plain } from "./row_3x3_plain.as";
import { sum3x3Relaxed } from "./row_3x3_relaxed.as";
import { TAP_BYTES } from "./weights.as";

/** A row of outputs under a 3 × 3 window of stride 1 or 2 that leaves the input by one column at most. */
export function outputRow3x3(record: usize, row: i32, weights: usize, output: usize): void {
  const y0 = inputRow(record, row, 0);
  const y1 = inputRow(record, row, 1);
  const y2 = inputRow(record, row, 2);
  let row0 = addressOf(record, y0);
  let row1 = addressOf(record, y1);
  let row2 = addressOf(record, y2);
  const step0 = stepOf(record, y0);
  const step1 = stepOf(record, y1);
  const step2 = stepOf(record, y2);
  const channels = word(record, CHANNELS);
  const sums = sumsOf(record);
  const isWide = word(record, STRIDE_ACROSS) == 2;
  for (let channel = 0; channel < channels; channel += 8) {
    if (isWide) stride2(record, channel, weights, sums, row0, row1, row2, step0, step1, step2);
    else stride1(record, channel, weights, sums, row0, row1, row2, step0, step1, step2);
    requantizeRow(record, channel, sums, output + <usize>channel);
    weights += 3 * TAP_BYTES;
    // A row that does not exist has no other channels.
    row0 += step0 ? 8 : 0;
    row1 += step1 ? 8 : 0;
    row2 += step2 ? 8 : 0;
  }
}

function stride1(
  record: usize, channel: i32, weights: usize, sums: usize,
  row0: usize, row1: usize, row2: usize, step0: usize, step1: usize, step2: usize,
): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    sum3x3Relaxed(record, channel, weights, sums, row0, row1, row2, step0, step1, step2, false);
  } else {
    sum3x3Plain(record, channel, weights, sums, row0, row1, row2, step0, step1, step2, false);
  }
}

function stride2(
  record: usize, channel: i32, weights: usize, sums: usize,
  row0: usize, row1: usize, row2: usize, step0: usize, step1: usize, step2: usize,
): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    sum3x3Relaxed(record, channel, weights, sums, row0, row1, row2, step0, step1, step2, true);
  } else {
    sum3x3Plain(record, channel, weights, sums, row0, row1, row2, step0, step1, step2, true);
  }
}
