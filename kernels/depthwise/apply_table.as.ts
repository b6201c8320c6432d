import { storeFirst } from "../add/elementwise.as";
import { word } from "../record.as";
import { lookup128 } from "../table/lookup.as";
import { CHANNELS, HIGH, OUTPUT_STRIDE, OUTPUT_WIDTH, TABLE } from "./record_words.as";

/** Each value of a row of outputs to its entry; pixels that lie side by side are one run. */
export function applyTable(record: usize, output: usize): void {
  const channels = word(record, CHANNELS);
  const width = word(record, OUTPUT_WIDTH);
  const stride = word(record, OUTPUT_STRIDE);
  const table = <usize>word(record, TABLE);
  const isWide = word(record, HIGH) >= 128;
  if (stride == channels) return applyRun(table, isWide, output, width * channels);
  for (let column = 0; column < width; column++) {
    applyRun(table, isWide, output, channels);
    output += <usize>stride;
  }
}

function applyRun(table: usize, isWide: bool, place: usize, count: i32): void {
  for (; count > 0; count -= 16) {
    const value = v128.load(place);
    let entry = lookup128(table, value);
    if (isWide) entry = v128.or(entry, lookup128(table + 128, i8x16.sub(value, i8x16.splat(-128))));
    storeFirst(place, entry, count);
    place += 16;
  }
}
