/** Sums to elements of the output, 8 channels a vector: residual, requantization, clamp; a table last. */
import { ConvRecord, TILE_OUTPUTS } from "./conv_record.as";

// What `c.finishing` holds: a tile's sums, 8 a pixel; then vectors that all tiles use.
// @ts-ignore: decorator
@inline
const ZERO: usize = 160;
// @ts-ignore: decorator
@inline
const LOW: usize = 176;
// @ts-ignore: decorator
@inline
const HIGH: usize = 192;

/** Before the first tile of a call. */
export function prepareFinishing(c: ConvRecord): void {
  v128.store(c.finishing, i16x8.splat(<i16>c.zero), ZERO);
  v128.store(c.finishing, i8x16.splat(<i8>c.low), LOW);
  v128.store(c.finishing, i8x16.splat(<i8>c.high), HIGH);
}

/** Five pixels from `pixel`; of each, `a` holds the sums of 4 outputs from `output` and `b` of the next 4. */
// @ts-ignore: decorator
@inline
export function finishTile(
  c: ConvRecord, output: i32, outputs: i32, pixel: i32,
  a0: v128, b0: v128, a1: v128, b1: v128, a2: v128, b2: v128, a3: v128, b3: v128, a4: v128, b4: v128,
): void {
  if (outputs < TILE_OUTPUTS || c.isWide) {
    const sums = c.finishing;
    v128.store(sums, a0), v128.store(sums, b0, 16);
    v128.store(sums, a1, 32), v128.store(sums, b1, 48);
    v128.store(sums, a2, 64), v128.store(sums, b2, 80);
    v128.store(sums, a3, 96), v128.store(sums, b3, 112);
    v128.store(sums, a4, 128), v128.store(sums, b4, 144);
    finishSums(c, sums, output, outputs, pixel, 5);
    return;
  }
  if (c.residual) {
    const step = <usize>c.residualStride;
    const first = residualPlace(c, output, pixel), factors = residualFactors(c, output);
    const fa = v128.load(factors), fb = v128.load(factors, 16);
    let r = v128.load_ext<u8>(first);
    a0 = addLow(a0, r, fa), b0 = addHigh(b0, r, fb);
    r = v128.load_ext<u8>(first + step);
    a1 = addLow(a1, r, fa), b1 = addHigh(b1, r, fb);
    r = v128.load_ext<u8>(first + 2 * step);
    a2 = addLow(a2, r, fa), b2 = addHigh(b2, r, fb);
    r = v128.load_ext<u8>(first + 3 * step);
    a3 = addLow(a3, r, fa), b3 = addHigh(b3, r, fb);
    r = v128.load_ext<u8>(first + 4 * step);
    a4 = addLow(a4, r, fa), b4 = addHigh(b4, r, fb);
  }
  const shift = c.shift;
  let v0 = narrow(a0, b0, shift), v1 = narrow(a1, b1, shift), v2 = narrow(a2, b2, shift);
  let v3 = narrow(a3, b3, shift), v4 = narrow(a4, b4, shift);
  if (c.slope) {
    const slope = v128.load(c.slope + (<usize>output << 1));
    v0 = leaky(v0, slope), v1 = leaky(v1, slope), v2 = leaky(v2, slope);
    v3 = leaky(v3, slope), v4 = leaky(v4, slope);
  }
  const multiplier = v128.load(c.multiplier + (<usize>output << 1));
  v0 = scale(v0, multiplier), v1 = scale(v1, multiplier), v2 = scale(v2, multiplier);
  v3 = scale(v3, multiplier), v4 = scale(v4, multiplier);
  const step = <usize>c.outputStride;
  const first = c.output + <usize>(pixel * c.outputStride + output);
  const zero = v128.load(c.finishing, ZERO);
  const low = v128.load(c.finishing, LOW), high = v128.load(c.finishing, HIGH);
  const q01 = activation(v0, v1, zero, low, high);
  const q23 = activation(v2, v3, zero, low, high);
  const q4 = activation(v4, v4, zero, low, high);
  v128.store_lane<i64>(first, q01, 0);
  v128.store_lane<i64>(first + step, q01, 1);
  v128.store_lane<i64>(first + 2 * step, q23, 0);
  v128.store_lane<i64>(first + 3 * step, q23, 1);
  v128.store_lane<i64>(first + 4 * step, q4, 0);
}

/** Of `count` pixels the 8 sums each that stand at `sums`; the first `outputs` of them count. */
export function finishSums(
  c: ConvRecord, sums: usize, output: i32, outputs: i32, pixel: i32, count: i32,
): void {
  const multiplier = v128.load(c.multiplier + (<usize>output << 1));
  const zero = v128.load(c.finishing, ZERO);
  const low = v128.load(c.finishing, LOW), high = v128.load(c.finishing, HIGH);
  let to = <usize>(pixel * c.outputStride + output);
  for (const end = pixel + count; pixel < end; pixel++) {
    let a = v128.load(sums), b = v128.load(sums, 16);
    if (c.residual) {
      const residual = v128.load_ext<u8>(residualPlace(c, output, pixel));
      const factors = residualFactors(c, output);
      a = addLow(a, residual, v128.load(factors)), b = addHigh(b, residual, v128.load(factors, 16));
    }
    let v = narrow(a, b, c.shift);
    if (c.slope) v = leaky(v, v128.load(c.slope + (<usize>output << 1)));
    v = scale(v, multiplier);
    if (c.isWide) storeFirst(c.output + (to << 1), v, outputs << 1);
    else storeFirst(c.output + to, activation(v, v, zero, low, high), outputs);
    sums += 32;
    to += c.outputStride;
  }
}

/** Replaces elements by their entries of the table. */
export function lookUp(c: ConvRecord, output: i32, outputs: i32, pixel: i32, count: i32): void {
  const table = c.table;
  let first = c.output + <usize>(pixel * c.outputStride + output);
  for (let i = 0; i < count; i++) {
    for (let place = first, end = first + outputs; place < end; place++) {
      store<u8>(place, load<u8>(table + <usize>load<u8>(place)));
    }
    first += c.outputStride;
  }
}

// @ts-ignore: decorator
@inline
function residualPlace(c: ConvRecord, output: i32, pixel: i32): usize {
  return c.residual + <usize>(pixel * c.residualStride + output);
}

// @ts-ignore: decorator
@inline
function residualFactors(c: ConvRecord, output: i32): usize {
  return c.residualMultiplier + (<usize>output << 2);
}

// @ts-ignore: decorator
@inline
function addLow(sums: v128, residual: v128, factors: v128): v128 {
  return i32x4.add(sums, i32x4.mul(i32x4.extend_low_i16x8_u(residual), factors));
}

// @ts-ignore: decorator
@inline
function addHigh(sums: v128, residual: v128, factors: v128): v128 {
  return i32x4.add(sums, i32x4.mul(i32x4.extend_high_i16x8_u(residual), factors));
}

// @ts-ignore: decorator
@inline
function narrow(a: v128, b: v128, shift: i32): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(a, shift), i32x4.shr_s(b, shift));
}

// @ts-ignore: decorator
@inline
function leaky(v: v128, slope: v128): v128 {
  return i16x8.max_s(v, scale(v, slope));
}

/** Of relaxed SIMD the result differs only where both are −32768: no multiplier or slope is below 0. */
// @ts-ignore: decorator
@inline
function scale(v: v128, multiplier: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD
    ? i16x8.relaxed_q15mulr_s(v, multiplier)
    : i16x8.q15mulr_sat_s(v, multiplier);
}

/** Two vectors' elements of an u7 output; 255 holds every `high`. */
// @ts-ignore: decorator
@inline
function activation(v: v128, w: v128, zero: v128, low: v128, high: v128): v128 {
  const q = i8x16.narrow_i16x8_u(i16x8.add_sat_s(v, zero), i16x8.add_sat_s(w, zero));
  return i8x16.min_u(i8x16.max_u(q, low), high);
}

/** The first `count` bytes, 1 to 16. */
function storeFirst(to: usize, v: v128, count: i32): void {
  if (count == 16) return v128.store(to, v);
  let rest = i64x2.extract_lane(v, 0);
  if (count & 8) {
    store<i64>(to, rest);
    to += 8;
    rest = i64x2.extract_lane(v, 1);
  }
  if (count & 4) {
    store<i32>(to, <i32>rest);
    to += 4;
    rest >>= 32;
  }
  if (count & 2) {
    store<i16>(to, <i16>rest);
    to += 2;
    rest >>= 16;
  }
  if (count & 1) store<i8>(to, <i8>rest);
}
