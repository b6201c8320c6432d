/**
 * Multiply-adds in registers only: what no kernel can exceed by multiplying. 12 sums hide the instructions'
 * latency.
 */
export const MACS_A_STEP: i32 = 12 * (ASC_FEATURE_RELAXED_SIMD ? 16 : 8);

/** One instruction where processor and V8 have it. `seed` 1..127. */
export function spinFused(steps: i32, seed: i32): i32 {
  return spin<Fused>(steps, seed);
}

/** Better where they have not. */
export function spinPairs(steps: i32, seed: i32): i32 {
  return spin<Pairs>(steps, seed);
}

class Fused {}
class Pairs {}

/** The seed is not a constant on purpose: V8 would make such a vector anew at every use. */
// @ts-ignore: decorator
@inline
function spin<T>(steps: i32, seed: i32): i32 {
  const w = i8x16.splat(<i8>seed);
  let a = w, b = w, c = w, d = w, e = w, f = w, g = w, h = w, i = w, j = w, k = w, l = w;
  for (let step = 0; step < steps; step++) {
    a = dot<T>(w, a);
    b = dot<T>(w, b);
    c = dot<T>(w, c);
    d = dot<T>(w, d);
    e = dot<T>(w, e);
    f = dot<T>(w, f);
    g = dot<T>(w, g);
    h = dot<T>(w, h);
    i = dot<T>(w, i);
    j = dot<T>(w, j);
    k = dot<T>(w, k);
    l = dot<T>(w, l);
  }
  const ad = v128.xor(v128.xor(a, b), v128.xor(c, d));
  const eh = v128.xor(v128.xor(e, f), v128.xor(g, h));
  const il = v128.xor(v128.xor(i, j), v128.xor(k, l));
  return i32x4.extract_lane(v128.xor(v128.xor(ad, eh), il), 0);
}

// @ts-ignore: decorator
@inline
function dot<T>(w: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    if (idof<T>() == idof<Fused>()) return i32x4.relaxed_dot_i8x16_i7x16_add_s(w, w, sum);
    // the sum is an operand too, or the compiler would take the product out of the loop
    const products = i16x8.relaxed_dot_i8x16_i7x16_s(sum, w);
    return i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(products));
  }
  return i32x4.add(sum, i32x4.dot_i16x8_s(w, sum));
}
