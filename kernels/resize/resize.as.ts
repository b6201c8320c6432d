/**
 * Resize by tables. Where they only repeat pixels, rows are copied. Else input rows are blended along
 * their columns to two lines in scratch, which the next rows often need again, then with each other.
 */
import { word } from "../record.as";
import { blendLineF32, blendRowF32 } from "./blend_f32.as";
import { blendLineU7, blendRowU7 } from "./blend_u7.as";
import { copyRow } from "./copy_row.as";
import {
  CHANNELS, COLUMNS, firstOf, INPUT, INPUT_STRIDE, INPUT_WIDTH, IS_F32, OUTPUT, OUTPUT_HEIGHT,
  OUTPUT_STRIDE, OUTPUT_WIDTH, ROWS, SCRATCH, secondOf, shareOf,
} from "./record_words.as";

export function resize(record: usize): void {
  if (repeatsPixels(record)) copyRows(record);
  else blendRows(record);
}

/** Whether all shares are 0. */
function repeatsPixels(record: usize): bool {
  const width = word(record, OUTPUT_WIDTH);
  const columns = word(record, COLUMNS);
  for (let column = 0; column < width; column++) {
    if (shareOf(columns, column)) return false;
  }
  const height = word(record, OUTPUT_HEIGHT);
  const rows = word(record, ROWS);
  for (let row = 0; row < height; row++) {
    if (shareOf(rows, row)) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function elementShift(record: usize): i32 {
  return word(record, IS_F32) << 1;
}

function inputRow(record: usize, y: i32): usize {
  const elements = y * word(record, INPUT_WIDTH) * word(record, INPUT_STRIDE);
  return <usize>(word(record, INPUT) + (elements << elementShift(record)));
}

function outputRow(record: usize, y: i32): usize {
  const elements = y * word(record, OUTPUT_WIDTH) * word(record, OUTPUT_STRIDE);
  return <usize>(word(record, OUTPUT) + (elements << elementShift(record)));
}

function copyRows(record: usize): void {
  const height = word(record, OUTPUT_HEIGHT);
  const rows = word(record, ROWS);
  const shift = elementShift(record);
  for (let row = 0; row < height; row++) {
    copyRow(
      inputRow(record, firstOf(rows, row)), word(record, INPUT_STRIDE) << shift,
      outputRow(record, row), word(record, OUTPUT_STRIDE) << shift,
      word(record, COLUMNS), word(record, OUTPUT_WIDTH), word(record, CHANNELS) << shift,
    );
  }
}

/** Bytes of a line in scratch. */
function lineBytes(record: usize): i32 {
  const channels = word(record, CHANNELS);
  const pixel = word(record, IS_F32) ? ((channels + 3) & -4) << 2 : ((channels + 15) & -16) << 1;
  return word(record, OUTPUT_WIDTH) * pixel;
}

function blendRows(record: usize): void {
  const height = word(record, OUTPUT_HEIGHT);
  const rows = word(record, ROWS);
  let top = word(record, SCRATCH);
  let bottom = top + lineBytes(record);
  let topRow = -1;
  let bottomRow = -1;
  for (let row = 0; row < height; row++) {
    const first = firstOf(rows, row);
    const second = secondOf(rows, row);
    if (topRow != first && (bottomRow == first || topRow == second)) {
      const line = top;
      top = bottom;
      bottom = line;
      const lineRow = topRow;
      topRow = bottomRow;
      bottomRow = lineRow;
    }
    if (topRow != first) blendLine(record, first, top);
    topRow = first;
    const share = shareOf(rows, row);
    if (share && bottomRow != second) {
      blendLine(record, second, bottom);
      bottomRow = second;
    }
    blendRow(record, <usize>top, <usize>(share ? bottom : top), share, outputRow(record, row));
  }
}

function blendLine(record: usize, y: i32, line: i32): void {
  if (word(record, IS_F32)) blendLineF32(record, inputRow(record, y), <usize>line);
  else blendLineU7(record, inputRow(record, y), <usize>line);
}

function blendRow(record: usize, top: usize, bottom: usize, share: i32, output: usize): void {
  if (word(record, IS_F32)) blendRowF32(record, top, bottom, share, output);
  else blendRowU7(record, top, bottom, share, output);
}
