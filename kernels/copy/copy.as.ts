import { word } from "../record.as";
import { lookupRow, lookupScattered } from "./copy_table.as";
import { copyScattered, copyTransposed } from "./scatter.as";

/** Of an element. */
const BYTES = 0;
/** Address, or 0. */
const TABLE = 1;
const FROM = 2;
const TO = 3;
const AXES = 4;
/** The last axis's size and its steps; the axis before it, the outer ones follow. */
const SIZE = 5;
const FROM_STEP = 6;
const TO_STEP = 7;
const NEXT_AXIS = 3;
/** Shorter rows do not pay for a call out of the module. */
const LONG_ROW = 512;
/** Elements a side of a square that stays in the nearest cache while it is turned. */
const SQUARE = 32;

/** The record is in `op.ts`. */
export function copy(record: usize): void {
  const axes = word(record, AXES);
  if (axes > 0) copyAxis(record, axes - 1, <usize>word(record, FROM), <usize>word(record, TO));
}

/** All of an axis and of those inside it: the last two are a plane. */
function copyAxis(record: usize, axis: i32, from: usize, to: usize): void {
  if (axis == 1) return copyPlane(record, from, to);
  const words = record + <usize>(axis * NEXT_AXIS << 2);
  for (let left = word(words, SIZE); left > 0; left--) {
    copyAxis(record, axis - 1, from, to);
    from += <usize>word(words, FROM_STEP);
    to += <usize>word(words, TO_STEP);
  }
}

function copyPlane(record: usize, from: usize, to: usize): void {
  const bytes = word(record, BYTES);
  const isRows = word(record, FROM_STEP) == bytes && word(record, TO_STEP) == bytes;
  if (isRows) copyRows(record, from, to);
  else copySquares(record, from, to);
}

function copyRows(record: usize, from: usize, to: usize): void {
  const bytes = word(record, SIZE) * word(record, BYTES);
  const table = <usize>word(record, TABLE);
  for (let left = word(record, SIZE + NEXT_AXIS); left > 0; left--) {
    if (table) lookupRow(table, from, to, bytes);
    else if (bytes >= LONG_ROW) memory.copy(to, from, bytes);
    else copyRow(from, to, bytes);
    from += <usize>word(record, FROM_STEP + NEXT_AXIS);
    to += <usize>word(record, TO_STEP + NEXT_AXIS);
  }
}

function copyRow(from: usize, to: usize, bytes: i32): void {
  for (; bytes >= 16; bytes -= 16) {
    v128.store(to, v128.load(from));
    from += 16;
    to += 16;
  }
  for (; bytes >= 4; bytes -= 4) {
    store<i32>(to, load<i32>(from));
    from += 4;
    to += 4;
  }
  for (; bytes > 0; bytes--) {
    store<u8>(to++, load<u8>(from++));
  }
}

/** No sweep is dense on both sides: square by square, so that every line of cache is used up. */
function copySquares(record: usize, from: usize, to: usize): void {
  const rows = word(record, SIZE + NEXT_AXIS);
  const columns = word(record, SIZE);
  for (let row = 0; row < rows; row += SQUARE) {
    const height = min(rows - row, SQUARE);
    for (let column = 0; column < columns; column += SQUARE) {
      const source = from + row * word(record, FROM_STEP + NEXT_AXIS) +
        column * word(record, FROM_STEP);
      const target = to + row * word(record, TO_STEP + NEXT_AXIS) + column * word(record, TO_STEP);
      copySquare(record, source, target, height, min(columns - column, SQUARE));
    }
  }
}

function copySquare(record: usize, from: usize, to: usize, rows: i32, columns: i32): void {
  const fromRow = word(record, FROM_STEP + NEXT_AXIS);
  const toRow = word(record, TO_STEP + NEXT_AXIS);
  const fromColumn = word(record, FROM_STEP);
  const toColumn = word(record, TO_STEP);
  const table = <usize>word(record, TABLE);
  if (table) {
    return lookupScattered(table, from, to, rows, columns, fromRow, toRow, fromColumn, toColumn);
  }
  switch (word(record, BYTES)) {
    case 1: return copyScattered<u8>(from, to, rows, columns, fromRow, toRow, fromColumn, toColumn);
    case 2: return copyScattered<u16>(from, to, rows, columns, fromRow, toRow, fromColumn, toColumn);
  }
  if (fromRow == 4 && toColumn == 4) {
    return copyTransposed(from, to, rows, columns, toRow, fromColumn);
  }
  copyScattered<u32>(from, to, rows, columns, fromRow, toRow, fromColumn, toColumn);
}
