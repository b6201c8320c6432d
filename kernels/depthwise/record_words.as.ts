/** Words of a record, as `op.ts` writes them. */
import { word } from "../record.as";

export const INPUT = 0;
export const INPUT_HEIGHT = 1;
export const INPUT_WIDTH = 2;
export const INPUT_STRIDE = 4;
export const INPUT_ZERO = 5;
export const OUTPUT = 6;
export const OUTPUT_HEIGHT = 7;
export const OUTPUT_WIDTH = 8;
export const CHANNELS = 9;
export const OUTPUT_STRIDE = 10;
export const KERNEL_HEIGHT = 12;
export const KERNEL_WIDTH = 13;
export const STRIDE_DOWN = 14;
export const STRIDE_ACROSS = 15;
export const DILATION_DOWN = 16;
export const DILATION_ACROSS = 17;
export const PADDING_ABOVE = 18;
export const PADDING_LEFT = 19;
export const WEIGHTS = 20;
export const BIAS = 21;
export const SHIFT = 22;
export const MULTIPLIER = 23;
export const SLOPE = 24;
export const LOW = 25;
export const HIGH = 26;
export const ZERO = 27;
export const TABLE = 28;
export const SCRATCH = 29;

/** Of a column in a line: 8 channels of 4 rows. */
export const COLUMN_BYTES: usize = 32;
/** A pixel's sums of 8 channels, i32. */
export const SUM_BYTES: usize = 32;

/**
 * Scratch: zero points for rows that do not exist; a row of sums; a line; weights (`weights.as.ts`).
 * Sums and line go on as far as three more outputs would.
 */
// @ts-ignore: decorator
@inline
export function sumsOf(record: usize): usize {
  return <usize>word(record, SCRATCH) + 64;
}

// @ts-ignore: decorator
@inline
export function lineOf(record: usize): usize {
  return sumsOf(record) + <usize>(word(record, OUTPUT_WIDTH) + 3) * SUM_BYTES;
}

export function lineBytesOf(record: usize): usize {
  return <usize>(columnsOf(record) + 3 * word(record, STRIDE_ACROSS)) * COLUMN_BYTES;
}

/** Kernel rows are taken four at a time. */
// @ts-ignore: decorator
@inline
export function groupsOf(record: usize): i32 {
  return (word(record, KERNEL_HEIGHT) + 3) >> 2;
}

/** Input columns from the first window's first to the last one's last, missing ones too. */
// @ts-ignore: decorator
@inline
export function columnsOf(record: usize): i32 {
  return (word(record, OUTPUT_WIDTH) - 1) * word(record, STRIDE_ACROSS) +
    (word(record, KERNEL_WIDTH) - 1) * word(record, DILATION_ACROSS) + 1;
}

/** The input row under a tap of the window at an output row. */
// @ts-ignore: decorator
@inline
export function inputRow(record: usize, row: i32, tap: i32): i32 {
  const first = row * word(record, STRIDE_DOWN) - word(record, PADDING_ABOVE);
  return first + tap * word(record, DILATION_DOWN);
}

/** Where an input row begins. A row that does not exist is read from the zero points, … */
export function addressOf(record: usize, y: i32): usize {
  if (<u32>y >= <u32>word(record, INPUT_HEIGHT)) return <usize>word(record, SCRATCH);
  return <usize>(word(record, INPUT) + y * word(record, INPUT_WIDTH) * word(record, INPUT_STRIDE));
}

/** … again and again, its steps are 0. Bytes from a pixel to the next. */
export function stepOf(record: usize, y: i32): usize {
  return <u32>y < <u32>word(record, INPUT_HEIGHT) ? <usize>word(record, INPUT_STRIDE) : 0;
}
