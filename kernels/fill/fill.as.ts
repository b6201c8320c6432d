import { word } from "../record.as";

/** The record is in `op.ts`. */
export function fill(record: usize): void {
  let y = <usize>word(record, 0);
  for (let left = word(record, 2); left > 0; left--) {
    run(y, word(record, 3), word(record, 4));
    y += <usize>word(record, 1);
  }
}

/** The pattern repeats every 4 bytes from `y` on; whole elements are written, so its parts never split. */
function run(y: usize, bytes: i32, pattern: i32): void {
  const value = i32x4.splat(pattern);
  for (; bytes >= 16; bytes -= 16) {
    v128.store(y, value);
    y += 16;
  }
  for (; bytes >= 4; bytes -= 4) {
    store<i32>(y, pattern);
    y += 4;
  }
  if (bytes & 2) {
    store<i16>(y, <i16>pattern);
    y += 2;
  }
  if (bytes & 1) store<u8>(y, <u8>pattern);
}
