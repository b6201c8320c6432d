/** Max pooling: for each row of outputs the window's rows to one line in scratch, then along that. */
import { storeFirst } from "../add/elementwise.as";
import { word } from "../record.as";
import { endTap, firstTap } from "../window.as";

const INPUT = 0;
const INPUT_HEIGHT = 1;
const INPUT_WIDTH = 2;
const CHANNELS = 3;
const INPUT_STRIDE = 4;
const OUTPUT = 6;
const OUTPUT_HEIGHT = 7;
const OUTPUT_WIDTH = 8;
const OUTPUT_STRIDE = 10;
const KERNEL_HEIGHT = 12;
const KERNEL_WIDTH = 13;
const STRIDE_DOWN = 14;
const STRIDE_ACROSS = 15;
const DILATION_DOWN = 16;
const DILATION_ACROSS = 17;
const PADDING_ABOVE = 18;
const PADDING_LEFT = 19;
const SCRATCH = 20;

export function max_pool(record: usize): void {
  const rows = word(record, OUTPUT_HEIGHT);
  if (word(record, OUTPUT_WIDTH) == 0) return;
  for (let row = 0; row < rows; row++) {
    mergeRows(record, row);
    outputRow(record, row);
  }
}

/** What a vector writes beyond a pixel's channels, the next pixel overwrites. */
function mergeRows(record: usize, row: i32): void {
  const dilation = word(record, DILATION_DOWN);
  const start = row * word(record, STRIDE_DOWN) - word(record, PADDING_ABOVE);
  const first = firstTap(start, dilation);
  const end = endTap(start, dilation, word(record, INPUT_HEIGHT), word(record, KERNEL_HEIGHT));
  const count = end - first;
  const width = word(record, INPUT_WIDTH);
  const channels = word(record, CHANNELS);
  const stride = word(record, INPUT_STRIDE);
  const rowStep = <usize>(dilation * width * stride);
  let input = <usize>(word(record, INPUT) + (start + first * dilation) * width * stride);
  let line = <usize>word(record, SCRATCH);
  if (stride == channels) return mergeRun(line, input, width * channels, count, rowStep);
  for (let pixel = 0; pixel < width; pixel++) {
    mergeRun(line, input, channels, count, rowStep);
    line += <usize>channels;
    input += <usize>stride;
  }
}

/** To each byte of the run the largest of `count`, `step` bytes apart. */
function mergeRun(to: usize, from: usize, bytes: i32, count: i32, step: usize): void {
  for (; bytes > 0; bytes -= 16) {
    v128.store(to, largest(from, count, step));
    to += 16;
    from += 16;
  }
}

// @ts-ignore: decorator
@inline
function largest(from: usize, count: i32, step: usize): v128 {
  let most = v128.load(from);
  for (let place = 1; place < count; place++) {
    from += step;
    most = i8x16.max_u(most, v128.load(from));
  }
  return most;
}

function outputRow(record: usize, row: i32): void {
  const width = word(record, OUTPUT_WIDTH);
  const step = <usize>word(record, OUTPUT_STRIDE);
  let output = <usize>word(record, OUTPUT) + <usize>(row * width) * step;
  for (let column = 0; column < width; column++) {
    outputPixel(record, column, output);
    output += step;
  }
}

function outputPixel(record: usize, column: i32, output: usize): void {
  const dilation = word(record, DILATION_ACROSS);
  const start = column * word(record, STRIDE_ACROSS) - word(record, PADDING_LEFT);
  const first = firstTap(start, dilation);
  const end = endTap(start, dilation, word(record, INPUT_WIDTH), word(record, KERNEL_WIDTH));
  const step = <usize>word(record, CHANNELS);
  let line = <usize>word(record, SCRATCH) + <usize>(start + first * dilation) * step;
  for (let left = word(record, CHANNELS); left > 0; left -= 16) {
    storeFirst(output, largest(line, end - first, <usize>dilation * step), left);
    line += 16;
    output += 16;
  }
}
