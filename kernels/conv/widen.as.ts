/** Weights to 16 bits, for plain SIMD. */
import { ConvRecord } from "./conv_record.as";

/** `depth` bytes of each of 8 outputs, as `packConv` has them, to what `wide_product.as.ts` takes. */
export function widenWeights(from: usize, depth: usize, to: usize): void {
  for (const end = from + (depth << 3); from < end; from += 32) {
    const a = pairs(from), b = pairs(from + 16);
    v128.store(to, i16x8.extend_low_i8x16_s(a)), v128.store(to, i16x8.extend_low_i8x16_s(b), 16);
    v128.store(to, i16x8.extend_high_i8x16_s(a), 32), v128.store(to, i16x8.extend_high_i8x16_s(b), 48);
    to += 64;
  }
}

/** Of four outputs × four inputs: the first two inputs of all, then the others. */
// @ts-ignore: decorator
@inline
export function pairs(at: usize): v128 {
  const v = v128.load(at);
  return v128.shuffle<i16>(v, v, 0, 2, 4, 6, 1, 3, 5, 7);
}

/** One pixel's 8 sums, where widening its weights beforehand would not pay. */
export function plainSums(c: ConvRecord, x: usize, w: usize, output: i32): void {
  const bias = c.bias + (<usize>output << 2);
  let s0 = i32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (const end = x + (<usize>c.depth << 1); x < end; x += 8) {
    const v = v128.load64_splat(x);
    s0 = dot(v128.load_ext<i8>(w), v, s0), s1 = dot(v128.load_ext<i8>(w, 8), v, s1);
    s2 = dot(v128.load_ext<i8>(w, 16), v, s2), s3 = dot(v128.load_ext<i8>(w, 24), v, s3);
    w += 32;
  }
  v128.store(c.finishing, i32x4.add(v128.load(bias), together(s0, s1)));
  v128.store(c.finishing, i32x4.add(v128.load(bias, 16), together(s2, s3)), 16);
}

// @ts-ignore: decorator
@inline
function dot(w: v128, x: v128, sums: v128): v128 {
  return i32x4.add(sums, i32x4.dot_i16x8_s(w, x));
}

/** The sums of four outputs, of two vectors that hold two outputs in two parts each. */
// @ts-ignore: decorator
@inline
function together(a: v128, b: v128): v128 {
  return i32x4.add(v128.shuffle<i32>(a, b, 0, 2, 4, 6), v128.shuffle<i32>(a, b, 1, 3, 5, 7));
}
