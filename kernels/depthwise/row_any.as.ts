import { word } from "../record.as";
import { addFourRowsPlain, addTwoRowsPlain } from "./add_rows_plain.as";
import { addFourRowsRelaxed } from "./add_rows_relaxed.as";
import { interleave } from "./interleave.as";
import {
  addressOf, BIAS, CHANNELS, COLUMN_BYTES, columnsOf, groupsOf, INPUT_WIDTH, inputRow, KERNEL_HEIGHT,
  KERNEL_WIDTH, lineOf, PADDING_LEFT, stepOf, SUM_BYTES, sumsOf,
} from "./record_words.as";
import { requantizeRow } from "./requantize_row.as";
import { TAP_BYTES } from "./weights.as";

/** A row of outputs under any window. */
export function outputRowAny(record: usize, row: i32, weights: usize, output: usize): void {
  const channels = word(record, CHANNELS);
  const blockBytes = <usize>(groupsOf(record) * word(record, KERNEL_WIDTH)) * TAP_BYTES;
  for (let channel = 0; channel < channels; channel += 8) {
    sumRow(record, row, channel, weights, sumsOf(record));
    requantizeRow(record, channel, sumsOf(record), output + <usize>channel);
    weights += blockBytes;
  }
}

/** The sums of 8 channels: four kernel rows after four others. */
function sumRow(record: usize, row: i32, channel: i32, weights: usize, sums: usize): void {
  const kernelRows = word(record, KERNEL_HEIGHT);
  // The first four add to the bias, one for all outputs.
  let from = <usize>(word(record, BIAS) + (channel << 2));
  let fromStep: usize = 0;
  for (let tap = 0; tap < kernelRows; tap += 4) {
    interleaveRows(record, row, tap, channel);
    if (ASC_FEATURE_RELAXED_SIMD) addFourRowsRelaxed(record, weights, from, fromStep, sums);
    else if (kernelRows - tap > 2) addFourRowsPlain(record, weights, from, fromStep, sums);
    else addTwoRowsPlain(record, weights, from, fromStep, sums);
    from = sums;
    fromStep = SUM_BYTES;
    weights += <usize>word(record, KERNEL_WIDTH) * TAP_BYTES;
  }
}

/** The input rows under four kernel rows. Where there are less, the last stands again, of weight 0. */
function interleaveRows(record: usize, row: i32, tap: i32, channel: i32): void {
  const padding = word(record, PADDING_LEFT);
  const count = min(columnsOf(record) - padding, word(record, INPUT_WIDTH));
  if (count <= 0) return;
  const last = word(record, KERNEL_HEIGHT) - 1;
  const y0 = inputRow(record, row, tap);
  const y1 = inputRow(record, row, min(tap + 1, last));
  const y2 = inputRow(record, row, min(tap + 2, last));
  const y3 = inputRow(record, row, min(tap + 3, last));
  interleave(
    lineOf(record) + <usize>padding * COLUMN_BYTES, count,
    channelOf(record, y0, channel), channelOf(record, y1, channel),
    channelOf(record, y2, channel), channelOf(record, y3, channel),
    stepOf(record, y0), stepOf(record, y1), stepOf(record, y2), stepOf(record, y3),
  );
}

/** Where a channel of an input row begins. */
// @ts-ignore: decorator
@inline
function channelOf(record: usize, y: i32, channel: i32): usize {
  return addressOf(record, y) + (stepOf(record, y) ? <usize>channel : 0);
}
