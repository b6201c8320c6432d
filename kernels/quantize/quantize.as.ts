import { word } from "../record.as";

/** Beyond any step that is not clamped away: adding a zero point to it cannot overflow. */
const FAR: f32 = 1024;

/** The record is in `op.ts`. */
export function quantize(record: usize): void {
  let x = <usize>word(record, 0);
  let y = <usize>word(record, 2);
  for (let left = word(record, 4); left > 0; left--) {
    run(record, x, y, word(record, 5));
    x += <usize>word(record, 1);
    y += <usize>word(record, 3);
  }
}

function run(record: usize, x: usize, y: usize, length: i32): void {
  const zero = i32x4.splat(word(record, 6));
  const scale = v128.load32_splat(record, 28);
  for (; length >= 16; length -= 16) {
    const low = i16x8.narrow_i32x4_s(
      stepsOf(v128.load(x), scale, zero),
      stepsOf(v128.load(x, 16), scale, zero),
    );
    const high = i16x8.narrow_i32x4_s(
      stepsOf(v128.load(x, 32), scale, zero),
      stepsOf(v128.load(x, 48), scale, zero),
    );
    v128.store(y, i8x16.min_u(i8x16.narrow_i16x8_u(low, high), i8x16.splat(127)));
    x += 64;
    y += 16;
  }
  for (; length > 0; length--) {
    const q = i32x4.extract_lane(stepsOf(v128.load32_splat(x), scale, zero), 0);
    store<u8>(y, <u8>max(min(q, 127), 0));
    x += 4;
    y += 1;
  }
}

/** Not clamped yet. Truncating turns not-a-number into 0. */
// @ts-ignore: decorator
@inline
function stepsOf(x: v128, scale: v128, zero: v128): v128 {
  const steps = f32x4.nearest(f32x4.mul(x, scale));
  const near = f32x4.max(f32x4.min(steps, f32x4.splat(FAR)), f32x4.splat(-FAR));
  return i32x4.add(i32x4.trunc_sat_f32x4_s(near), zero);
}
