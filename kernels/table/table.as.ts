import { storeFirst } from "../add/elementwise.as";
import { word } from "../record.as";
import { lookup128 } from "./lookup.as";

/** Words: rows, count, input, its step, output, its step, table. */
export function table(record: usize): void {
  const rows = word(record, 0);
  const count = word(record, 1);
  let input = <usize>word(record, 2);
  let output = <usize>word(record, 4);
  const entries = <usize>word(record, 6);
  for (let row = 0; row < rows; row++) {
    tableRow(input, output, entries, count);
    input += word(record, 3);
    output += word(record, 5);
  }
}

function tableRow(input: usize, output: usize, entries: usize, count: i32): void {
  for (let i = 0; i < count; i += 16) {
    storeFirst(output + i, lookup128(entries, v128.load(input + i)), count - i);
  }
}
