import { word } from "../record.as";

/** Words of the record of `op.ts`. */
const OUTPUT: i32 = 0;
const WIDTH: i32 = 2;
const CHANNELS: i32 = 3;
const STRIDE: i32 = 4;
/** Bytes of an output element: 1 (u7) or 4 (f32). */
const ELEMENT: i32 = 6;
const TABLE: i32 = 8;
/** Four: which byte of an RGBA pixel is the channel. */
const ORDER: i32 = 9;
/** Four pixel values. */
const FILL: i32 = 13;

/** Words of the scratch of `feed_frame.ts`. */
const LEFT: i32 = 0;
const TOP: i32 = 1;
const INNER_WIDTH: i32 = 2;
const INNER_HEIGHT: i32 = 3;
/** Of each column u32 bytes from the row's start to its left pixel, u16 share of that, u16 of the right one. */
const COLUMNS: i32 = 4;
/** u32 positions in 1/256. */
const ROWS: i32 = 5;
const BAND: i32 = 6;
const SOURCE_STEP: i32 = 7;

/** Output rows `first` up to `end`, of a band of the frame that begins with source row `bandStart`. */
export function image_rows(record: usize, scratch: usize, first: i32, end: i32, bandStart: i32): void {
  const rowBytes = word(record, WIDTH) * word(record, STRIDE) * word(record, ELEMENT);
  let output = <usize>(word(record, OUTPUT) + first * rowBytes);
  for (let y = first; y < end; y++) {
    const row = y - word(scratch, TOP);
    if (<u32>row < <u32>word(scratch, INNER_HEIGHT)) imageRow(record, scratch, output, row, bandStart);
    else bar(record, output, word(record, WIDTH));
    output += rowBytes;
  }
}

function imageRow(record: usize, scratch: usize, output: usize, row: i32, bandStart: i32): void {
  const pixelBytes = word(record, STRIDE) * word(record, ELEMENT);
  const left = word(scratch, LEFT);
  const inner = word(scratch, INNER_WIDTH);
  const position = <u32>word(<usize>word(scratch, ROWS), row);
  const step = <usize>word(scratch, SOURCE_STEP);
  const upper = <usize>word(scratch, BAND) + <usize>((position >> 8) - bandStart) * step;
  const share = position & 255;
  const lower = share ? upper + step : upper; // below the last row is none
  bar(record, output, left);
  const start = output + left * pixelBytes;
  if (word(record, ELEMENT) == 1 && word(record, CHANNELS) == 3) {
    bytesOf3(record, scratch, start, upper, lower, share);
  } else {
    elements(record, scratch, start, upper, lower, share);
  }
  bar(record, start + inner * pixelBytes, word(record, WIDTH) - left - inner);
}

function bar(record: usize, output: usize, count: i32): void {
  const channels = word(record, CHANNELS);
  const element = word(record, ELEMENT);
  const step = word(record, STRIDE) * element;
  for (let channel = 0; channel < channels; channel++) {
    const entry = word(record, TABLE) + ((channel << 8) + word(record, FILL + channel)) * element;
    const end = output + count * step;
    if (element == 1) fillBytes(output, end, step, load<u8>(entry));
    else fillWords(output, end, step, load<u32>(entry));
    output += element;
  }
}

function fillBytes(at: usize, end: usize, step: usize, value: u8): void {
  for (; at < end; at += step) store<u8>(at, value);
}

function fillWords(at: usize, end: usize, step: usize, value: u32): void {
  for (; at < end; at += step) store<u32>(at, value);
}

/** Any type and number of channels. */
function elements(
  record: usize, scratch: usize, output: usize, upper: usize, lower: usize, share: u32,
): void {
  const inner = word(scratch, INNER_WIDTH);
  const columns = <usize>word(scratch, COLUMNS);
  const channels = word(record, CHANNELS);
  const element = word(record, ELEMENT);
  const upperShare = i16x8.splat(<i16>(256 - share));
  const lowerShare = i16x8.splat(<i16>share);
  for (let x = 0; x < inner; x++) {
    const rgba = sample(upper, lower, upperShare, lowerShare, columns + (x << 3));
    const bytes = <u32>i32x4.extract_lane(fourPixels(rgba, rgba, rgba, rgba), 0);
    for (let channel = 0; channel < channels; channel++) {
      const value = (channel << 8) + (bytes >> (word(record, ORDER + channel) << 3) & 255);
      const entry = word(record, TABLE) + value * element;
      if (element == 1) store<u8>(output + channel, load<u8>(entry));
      else store<u32>(output + (channel << 2), load<u32>(entry));
    }
    output += word(record, STRIDE) * element;
  }
}

/** The usual input: u7, three channels. */
function bytesOf3(
  record: usize, scratch: usize, output: usize, upper: usize, lower: usize, share: u32,
): void {
  const inner = word(scratch, INNER_WIDTH);
  const table = <usize>word(record, TABLE);
  const stride = <usize>word(record, STRIDE);
  const order = orderOf(record);
  const upperShare = i16x8.splat(<i16>(256 - share));
  const lowerShare = i16x8.splat(<i16>share);
  let column = <usize>word(scratch, COLUMNS);
  for (let left = inner; left > 0; left -= 4) {
    const four = i8x16.swizzle(
      fourPixels(
        sample(upper, lower, upperShare, lowerShare, column),
        sample(upper, lower, upperShare, lowerShare, column + 8),
        sample(upper, lower, upperShare, lowerShare, column + 16),
        sample(upper, lower, upperShare, lowerShare, column + 24),
      ),
      order,
    );
    const two = <u64>i64x2.extract_lane(four, 0);
    look3(output, table, two);
    if (left > 1) look3(output + stride, table, two >> 32);
    const last = <u64>i64x2.extract_lane(four, 1);
    if (left > 2) look3(output + 2 * stride, table, last);
    if (left > 3) look3(output + 3 * stride, table, last >> 32);
    output += stride << 2;
    column += 32;
  }
}

/** Of four RGBA pixels which bytes are the output's channels; a fourth is not looked at. */
function orderOf(record: usize): v128 {
  const one = word(record, ORDER) | word(record, ORDER + 1) << 8 | word(record, ORDER + 2) << 16;
  return i8x16.add(i32x4.splat(one), i8x16(0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12));
}

// @ts-ignore: decorator
@inline
function look3(output: usize, table: usize, bytes: u64): void {
  store<u8>(output, load<u8>(table + <usize>(bytes & 255)));
  store<u8>(output + 1, load<u8>(table + <usize>(bytes >> 8 & 255), 256));
  store<u8>(output + 2, load<u8>(table + <usize>(bytes >> 16 & 255), 512));
}

/**
 * One pixel, four times 32 bits of 0..255. First between rows: at most 255 · 256, 16 bits unsigned. Less
 * 32768 they are signed, and a dot product goes between columns; their shares are 256 together, so that
 * 32768 · 256 is missing from it.
 */
// @ts-ignore: decorator
@inline
function sample(upper: usize, lower: usize, upperShare: v128, lowerShare: v128, column: usize): v128 {
  const at = <usize>load<u32>(column);
  const between = i16x8.add(
    i16x8.mul(columnPairs(upper + at), upperShare),
    i16x8.mul(columnPairs(lower + at), lowerShare),
  );
  const signed = v128.xor(between, i16x8.splat(-32768));
  const sum = i32x4.dot_i16x8_s(signed, v128.load_splat<u32>(column, 4));
  return i32x4.shr_u(i32x4.add(sum, i32x4.splat(32768 * 256 + 32768)), 16);
}

/** Two pixels next to each other: red, red, green, green, … in 16 bits. */
// @ts-ignore: decorator
@inline
function columnPairs(pixels: usize): v128 {
  const bytes = v128.load_zero<u64>(pixels);
  const none = i8x16.splat(0);
  return i8x16.shuffle(bytes, none, 0, 16, 4, 16, 1, 16, 5, 16, 2, 16, 6, 16, 3, 16, 7, 16);
}

// @ts-ignore: decorator
@inline
function fourPixels(a: v128, b: v128, c: v128, d: v128): v128 {
  return i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
}
