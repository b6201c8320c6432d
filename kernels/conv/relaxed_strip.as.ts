/**
 * 8 outputs at many pixels by relaxed SIMD. Weights are the dot product's signed operand, values its 7-bit
 * one: so there is one result on every processor.
 */
import { ConvRecord, TILE_PIXELS } from "./conv_record.as";
import { finishTile } from "./finish.as";

// How to multiply. `c.dot` is 0, as fits the processor, or, in tests, one of the two.
// @ts-ignore: decorator
@inline
const FUSED = 1;
// @ts-ignore: decorator
@inline
const SPLIT = 2;

/** Windows stand `step` bytes apart from `x` on. `count` is at least a tile. */
export function relaxedStrip(
  c: ConvRecord, x: usize, step: usize, weights: usize,
  output: i32, outputs: i32, pixel: i32, count: i32,
): void {
  if (multipliesAtOnce(c)) {
    fusedStrip(c, x, step, weights, output, outputs, pixel, count);
  } else {
    splitStrip(c, x, step, weights, output, outputs, pixel, count);
  }
}

/**
 * Whether the processor has the dot product of four bytes (ARM, x86 from 2021 on), or the browser makes it
 * of others. It shows where a value leaves 7 bits: x86's older instructions saturate sums of two products.
 */
export function multipliesAtOnce(c: ConvRecord): bool {
  if (c.dot) return c.dot == FUSED;
  const sums = i32x4.relaxed_dot_i8x16_i7x16_add_s(i8x16.splat(127), i8x16.splat(-1), i32x4.splat(0));
  return i32x4.extract_lane(sums, 0) != 2 * 32767;
}

function fusedStrip(
  c: ConvRecord, x: usize, step: usize, weights: usize,
  output: i32, outputs: i32, pixel: i32, count: i32,
): void {
  strip(FUSED, c, x, step, weights, output, outputs, pixel, count);
}

function splitStrip(
  c: ConvRecord, x: usize, step: usize, weights: usize,
  output: i32, outputs: i32, pixel: i32, count: i32,
): void {
  strip(SPLIT, c, x, step, weights, output, outputs, pixel, count);
}

// @ts-ignore: decorator
@inline
function strip(
  how: i32, c: ConvRecord, x: usize, step: usize, weights: usize,
  output: i32, outputs: i32, pixel: i32, count: i32,
): void {
  const bias = c.bias + (<usize>output << 2);
  const depth = <usize>c.depth;
  for (let done = 0; done < count; done += TILE_PIXELS) {
    // The last tile takes some pixels again: nothing that is read has been written.
    done = min(done, count - TILE_PIXELS);
    const x0 = x + <usize>done * step, x1 = x0 + step, x2 = x1 + step, x3 = x2 + step, x4 = x3 + step;
    let a0 = v128.load(bias), a1 = a0, a2 = a0, a3 = a0, a4 = a0;
    let b0 = v128.load(bias, 16), b1 = b0, b2 = b0, b3 = b0, b4 = b0;
    let w = weights;
    for (let k: usize = 0; k < depth; k += 8) {
      let wa = v128.load(w), wb = v128.load(w, 16);
      let v = v128.load32_splat(x0 + k);
      a0 = dot(how, wa, v, a0), b0 = dot(how, wb, v, b0);
      v = v128.load32_splat(x1 + k);
      a1 = dot(how, wa, v, a1), b1 = dot(how, wb, v, b1);
      v = v128.load32_splat(x2 + k);
      a2 = dot(how, wa, v, a2), b2 = dot(how, wb, v, b2);
      v = v128.load32_splat(x3 + k);
      a3 = dot(how, wa, v, a3), b3 = dot(how, wb, v, b3);
      v = v128.load32_splat(x4 + k);
      a4 = dot(how, wa, v, a4), b4 = dot(how, wb, v, b4);
      wa = v128.load(w, 32), wb = v128.load(w, 48);
      v = v128.load32_splat(x0 + k, 4);
      a0 = dot(how, wa, v, a0), b0 = dot(how, wb, v, b0);
      v = v128.load32_splat(x1 + k, 4);
      a1 = dot(how, wa, v, a1), b1 = dot(how, wb, v, b1);
      v = v128.load32_splat(x2 + k, 4);
      a2 = dot(how, wa, v, a2), b2 = dot(how, wb, v, b2);
      v = v128.load32_splat(x3 + k, 4);
      a3 = dot(how, wa, v, a3), b3 = dot(how, wb, v, b3);
      v = v128.load32_splat(x4 + k, 4);
      a4 = dot(how, wa, v, a4), b4 = dot(how, wb, v, b4);
      w += 64;
    }
    finishTile(c, output, outputs, pixel + done, a0, b0, a1, b1, a2, b2, a3, b3, a4, b4);
  }
}

/** One pixel's 8 sums. */
export function relaxedSums(c: ConvRecord, x: usize, w: usize, output: i32): void {
  const bias = c.bias + (<usize>output << 2);
  let a0 = v128.load(bias), b0 = v128.load(bias, 16), a1 = i32x4.splat(0), b1 = a1;
  for (const end = x + c.depth; x < end; x += 8) {
    const v0 = v128.load32_splat(x), v1 = v128.load32_splat(x, 4);
    a0 = dot(FUSED, v128.load(w), v0, a0), b0 = dot(FUSED, v128.load(w, 16), v0, b0);
    a1 = dot(FUSED, v128.load(w, 32), v1, a1), b1 = dot(FUSED, v128.load(w, 48), v1, b1);
    w += 64;
  }
  v128.store(c.finishing, i32x4.add(a0, a1)), v128.store(c.finishing, i32x4.add(b0, b1), 16);
}

/** sums + w · x. `how` is known at compile time. */
// @ts-ignore: decorator
@inline
function dot(how: i32, w: v128, x: v128, sums: v128): v128 {
  if (how == FUSED) return i32x4.relaxed_dot_i8x16_i7x16_add_s(w, x, sums);
  // Its parts, without the vector of ones that V8 makes anew for each: 51 against 39 GMAC/s on Zen 4.
  return i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(w, x)));
}
