/**
 * Depthwise convolution, along a row of outputs and 8 channels at a time: first the sums, then the
 * outputs, for whose constants no registers would be left. Tables come last, a whole row at a time.
 */
import { word } from "../record.as";
import { applyTable } from "./apply_table.as";
import {
  CHANNELS, columnsOf, DILATION_ACROSS, groupsOf, INPUT_WIDTH, INPUT_ZERO, KERNEL_HEIGHT, KERNEL_WIDTH,
  lineBytesOf, lineOf, OUTPUT, OUTPUT_HEIGHT, OUTPUT_STRIDE, OUTPUT_WIDTH, PADDING_LEFT, SCRATCH,
  STRIDE_ACROSS, TABLE, WEIGHTS,
} from "./record_words.as";
import { outputRow3x3 } from "./row_3x3.as";
import { outputRowAny } from "./row_any.as";
import { expandWeights } from "./weights.as";

export function depthwise(record: usize): void {
  const rows = word(record, OUTPUT_HEIGHT);
  if (rows == 0 || word(record, OUTPUT_WIDTH) == 0) return;
  const zero = <u8>word(record, INPUT_ZERO);
  v128.store(<usize>word(record, SCRATCH), i8x16.splat(zero));
  memory.fill(lineOf(record), zero, lineBytesOf(record)); // columns that exist overwrite it
  const blocks = (word(record, CHANNELS) + 7) >> 3;
  const taps = groupsOf(record) * word(record, KERNEL_WIDTH);
  const room = lineOf(record) + lineBytesOf(record);
  const weights = expandWeights(<usize>word(record, WEIGHTS), room, blocks * taps);
  const in3x3 = is3x3(record);
  for (let row = 0; row < rows; row++) outputRow(record, row, weights, in3x3);
}

/** Of stride 1 or 2 and at most a missing column on either side. */
function is3x3(record: usize): bool {
  const inputWidth = word(record, INPUT_WIDTH);
  const padding = word(record, PADDING_LEFT);
  return word(record, KERNEL_HEIGHT) == 3 && word(record, KERNEL_WIDTH) == 3 &&
    word(record, DILATION_ACROSS) == 1 && word(record, STRIDE_ACROSS) <= 2 &&
    padding <= 1 && columnsOf(record) - padding <= inputWidth + 1;
}

function outputRow(record: usize, row: i32, weights: usize, in3x3: bool): void {
  const pixels = row * word(record, OUTPUT_WIDTH);
  const output = <usize>(word(record, OUTPUT) + pixels * word(record, OUTPUT_STRIDE));
  if (in3x3) outputRow3x3(record, row, weights, output);
  else outputRowAny(record, row, weights, output);
  if (word(record, TABLE)) applyTable(record, output);
}
