/** Word `index` of an op's record. `records.ts` writes them. */
// @ts-ignore: decorator
@inline
export function word(record: usize, index: i32): i32 {
  return load<i32>(record + (<usize>index << 2));
}

/** The same as a float. */
// @ts-ignore: decorator
@inline
export function floatWord(record: usize, index: i32): f32 {
  return load<f32>(record + (<usize>index << 2));
}
