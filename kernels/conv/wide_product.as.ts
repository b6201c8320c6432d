/** Products of 16-bit values and weights: all that plain SIMD has. Weights alternate, 2 inputs of each of 8 outputs. */
import { ConvRecord, TILE_PIXELS } from "./conv_record.as";
import { finishTile } from "./finish.as";

/**
 * 8 outputs at many pixels. Windows stand `step` bytes apart from `x` on, `depth` bytes each. `count` is at
 * least a tile.
 */
export function wideStrip(
  c: ConvRecord, x: usize, depth: usize, weights: usize,
  output: i32, outputs: i32, pixel: i32, count: i32,
): void {
  for (let done = 0; done < count; done += TILE_PIXELS) {
    // The last tile takes some pixels again: nothing that is read has been written.
    done = min(done, count - TILE_PIXELS);
    multiply(false, c, x + <usize>done * depth, depth, weights, output, outputs, pixel + done, 0);
  }
}

/** Of `count` tiles the sums of 8 outputs at a place of `winograd.as.ts`, 32 bytes each. Rounds up to 5. */
export function wideSums(x: usize, depth: usize, weights: usize, to: usize, count: i32): void {
  for (let done = 0; done < count; done += TILE_PIXELS) {
    multiply(true, changetype<ConvRecord>(0), x + <usize>done * depth, depth, weights, 0, 0, 0, to);
    to += 160;
  }
}

/** Five windows: to elements of the output, or their sums alone (known at compile time), without bias, to `to`. */
// @ts-ignore: decorator
@inline
function multiply(
  sumsAlone: bool, c: ConvRecord, x0: usize, depth: usize, w: usize, output: i32, outputs: i32, pixel: i32, to: usize,
): void {
  const x1 = x0 + depth, x2 = x1 + depth, x3 = x2 + depth, x4 = x3 + depth;
  let a0 = i32x4.splat(0), b0 = a0;
  if (!sumsAlone) {
    const bias = c.bias + (<usize>output << 2);
    a0 = v128.load(bias), b0 = v128.load(bias, 16);
  }
  let a1 = a0, a2 = a0, a3 = a0, a4 = a0;
  let b1 = b0, b2 = b0, b3 = b0, b4 = b0;
  for (let k: usize = 0; k < depth; k += 8) {
    let wa = v128.load(w), wb = v128.load(w, 16);
    let v = v128.load32_splat(x0 + k);
    a0 = dot(wa, v, a0), b0 = dot(wb, v, b0);
    v = v128.load32_splat(x1 + k);
    a1 = dot(wa, v, a1), b1 = dot(wb, v, b1);
    v = v128.load32_splat(x2 + k);
    a2 = dot(wa, v, a2), b2 = dot(wb, v, b2);
    v = v128.load32_splat(x3 + k);
    a3 = dot(wa, v, a3), b3 = dot(wb, v, b3);
    v = v128.load32_splat(x4 + k);
    a4 = dot(wa, v, a4), b4 = dot(wb, v, b4);
    wa = v128.load(w, 32), wb = v128.load(w, 48);
    v = v128.load32_splat(x0 + k, 4);
    a0 = dot(wa, v, a0), b0 = dot(wb, v, b0);
    v = v128.load32_splat(x1 + k, 4);
    a1 = dot(wa, v, a1), b1 = dot(wb, v, b1);
    v = v128.load32_splat(x2 + k, 4);
    a2 = dot(wa, v, a2), b2 = dot(wb, v, b2);
    v = v128.load32_splat(x3 + k, 4);
    a3 = dot(wa, v, a3), b3 = dot(wb, v, b3);
    v = v128.load32_splat(x4 + k, 4);
    a4 = dot(wa, v, a4), b4 = dot(wb, v, b4);
    w += 64;
  }
  if (!sumsAlone) {
    finishTile(c, output, outputs, pixel, a0, b0, a1, b1, a2, b2, a3, b3, a4, b4);
    return;
  }
  v128.store(to, a0), v128.store(to, b0, 16);
  v128.store(to, a1, 32), v128.store(to, b1, 48);
  v128.store(to, a2, 64), v128.store(to, b2, 80);
  v128.store(to, a3, 96), v128.store(to, b3, 112);
  v128.store(to, a4, 128), v128.store(to, b4, 144);
}

// @ts-ignore: decorator
@inline
function dot(w: v128, x: v128, sums: v128): v128 {
  return i32x4.add(sums, i32x4.dot_i16x8_s(w, x));
}
