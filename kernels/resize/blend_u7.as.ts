import { storeFirst } from "../add/elementwise.as";
import { word } from "../record.as";
import {
  CHANNELS, COLUMNS, firstOf, INPUT_STRIDE, OUTPUT_STRIDE, OUTPUT_WIDTH, secondOf, shareOf,
} from "./record_words.as";

/** An input row blended along its columns: i16, in 1/128, each pixel rounded up to 16 channels. */
export function blendLineU7(record: usize, input: usize, line: usize): void {
  const width = word(record, OUTPUT_WIDTH);
  const columns = word(record, COLUMNS);
  const stride = word(record, INPUT_STRIDE);
  const channels = word(record, CHANNELS);
  const lineStep = <usize>((channels + 15) & -16) << 1;
  for (let column = 0; column < width; column++) {
    const first = input + <usize>(firstOf(columns, column) * stride);
    const second = input + <usize>(secondOf(columns, column) * stride);
    blendPixel(first, second, shareOf(columns, column), line, line + lineStep);
    line += lineStep;
  }
}

/** a · 128 + (b − a) · share */
function blendPixel(a: usize, b: usize, share: i32, line: usize, end: usize): void {
  const shares = i16x8.splat(<i16>share);
  while (line < end) {
    const low = v128.load8x8_u(a);
    const high = v128.load8x8_u(a, 8);
    const lowPart = i16x8.mul(i16x8.sub(v128.load8x8_u(b), low), shares);
    const highPart = i16x8.mul(i16x8.sub(v128.load8x8_u(b, 8), high), shares);
    v128.store(line, i16x8.add(i16x8.shl(low, 7), lowPart));
    v128.store(line, i16x8.add(i16x8.shl(high, 7), highPart), 16);
    a += 16;
    b += 16;
    line += 32;
  }
}

/** Two lines blended to a row of the output. */
export function blendRowU7(
  record: usize, top: usize, bottom: usize, share: i32, output: usize,
): void {
  const width = word(record, OUTPUT_WIDTH);
  const channels = word(record, CHANNELS);
  const step = <usize>word(record, OUTPUT_STRIDE);
  const lineStep = <usize>((channels + 15) & -16) << 1;
  const shares = i32x4.splat((128 - share) | share << 16);
  for (let column = 0; column < width; column++) {
    blendPixels(top, bottom, shares, output, channels);
    top += lineStep;
    bottom += lineStep;
    output += step;
  }
}

function blendPixels(top: usize, bottom: usize, shares: v128, output: usize, channels: i32): void {
  for (let left = channels; left > 0; left -= 16) {
    const low = blend8(v128.load(top), v128.load(bottom), shares);
    const high = blend8(v128.load(top, 16), v128.load(bottom, 16), shares);
    storeFirst(output, i8x16.narrow_i16x8_u(low, high), left);
    top += 32;
    bottom += 32;
    output += 16;
  }
}

/** (top · (128 − share) + bottom · share + 8192) >> 14 */
// @ts-ignore: decorator
@inline
function blend8(top: v128, bottom: v128, shares: v128): v128 {
  const half = i32x4.splat(8192);
  const first = v128.shuffle<i16>(top, bottom, 0, 8, 1, 9, 2, 10, 3, 11);
  const last = v128.shuffle<i16>(top, bottom, 4, 12, 5, 13, 6, 14, 7, 15);
  const low = i32x4.dot_i16x8_s(first, shares);
  const high = i32x4.dot_i16x8_s(last, shares);
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(low, half), 14), i32x4.shr_s(i32x4.add(high, half), 14),
  );
}
