import { lookup128 } from "../table/lookup.as";

/** Words of a record of `elementwise.ts`. Addresses and steps in bytes; an op's own words follow. */
export const ROWS: i32 = 0;
export const COUNT: i32 = 1;
export const A: i32 = 2;
export const A_STEP: i32 = 3;
export const B: i32 = 4;
export const B_STEP: i32 = 5;
/** 1 where one value of b meets a whole row of a. */
export const B_IS_ONE: i32 = 6;
export const OUTPUT: i32 = 7;
export const OUTPUT_STEP: i32 = 8;
export const BIAS: i32 = 9;
export const SHIFT: i32 = 10;
export const LOW: i32 = 11;
export const HIGH: i32 = 12;
export const TABLE: i32 = 13;
export const A_ZERO: i32 = 14;
export const B_ZERO: i32 = 15;
export const OWN: i32 = 16;

/** Lanes of b that meet 16 values of a: one each, or the first for all. */
// @ts-ignore: decorator
@inline
export function spreadOf(isOne: i32): v128 {
  const each = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return v128.and(each, i8x16.splat(<i8>(isOne - 1)));
}

/** 16 values of b from `place` of its row; of a row of one, that one 16 times. */
// @ts-ignore: decorator
@inline
export function loadB(b: usize, place: i32, isOne: i32, spread: v128): v128 {
  return i8x16.swizzle(v128.load(b + (place & (isOne - 1))), spread);
}

/** clamp((p + bias) >> shift, low, high) of 16 sums. The narrowing saturates to 0..255, which holds the clamp. */
// @ts-ignore: decorator
@inline
export function finish(
  p0: v128, p1: v128, p2: v128, p3: v128,
  bias: v128, shift: i32, low: i32, high: i32, table: usize,
): v128 {
  const first = i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(p0, bias), shift),
    i32x4.shr_s(i32x4.add(p1, bias), shift),
  );
  const second = i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(p2, bias), shift),
    i32x4.shr_s(i32x4.add(p3, bias), shift),
  );
  const atLeast = i8x16.max_u(i8x16.narrow_i16x8_u(first, second), i8x16.splat(<i8>low));
  const q = i8x16.min_u(atLeast, i8x16.splat(<i8>high));
  if (!table) return q;
  const entry = lookup128(table, q);
  return high < 128 ? entry : v128.or(entry, lookup128(table + 128, i8x16.sub(q, i8x16.splat(-128))));
}

/** The first `count` bytes, at most 16. */
// @ts-ignore: decorator
@inline
export function storeFirst(address: usize, v: v128, count: i32): void {
  if (count >= 16) v128.store(address, v);
  else storePart(address, v, count);
}

function storePart(address: usize, v: v128, count: i32): void {
  if (count & 8) {
    v128.store64_lane(address, v, 0);
    address += 8;
    v = i64x2.splat(i64x2.extract_lane(v, 1));
  }
  if (count & 4) {
    v128.store32_lane(address, v, 0);
    address += 4;
    v = i64x2.shr_u(v, 32);
  }
  if (count & 2) {
    v128.store16_lane(address, v, 0);
    address += 2;
    v = i64x2.shr_u(v, 16);
  }
  if (count & 1) v128.store8_lane(address, v, 0);
}
