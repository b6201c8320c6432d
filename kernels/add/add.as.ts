import { word } from "../record.as";
import {
  A, A_STEP, B, B_IS_ONE, B_STEP, BIAS, COUNT, finish, HIGH, loadB, LOW, OUTPUT, OUTPUT_STEP, OWN, ROWS,
  SHIFT, spreadOf, storeFirst, TABLE,
} from "./elementwise.as";

export function add(record: usize): void {
  const rows = word(record, ROWS);
  let a = <usize>word(record, A);
  let b = <usize>word(record, B);
  let output = <usize>word(record, OUTPUT);
  for (let row = 0; row < rows; row++) {
    addRow(record, a, b, output);
    a += word(record, A_STEP);
    b += word(record, B_STEP);
    output += word(record, OUTPUT_STEP);
  }
}

function addRow(record: usize, a: usize, b: usize, output: usize): void {
  const count = word(record, COUNT);
  const isOne = word(record, B_IS_ONE);
  const spread = spreadOf(isOne);
  const multipliers = i32x4.splat(word(record, OWN) & 0xffff | word(record, OWN + 1) << 16);
  const bias = i32x4.splat(word(record, BIAS));
  const shift = word(record, SHIFT);
  const low = word(record, LOW);
  const high = word(record, HIGH);
  const table = <usize>word(record, TABLE);
  for (let i = 0; i < count; i += 16) {
    const va = v128.load(a + i);
    const vb = loadB(b, i, isOne, spread);
    const first = i8x16.shuffle(va, vb, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const second = i8x16.shuffle(
      va, vb, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31,
    );
    const q = finish(
      i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(first), multipliers),
      i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(first), multipliers),
      i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(second), multipliers),
      i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(second), multipliers),
      bias, shift, low, high, table,
    );
    storeFirst(output + i, q, count - i);
  }
}
