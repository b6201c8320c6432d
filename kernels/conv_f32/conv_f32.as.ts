import { activate, slopeOf, storeSome } from "../activation_f32/activation_f32.as";
import { word } from "../record.as";
import {
  ACTIVATION_AT,
  BIAS,
  CHUNK,
  COLUMN_STEP,
  DILATION,
  GROUPS,
  INPUT,
  INPUT_HEIGHT,
  INPUT_STRIDE,
  INPUT_WIDTH,
  INPUTS,
  IS_DEPTHWISE,
  KERNEL,
  OUTPUT,
  OUTPUT_HEIGHT,
  OUTPUT_STRIDE,
  OUTPUT_WIDTH,
  OUTPUTS,
  PADDING,
  SCRATCH,
  STRIDE,
  UPSAMPLE,
  WEIGHTS,
} from "./conv_record.as";
import { depthwisePixel } from "./depthwise_f32.as";
import { sumTile, sumPixel } from "./tile_f32.as";

const BLOCK = 8;
/** Bytes of a block's sums, or of its weights for one input. */
const BLOCK_BYTES = 32;

/** Order of summation: `op.ts`. Lanes are output channels, so that each sums in that order. */
export function conv_f32(record: usize): void {
  const columns = word(record, OUTPUT_WIDTH);
  for (let row = 0; row < word(record, OUTPUT_HEIGHT); row++) {
    if (word(record, IS_DEPTHWISE)) {
      for (let column = 0; column < columns; column++) depthwisePixel(record, row, column);
    } else {
      for (let column = 0; column < columns; column += word(record, CHUNK)) {
        chunk(record, row, column, min(columns - column, word(record, CHUNK)));
      }
    }
  }
}

/** All outputs of `count` pixels of a row. */
function chunk(record: usize, row: i32, column: i32, count: i32): void {
  const groups = word(record, GROUPS);
  const outputs = word(record, OUTPUTS) / groups;
  const inputs = word(record, INPUTS) / groups;
  const filterBytes = word(record, KERNEL) * word(record, KERNEL + 1) * inputs * BLOCK_BYTES;
  let weights = <usize>word(record, WEIGHTS);
  for (let group = 0; group < groups; group++) {
    const input = <usize>word(record, INPUT) + (<usize>(group * inputs) << 2);
    for (let first = 0; first < outputs; first += BLOCK) {
      begin(record, group * outputs + first, count);
      sumRows(record, input, weights, inputs, row, column, count);
      finish(record, group * outputs + first, min(outputs - first, BLOCK), row, column, count);
      weights += filterBytes;
    }
  }
}

/** Sums of a block of outputs begin with their bias. */
function begin(record: usize, output: i32, count: i32): void {
  const bias = <usize>word(record, BIAS) + (<usize>output << 2);
  const low = v128.load(bias);
  const high = v128.load(bias, 16);
  let sums = <usize>word(record, SCRATCH);
  for (; count > 0; count--) {
    v128.store(sums, low);
    v128.store(sums, high, 16);
    sums += BLOCK_BYTES;
  }
}

function sumRows(
  record: usize,
  input: usize,
  weights: usize,
  inputs: i32,
  row: i32,
  column: i32,
  count: i32,
): void {
  const upsample = word(record, UPSAMPLE);
  const rowBytes = <usize>(word(record, INPUT_WIDTH) * word(record, INPUT_STRIDE)) << 2;
  const tapBytes = <usize>inputs * BLOCK_BYTES;
  let y = row * word(record, STRIDE) - word(record, PADDING);
  for (let tap = word(record, KERNEL); tap > 0; tap--) {
    if (y >= 0 && y % upsample == 0 && y / upsample < word(record, INPUT_HEIGHT)) {
      const line = input + <usize>(y / upsample) * rowBytes;
      sumRow(record, line, weights, inputs, column, count);
    }
    weights += <usize>word(record, KERNEL + 1) * tapBytes;
    y += word(record, DILATION);
  }
}

function sumRow(
  record: usize,
  line: usize,
  weights: usize,
  inputs: i32,
  column: i32,
  count: i32,
): void {
  let x = column * word(record, STRIDE + 1) - word(record, PADDING + 1);
  for (let tap = word(record, KERNEL + 1); tap > 0; tap--) {
    sumTap(record, line, weights, inputs, x, count);
    weights += <usize>inputs * BLOCK_BYTES;
    x += word(record, DILATION + 1);
  }
}

/** One tap: `x` is where it lies on the spread input for the first of `count` pixels. */
function sumTap(
  record: usize,
  line: usize,
  weights: usize,
  inputs: i32,
  x: i32,
  count: i32,
): void {
  const stride = word(record, STRIDE + 1);
  const upsample = word(record, UPSAMPLE + 1);
  const step = word(record, COLUMN_STEP);
  const limit = word(record, INPUT_WIDTH) * upsample;
  let first = x < 0 ? (stride - 1 - x) / stride : 0;
  x += first * stride;
  while (first < count && x % upsample != 0) {
    first++;
    x += stride;
  }
  if (first >= count || x >= limit) return;
  const stretch = stride * step;
  const pixels = min((count - first + step - 1) / step, (limit - x + stretch - 1) / stretch);
  const pixelBytes = word(record, INPUT_STRIDE) << 2;
  sumPixels(
    <usize>word(record, SCRATCH) + first * BLOCK_BYTES,
    step * BLOCK_BYTES,
    line + (x / upsample) * pixelBytes,
    (stretch / upsample) * pixelBytes,
    weights,
    inputs,
    pixels,
  );
}

/** Four pixels at a time; `sumStep` and `xStep` are bytes from a pixel to the next. */
function sumPixels(
  sums: usize,
  sumStep: usize,
  x: usize,
  xStep: usize,
  weights: usize,
  inputs: i32,
  count: i32,
): void {
  for (; count >= 4; count -= 4) {
    sumTile(sums, sumStep, x, xStep, weights, inputs);
    sums += sumStep << 2;
    x += xStep << 2;
  }
  for (; count > 0; count--) {
    sumPixel(sums, x, weights, inputs);
    sums += sumStep;
    x += xStep;
  }
}

/** Sums of `lanes` outputs from `output` on, through the activation into the output. */
function finish(
  record: usize,
  output: i32,
  lanes: i32,
  row: i32,
  column: i32,
  count: i32,
): void {
  const activation = record + ACTIVATION_AT;
  const slope = slopeOf(activation, output);
  const pixel = row * word(record, OUTPUT_WIDTH) + column;
  const stride = word(record, OUTPUT_STRIDE);
  let y = <usize>word(record, OUTPUT) + (<usize>(pixel * stride + output) << 2);
  let sums = <usize>word(record, SCRATCH);
  for (; count > 0; count--) {
    storeSome(y, activate(v128.load(sums), activation, slope), lanes);
    if (lanes > 4) {
      storeSome(y + 16, activate(v128.load(sums, 16), activation, slope + 16), lanes - 4);
    }
    sums += BLOCK_BYTES;
    y += <usize>stride << 2;
  }
}
