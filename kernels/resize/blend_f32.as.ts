import { canonical } from "../activation_f32/activation_f32.as";
import { storeFirst } from "../add/elementwise.as";
import { word } from "../record.as";
import {
  CHANNELS, COLUMNS, firstOf, INPUT_STRIDE, OUTPUT_STRIDE, OUTPUT_WIDTH, secondOf, shareOf,
} from "./record_words.as";

/** Bytes of a pixel in a line: whole vectors. */
// @ts-ignore: decorator
@inline
function linePixel(record: usize): usize {
  return <usize>((word(record, CHANNELS) + 3) & -4) << 2;
}

/** An input row blended along its columns. */
export function blendLineF32(record: usize, input: usize, line: usize): void {
  const width = word(record, OUTPUT_WIDTH);
  const columns = word(record, COLUMNS);
  const stride = word(record, INPUT_STRIDE) << 2;
  const channels = word(record, CHANNELS);
  for (let column = 0; column < width; column++) {
    const first = input + <usize>(firstOf(columns, column) * stride);
    const second = input + <usize>(secondOf(columns, column) * stride);
    blendPixel(first, second, shareOf(columns, column), line, (channels + 3) & -4);
    line += linePixel(record);
  }
}

/** Two lines blended to a row of the output. */
export function blendRowF32(
  record: usize, top: usize, bottom: usize, share: i32, output: usize,
): void {
  const width = word(record, OUTPUT_WIDTH);
  const step = <usize>word(record, OUTPUT_STRIDE) << 2;
  for (let column = 0; column < width; column++) {
    blendPixel(top, bottom, share, output, word(record, CHANNELS));
    top += linePixel(record);
    bottom += linePixel(record);
    output += step;
  }
}

/** a + (b − a) · share / 128, and just a where the share is 0: no −0 or infinity is lost. */
function blendPixel(a: usize, b: usize, share: i32, output: usize, channels: i32): void {
  const part = f32x4.splat(<f32>share / 128);
  const keep = i32x4.splat(share ? 0 : -1);
  for (let bytes = channels << 2; bytes > 0; bytes -= 16) {
    const from = v128.load(a);
    const blended = f32x4.add(from, f32x4.mul(f32x4.sub(v128.load(b), from), part));
    storeFirst(output, v128.bitselect(from, canonical(blended), keep), bytes);
    a += 16;
    b += 16;
    output += 16;
  }
}
