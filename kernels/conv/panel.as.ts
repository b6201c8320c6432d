import { ConvRecord } from "./conv_record.as";

/** Bytes of a value in the panel: dot products of plain SIMD take 16 bits. */
// @ts-ignore: decorator
@inline
export const VALUE_BYTES = ASC_FEATURE_RELAXED_SIMD ? 1 : 2;

// How the taps of a kernel row are copied where all of them exist: `record.ts` says which way can be.
// @ts-ignore: decorator
@inline
const AT_ONCE = 1;
// @ts-ignore: decorator
@inline
const SPREAD = 2;

/**
 * The windows of `count` output pixels from `pixel`, in the order of the weights. What the rounding up of
 * channels and of the whole adds stays noise: its weights are 0.
 */
export function fillPanel(c: ConvRecord, group: i32, pixel: i32, count: i32): void {
  const input = c.input + <usize>(group * c.inputsPerGroup);
  if (c.isPointwise) return copyPixels(c, input + <usize>(pixel * c.inputStride), count);
  const step = <usize>(c.depth * VALUE_BYTES);
  let to = c.panel;
  let row = pixel / c.outputWidth;
  let column = pixel % c.outputWidth;
  for (let i = 0; i < count; i++) {
    fillWindow(c, input, row * c.strideDown - c.paddingAbove, column * c.strideAcross - c.paddingLeft, to);
    to += step;
    if (++column == c.outputWidth) {
      column = 0;
      row++;
    }
  }
}

function copyPixels(c: ConvRecord, from: usize, count: i32): void {
  let to = c.panel;
  for (let i = 0; i < count; i++) {
    copy(to, from, c.inputsPerGroup);
    to += c.depth * VALUE_BYTES;
    from += c.inputStride;
  }
}

/** The window whose first tap lies at `top`, `left` of the upsampled input. */
function fillWindow(c: ConvRecord, input: usize, top: i32, left: i32, to: usize): void {
  const channels = (c.inputsPerGroup + 3) & ~3;
  const rowValues = c.kernelWidth * channels;
  const isInside = left >= 0 && left + (c.kernelWidth - 1) * c.dilationAcross < c.inputWidth;
  const rowCopy = isInside ? c.rowCopy : 0;
  for (let tap = 0; tap < c.kernelHeight; tap++) {
    const y = inputPlace(top, c.upsampleDown, c.inputHeight);
    const line = input + <usize>(y * c.inputWidth * c.inputStride);
    if (y < 0) fill(to, c.inputZero, rowValues);
    else if (rowCopy == AT_ONCE) copy(to, line + <usize>(left * c.inputStride), rowValues);
    else if (rowCopy == SPREAD) spread(to, line + <usize>(left * c.inputStride), c.inputStride * c.dilationAcross);
    else copyTaps(c, line, left, to, channels);
    to += rowValues * VALUE_BYTES;
    top += c.dilationDown;
  }
}

function copyTaps(c: ConvRecord, line: usize, left: i32, to: usize, channels: i32): void {
  for (let tap = 0; tap < c.kernelWidth; tap++) {
    const x = inputPlace(left, c.upsampleAcross, c.inputWidth);
    if (x < 0) fill(to, c.inputZero, channels);
    else copy(to, line + <usize>(x * c.inputStride), channels);
    to += channels * VALUE_BYTES;
    left += c.dilationAcross;
  }
}

/** The input position at a place of the upsampled input, or −1. */
// @ts-ignore: decorator
@inline
function inputPlace(place: i32, upsample: i32, size: i32): i32 {
  if (upsample == 1) return <u32>place < <u32>size ? place : -1;
  return place >= 0 && place % upsample == 0 && place / upsample < size ? place / upsample : -1;
}

// All of these write up to 15 bytes more: what follows is written later, or is slack.

// @ts-ignore: decorator
@inline
function copy(to: usize, from: usize, values: i32): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    for (let i = 0; i < values; i += 16) v128.store(to + i, v128.load(from + i));
  } else {
    for (let i = 0; i < values; i += 8) v128.store(to + (i << 1), v128.load_ext<u8>(from + i));
  }
}

/** Up to four taps of at most four channels, `step` bytes apart within 16 bytes. */
// @ts-ignore: decorator
@inline
function spread(to: usize, from: usize, step: i32): void {
  const starts = i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(step * 0x01010101));
  const v = i8x16.swizzle(v128.load(from), i8x16.add(starts, i32x4.splat(0x03020100)));
  if (ASC_FEATURE_RELAXED_SIMD) {
    v128.store(to, v);
  } else {
    v128.store(to, i16x8.extend_low_i8x16_u(v)), v128.store(to, i16x8.extend_high_i8x16_u(v), 16);
  }
}

// @ts-ignore: decorator
@inline
function fill(to: usize, zero: i32, values: i32): void {
  const zeros = ASC_FEATURE_RELAXED_SIMD ? i8x16.splat(<i8>zero) : i16x8.splat(<i16>zero);
  for (let i = 0; i < values * VALUE_BYTES; i += 16) v128.store(to + i, zeros);
}
