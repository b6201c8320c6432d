import { storeFirst } from "../add/elementwise.as";
import { firstOf } from "./record_words.as";

/** To each pixel of a row the input pixel that the table names. Steps and pixels in bytes. */
export function copyRow(
  input: usize, inputStep: i32, output: usize, outputStep: i32,
  columns: i32, width: i32, bytes: i32,
): void {
  for (let column = 0; column < width; column++) {
    copyPixel(input + <usize>(firstOf(columns, column) * inputStep), output, bytes);
    output += <usize>outputStep;
  }
}

function copyPixel(from: usize, to: usize, bytes: i32): void {
  for (; bytes >= 16; bytes -= 16) {
    v128.store(to, v128.load(from));
    from += 16;
    to += 16;
  }
  if (bytes) storeFirst(to, v128.load(from), bytes);
}
