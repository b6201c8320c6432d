import { storeSome } from "../activation_f32/activation_f32.as";
import { word } from "../record.as";

/** The record is in `op.ts`. */
export function dequantize(record: usize): void {
  let x = <usize>word(record, 0);
  let y = <usize>word(record, 2);
  for (let left = word(record, 4); left > 0; left--) {
    if (word(record, 6) == 1) runOfBytes(record, x, y, word(record, 5));
    else runOfWords(record, x, y, word(record, 5));
    x += <usize>word(record, 1);
    y += <usize>word(record, 3);
  }
}

function runOfBytes(record: usize, x: usize, y: usize, length: i32): void {
  const zero = i32x4.splat(word(record, 7));
  const scale = v128.load32_splat(record, 32);
  for (; length > 0; length -= 4) {
    const wide = i16x8.extend_low_i8x16_u(v128.load32_zero(x));
    storeSome(y, valueOf(i32x4.extend_low_i16x8_u(wide), zero, scale), length);
    x += 4;
    y += 16;
  }
}

function runOfWords(record: usize, x: usize, y: usize, length: i32): void {
  const zero = i32x4.splat(word(record, 7));
  const scale = v128.load32_splat(record, 32);
  for (; length > 0; length -= 4) {
    storeSome(y, valueOf(v128.load16x4_s(x), zero, scale), length);
    x += 8;
    y += 16;
  }
}

// @ts-ignore: decorator
@inline
function valueOf(steps: v128, zero: v128, scale: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(steps, zero)), scale);
}
