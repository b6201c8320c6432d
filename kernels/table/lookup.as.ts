/** Of each lane below 128 its entry of a table of 128 bytes; of the others 0. */
// @ts-ignore: decorator
@inline
export function lookup128(table: usize, v: v128): v128 {
  // A swizzle gives 0 for 16 and more, and what is less than a part's first index wraps round to that.
  const parts01 = v128.or(part(table, v, 0), part(table, v, 1));
  const parts23 = v128.or(part(table, v, 2), part(table, v, 3));
  const parts45 = v128.or(part(table, v, 4), part(table, v, 5));
  const parts67 = v128.or(part(table, v, 6), part(table, v, 7));
  return v128.or(v128.or(parts01, parts23), v128.or(parts45, parts67));
}

// @ts-ignore: decorator
@inline
function part(table: usize, v: v128, index: i32): v128 {
  return i8x16.swizzle(v128.load(table + (index << 4)), i8x16.sub(v, i8x16.splat(<i8>(index << 4))));
}
