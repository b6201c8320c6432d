import { canonical, storeSome } from "../activation_f32/activation_f32.as";
import { word } from "../record.as";

// The words of the record that `op.ts` writes. Of pairs the first is for rows.
const INPUT = 0;
const INPUT_HEIGHT = 1;
const INPUT_WIDTH = 2;
const INPUT_STRIDE = 4;
const OUTPUT = 6;
const OUTPUT_HEIGHT = 7;
const OUTPUT_WIDTH = 8;
const OUTPUTS = 9;
const OUTPUT_STRIDE = 10;
const KERNEL = 12;
const STRIDE = 14;
const DILATION = 16;
const PADDING = 18;
const IS_AVERAGE = 20;
const COUNTS_PADDING = 21;

/** Pixel by pixel of the output, all channels of one side by side. */
export function pool_f32(record: usize): void {
  for (let row = 0; row < word(record, OUTPUT_HEIGHT); row++) {
    for (let column = 0; column < word(record, OUTPUT_WIDTH); column++) {
      pixel(record, row, column);
    }
  }
}

/** The part of the window that lies on the input, then all channels over it. */
function pixel(record: usize, row: i32, column: i32): void {
  const width = word(record, INPUT_WIDTH);
  const firstRow = firstOf(record, 0, row);
  const firstColumn = firstOf(record, 1, column);
  const rows = countOf(record, 0, row, firstRow, word(record, INPUT_HEIGHT));
  const columns = countOf(record, 1, column, firstColumn, width);
  const stepX = word(record, DILATION + 1) * word(record, INPUT_STRIDE) << 2;
  const stepY = word(record, DILATION) * width * word(record, INPUT_STRIDE) << 2;
  const pixelOfX = positionOf(record, 0, row, firstRow) * width +
    positionOf(record, 1, column, firstColumn);
  let x = <usize>(word(record, INPUT) + (pixelOfX * word(record, INPUT_STRIDE) << 2));
  const pixelOfY = row * word(record, OUTPUT_WIDTH) + column;
  let y = <usize>(word(record, OUTPUT) + (pixelOfY * word(record, OUTPUT_STRIDE) << 2));
  const size = word(record, COUNTS_PADDING)
    ? word(record, KERNEL) * word(record, KERNEL + 1)
    : rows * columns;
  for (let left = word(record, OUTPUTS); left > 0; left -= 4) {
    const value = word(record, IS_AVERAGE)
      ? f32x4.div(sum(x, stepX, stepY, rows, columns), f32x4.splat(<f32>size))
      : maximum(x, stepX, stepY, rows, columns);
    storeSome(y, canonical(value), left);
    x += 16;
    y += 16;
  }
}

function sum(x: usize, stepX: i32, stepY: i32, rows: i32, columns: i32): v128 {
  let total = f32x4.splat(0);
  for (; rows > 0; rows--) {
    let at = x;
    for (let left = columns; left > 0; left--) {
      total = f32x4.add(total, v128.load(at));
      at += stepX;
    }
    x += stepY;
  }
  return total;
}

function maximum(x: usize, stepX: i32, stepY: i32, rows: i32, columns: i32): v128 {
  let most = f32x4.splat(-Infinity);
  for (; rows > 0; rows--) {
    let at = x;
    for (let left = columns; left > 0; left--) {
      most = f32x4.max(most, v128.load(at));
      at += stepX;
    }
    x += stepY;
  }
  return most;
}

/** Input position of a tap along an axis: 0 rows, 1 columns. */
// @ts-ignore: decorator
@inline
function positionOf(record: usize, axis: i32, output: i32, tap: i32): i32 {
  const first = output * word(record, STRIDE + axis) - word(record, PADDING + axis);
  return first + tap * word(record, DILATION + axis);
}

/** The first tap that is not before the input. */
// @ts-ignore: decorator
@inline
function firstOf(record: usize, axis: i32, output: i32): i32 {
  const before = -positionOf(record, axis, output, 0);
  const dilation = word(record, DILATION + axis);
  return before > 0 ? (before + dilation - 1) / dilation : 0;
}

/** How many taps from `first` on are inside the `size` positions of the input. */
// @ts-ignore: decorator
@inline
function countOf(record: usize, axis: i32, output: i32, first: i32, size: i32): i32 {
  const inside = size - positionOf(record, axis, output, first);
  const dilation = word(record, DILATION + axis);
  const count = inside > 0 ? (inside + dilation - 1) / dilation : 0;
  return max(min(count, word(record, KERNEL + axis) - first), 0);
}
