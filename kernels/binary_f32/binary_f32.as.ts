import { activate, slopeOf, storeSome } from "../activation_f32/activation_f32.as";
import { word } from "../record.as";

// The words of the record that `op.ts` writes; steps are bytes from a run to the next.
const A = 0;
const A_STEP = 1;
const B = 2;
const B_STEP = 3;
const OUTPUT = 4;
const OUTPUT_STEP = 5;
const COUNT = 6;
const LENGTH = 7;
const KIND = 8;
/** Of b, for a whole run. */
const IS_ONE_VALUE = 9;
/** Bytes to the activation's words. */
const ACTIVATION_AT = 10 << 2;

export function binary_f32(record: usize): void {
  let a = <usize>word(record, A);
  let b = <usize>word(record, B);
  let y = <usize>word(record, OUTPUT);
  for (let left = word(record, COUNT); left > 0; left--) {
    if (word(record, IS_ONE_VALUE)) runOfOne(record, a, b, y);
    else run(record, a, b, y);
    a += <usize>word(record, A_STEP);
    b += <usize>word(record, B_STEP);
    y += <usize>word(record, OUTPUT_STEP);
  }
}

function run(record: usize, a: usize, b: usize, y: usize): void {
  const kind = word(record, KIND);
  let slope = slopeOf(record + ACTIVATION_AT, 0);
  for (let length = word(record, LENGTH); length > 0; length -= 4) {
    const value = operate(kind, v128.load(a), v128.load(b));
    storeSome(y, activate(value, record + ACTIVATION_AT, slope), length);
    a += 16;
    b += 16;
    y += 16;
    slope += 16;
  }
}

/** With one value of b for all. */
function runOfOne(record: usize, a: usize, b: usize, y: usize): void {
  const kind = word(record, KIND);
  const right = v128.load32_splat(b);
  let slope = slopeOf(record + ACTIVATION_AT, 0);
  for (let length = word(record, LENGTH); length > 0; length -= 4) {
    const value = operate(kind, v128.load(a), right);
    storeSome(y, activate(value, record + ACTIVATION_AT, slope), length);
    a += 16;
    y += 16;
    slope += 16;
  }
}

// @ts-ignore: decorator
@inline
function operate(kind: i32, a: v128, b: v128): v128 {
  switch (kind) {
    case 0: return f32x4.add(a, b);
    case 1: return f32x4.sub(a, b);
    case 2: return f32x4.mul(a, b);
    case 3: return f32x4.div(a, b);
    case 4: return f32x4.max(a, b);
  }
  return f32x4.min(a, b);
}
