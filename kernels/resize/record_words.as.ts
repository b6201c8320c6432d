/** Words of a record and entries of a table, as `op.ts` has them. */

export const INPUT = 0;
export const INPUT_WIDTH = 2;
export const INPUT_STRIDE = 4;
export const OUTPUT = 6;
export const OUTPUT_HEIGHT = 7;
export const OUTPUT_WIDTH = 8;
export const CHANNELS = 9;
export const OUTPUT_STRIDE = 10;
export const ROWS = 12;
export const COLUMNS = 13;
export const IS_F32 = 14;
export const SCRATCH = 15;

const ENTRY_BYTES = 6;

// @ts-ignore: decorator
@inline
export function firstOf(table: i32, place: i32): i32 {
  return <i32>load<i16>(<usize>(table + place * ENTRY_BYTES));
}

// @ts-ignore: decorator
@inline
export function secondOf(table: i32, place: i32): i32 {
  return <i32>load<i16>(<usize>(table + place * ENTRY_BYTES), 2);
}

/** 0..128, of the second. */
// @ts-ignore: decorator
@inline
export function shareOf(table: i32, place: i32): i32 {
  return <i32>load<i16>(<usize>(table + place * ENTRY_BYTES), 4);
}
