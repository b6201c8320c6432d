import { canonical, exp, storeSome } from "../activation_f32/activation_f32.as";
import { word } from "../record.as";

/** The record is in `op.ts`. */
export function softmax_f32(record: usize): void {
  const channels = word(record, 3);
  let x = <usize>word(record, 0);
  let y = <usize>word(record, 6);
  for (let left = word(record, 1) * word(record, 2); left > 0; left--) {
    divide(y, powers(x, y, channels, maximum(x, channels)), channels);
    x += <usize>word(record, 4) << 2;
    y += <usize>word(record, 10) << 2;
  }
}

/** In every lane the greatest of `count` floats. */
function maximum(x: usize, count: i32): v128 {
  let most = f32x4.splat(-Infinity);
  for (; count >= 4; count -= 4) {
    most = f32x4.max(most, v128.load(x));
    x += 16;
  }
  for (; count > 0; count--) {
    most = f32x4.max(most, v128.load32_splat(x));
    x += 4;
  }
  most = f32x4.max(most, v128.shuffle<i32>(most, most, 2, 3, 0, 1));
  return f32x4.max(most, v128.shuffle<i32>(most, most, 1, 0, 3, 2));
}

/** Writes exp(x − most); returns in every lane their sum. */
function powers(x: usize, y: usize, count: i32, most: v128): v128 {
  let sum = f32x4.splat(0);
  for (; count > 0; count -= 4) {
    const power = exp(f32x4.sub(v128.load(x), most));
    storeSome(y, power, count);
    sum = f32x4.add(sum, v128.and(power, lanesBelow(count)));
    x += 16;
    y += 16;
  }
  sum = f32x4.add(sum, v128.shuffle<i32>(sum, sum, 1, 0, 3, 2));
  return f32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
}

function divide(y: usize, sum: v128, count: i32): void {
  for (; count > 0; count -= 4) {
    storeSome(y, canonical(f32x4.div(v128.load(y), sum)), count);
    y += 16;
  }
}

/** All bits of the lanes whose number is below `count`. Sums of powers are never −0: adding 0 is exact. */
// @ts-ignore: decorator
@inline
function lanesBelow(count: i32): v128 {
  return i32x4.gt_s(i32x4.splat(count), i32x4(0, 1, 2, 3));
}
