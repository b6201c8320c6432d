import { word } from "../record.as";
import {
  A, A_STEP, A_ZERO, B, B_IS_ONE, B_STEP, B_ZERO, BIAS, COUNT, finish, HIGH, loadB, LOW, OUTPUT,
  OUTPUT_STEP, OWN, ROWS, SHIFT, spreadOf, storeFirst, TABLE,
} from "../add/elementwise.as";

export function mul(record: usize): void {
  const rows = word(record, ROWS);
  let a = <usize>word(record, A);
  let b = <usize>word(record, B);
  let output = <usize>word(record, OUTPUT);
  for (let row = 0; row < rows; row++) {
    mulRow(record, a, b, output);
    a += word(record, A_STEP);
    b += word(record, B_STEP);
    output += word(record, OUTPUT_STEP);
  }
}

function mulRow(record: usize, a: usize, b: usize, output: usize): void {
  const count = word(record, COUNT);
  const isOne = word(record, B_IS_ONE);
  const spread = spreadOf(isOne);
  const aZero = i16x8.splat(<i16>word(record, A_ZERO));
  const bZero = i16x8.splat(<i16>word(record, B_ZERO));
  const multiplier = i16x8.splat(<i16>word(record, OWN));
  const bias = i32x4.splat(word(record, BIAS));
  const shift = word(record, SHIFT);
  const low = word(record, LOW);
  const high = word(record, HIGH);
  const table = <usize>word(record, TABLE);
  for (let i = 0; i < count; i += 16) {
    const va = v128.load(a + i);
    const vb = loadB(b, i, isOne, spread);
    // |127 · 127| fits 16 bits
    const first = i16x8.mul(
      i16x8.sub(i16x8.extend_low_i8x16_u(va), aZero),
      i16x8.sub(i16x8.extend_low_i8x16_u(vb), bZero),
    );
    const second = i16x8.mul(
      i16x8.sub(i16x8.extend_high_i8x16_u(va), aZero),
      i16x8.sub(i16x8.extend_high_i8x16_u(vb), bZero),
    );
    const q = finish(
      i32x4.extmul_low_i16x8_s(first, multiplier),
      i32x4.extmul_high_i16x8_s(first, multiplier),
      i32x4.extmul_low_i16x8_s(second, multiplier),
      i32x4.extmul_high_i16x8_s(second, multiplier),
      bias, shift, low, high, table,
    );
    storeFirst(output + i, q, count - i);
  }
}
