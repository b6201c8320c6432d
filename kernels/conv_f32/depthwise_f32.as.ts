import { activate, slopeOf, storeSome } from "../activation_f32/activation_f32.as";
import { word } from "../record.as";
import {
  ACTIVATION_AT,
  BIAS,
  DILATION,
  INPUT,
  INPUT_HEIGHT,
  INPUT_STRIDE,
  INPUT_WIDTH,
  KERNEL,
  OUTPUT,
  OUTPUT_STRIDE,
  OUTPUT_WIDTH,
  OUTPUTS,
  PADDING,
  SCRATCH,
  STRIDE,
  UPSAMPLE,
  WEIGHTS,
} from "./conv_record.as";

/** All channels of one output pixel: tap by tap, so that any window will do. */
export function depthwisePixel(record: usize, row: i32, column: i32): void {
  const sums = <usize>word(record, SCRATCH);
  const channels = word(record, OUTPUTS);
  const taps = word(record, KERNEL + 1);
  const upsample = word(record, UPSAMPLE + 1);
  const left = column * word(record, STRIDE + 1) - word(record, PADDING + 1);
  const filterBytes = <usize>((channels + 3) & ~3) << 2;
  memory.copy(sums, <usize>word(record, BIAS), <usize>channels << 2);
  for (let down = 0; down < word(record, KERNEL); down++) {
    const line = lineOf(record, row, down);
    if (line == 0) continue;
    let x = left;
    let weights = <usize>word(record, WEIGHTS) + <usize>(down * taps) * filterBytes;
    for (let across = 0; across < taps; across++) {
      if (x >= 0 && x % upsample == 0 && x / upsample < word(record, INPUT_WIDTH)) {
        const pixel = <usize>(x / upsample * word(record, INPUT_STRIDE)) << 2;
        sumChannels(sums, line + pixel, weights, channels);
      }
      weights += filterBytes;
      x += word(record, DILATION + 1);
    }
  }
  finishPixel(record, row * word(record, OUTPUT_WIDTH) + column);
}

/** Address of the input row under a row of the kernel; 0 where there is none. */
function lineOf(record: usize, row: i32, tap: i32): usize {
  const spread = row * word(record, STRIDE) - word(record, PADDING) + tap * word(record, DILATION);
  const y = spread / word(record, UPSAMPLE);
  const isThere = spread >= 0 && y < word(record, INPUT_HEIGHT) &&
    spread == y * word(record, UPSAMPLE);
  const rowBytes = <usize>(word(record, INPUT_WIDTH) * word(record, INPUT_STRIDE)) << 2;
  return isThere ? <usize>word(record, INPUT) + <usize>y * rowBytes : 0;
}

function sumChannels(sums: usize, x: usize, weights: usize, channels: i32): void {
  for (; channels > 0; channels -= 4) {
    const product = f32x4.mul(v128.load(x), v128.load(weights));
    v128.store(sums, f32x4.add(v128.load(sums), product));
    sums += 16;
    x += 16;
    weights += 16;
  }
}

function finishPixel(record: usize, pixel: i32): void {
  const activation = record + ACTIVATION_AT;
  let slope = slopeOf(activation, 0);
  let sums = <usize>word(record, SCRATCH);
  let y = <usize>word(record, OUTPUT) + (<usize>(pixel * word(record, OUTPUT_STRIDE)) << 2);
  for (let left = word(record, OUTPUTS); left > 0; left -= 4) {
    storeSome(y, activate(v128.load(sums), activation, slope), left);
    sums += 16;
    slope += 16;
    y += 16;
  }
}
