/** Along an axis: the taps of a window that lie on pixels, its first one being at `start`. */

/** The first tap at or after position 0. */
// @ts-ignore: decorator
@inline
export function firstTap(start: i32, dilation: i32): i32 {
  return start >= 0 ? 0 : (dilation - 1 - start) / dilation;
}

/** One more than the last tap before `size`; not above `firstTap` where the window has no pixel. */
// @ts-ignore: decorator
@inline
export function endTap(start: i32, dilation: i32, size: i32, kernel: i32): i32 {
  return start >= size ? 0 : min(kernel, (size - start + dilation - 1) / dilation);
}
