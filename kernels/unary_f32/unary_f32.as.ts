import { activate, slopeOf, storeSome } from "../activation_f32/activation_f32.as";
import { word } from "../record.as";

/** The record is in `op.ts`. */
export function unary_f32(record: usize): void {
  let x = <usize>word(record, 0);
  let y = <usize>word(record, 2);
  for (let left = word(record, 4); left > 0; left--) {
    run(x, y, word(record, 5), record + 24);
    x += <usize>word(record, 1);
    y += <usize>word(record, 3);
  }
}

/** Where slopes matter a run is a pixel: its first element is channel 0. */
function run(x: usize, y: usize, length: i32, activation: usize): void {
  let slope = slopeOf(activation, 0);
  for (; length > 0; length -= 4) {
    storeSome(y, activate(v128.load(x), activation, slope), length);
    x += 16;
    y += 16;
    slope += 16;
  }
}
