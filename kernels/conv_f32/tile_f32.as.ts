/**
 * Adds x · w of `inputs` channels, in order, to the sums of 4 pixels × 8 outputs. Steps are bytes from one
 * pixel to the next. All 8 sums stay in registers; a weight is loaded once for 4 pixels.
 */
export function sumTile(
  sums: usize,
  sumStep: usize,
  x: usize,
  xStep: usize,
  weights: usize,
  inputs: i32,
): void {
  const sums1 = sums + sumStep;
  const sums2 = sums1 + sumStep;
  const sums3 = sums2 + sumStep;
  let x1 = x + xStep;
  let x2 = x1 + xStep;
  let x3 = x2 + xStep;
  let low0 = v128.load(sums);
  let high0 = v128.load(sums, 16);
  let low1 = v128.load(sums1);
  let high1 = v128.load(sums1, 16);
  let low2 = v128.load(sums2);
  let high2 = v128.load(sums2, 16);
  let low3 = v128.load(sums3);
  let high3 = v128.load(sums3, 16);
  for (; inputs > 0; inputs--) {
    const low = v128.load(weights);
    const high = v128.load(weights, 16);
    const value0 = v128.load32_splat(x);
    const value1 = v128.load32_splat(x1);
    const value2 = v128.load32_splat(x2);
    const value3 = v128.load32_splat(x3);
    low0 = f32x4.add(low0, f32x4.mul(value0, low));
    high0 = f32x4.add(high0, f32x4.mul(value0, high));
    low1 = f32x4.add(low1, f32x4.mul(value1, low));
    high1 = f32x4.add(high1, f32x4.mul(value1, high));
    low2 = f32x4.add(low2, f32x4.mul(value2, low));
    high2 = f32x4.add(high2, f32x4.mul(value2, high));
    low3 = f32x4.add(low3, f32x4.mul(value3, low));
    high3 = f32x4.add(high3, f32x4.mul(value3, high));
    x += 4;
    x1 += 4;
    x2 += 4;
    x3 += 4;
    weights += 32;
  }
  v128.store(sums, low0);
  v128.store(sums, high0, 16);
  v128.store(sums1, low1);
  v128.store(sums1, high1, 16);
  v128.store(sums2, low2);
  v128.store(sums2, high2, 16);
  v128.store(sums3, low3);
  v128.store(sums3, high3, 16);
}

/** The same for one pixel. */
export function sumPixel(sums: usize, x: usize, weights: usize, inputs: i32): void {
  let low = v128.load(sums);
  let high = v128.load(sums, 16);
  for (; inputs > 0; inputs--) {
    const value = v128.load32_splat(x);
    low = f32x4.add(low, f32x4.mul(value, v128.load(weights)));
    high = f32x4.add(high, f32x4.mul(value, v128.load(weights, 16)));
    x += 4;
    weights += 32;
  }
  v128.store(sums, low);
  v128.store(sums, high, 16);
}
