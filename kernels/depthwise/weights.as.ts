/** Weights of a kernel column of four rows as the sums read them: packed bytes, or each an i16. */
export const TAP_BYTES: usize = ASC_FEATURE_RELAXED_SIMD ? 32 : 64;

/**
 * Packed weights in the form that this build reads. Relaxed: as they are. Plain: i16, a kernel column
 * [row][8 channels], written at `to`.
 */
export function expandWeights(packed: usize, to: usize, taps: i32): usize {
  if (ASC_FEATURE_RELAXED_SIMD) return packed;
  for (let tap = 0; tap < taps; tap++) {
    expandTap(packed + (<usize>tap << 5), to + (<usize>tap << 6));
  }
  return to;
}

function expandTap(packed: usize, to: usize): void {
  const low = v128.load(packed);
  const high = v128.load(packed, 16);
  const above = v128.shuffle<i8>(
    low, high, 0, 4, 8, 12, 16, 20, 24, 28, 1, 5, 9, 13, 17, 21, 25, 29,
  );
  const below = v128.shuffle<i8>(
    low, high, 2, 6, 10, 14, 18, 22, 26, 30, 3, 7, 11, 15, 19, 23, 27, 31,
  );
  v128.store(to, i16x8.extend_low_i8x16_s(above));
  v128.store(to, i16x8.extend_high_i8x16_s(above), 16);
  v128.store(to, i16x8.extend_low_i8x16_s(below), 32);
  v128.store(to, i16x8.extend_high_i8x16_s(below), 48);
}
