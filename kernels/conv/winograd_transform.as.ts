/** What goes into the products of `winograd.as.ts`: values and weights at 16 places. */
import { ConvRecord } from "./conv_record.as";
import { pairs } from "./widen.as";

/** The 4×4 input pixels under 2×2 outputs from `row`, `column`, as tile `slot`. */
export function transformValues(c: ConvRecord, row: i32, column: i32, slot: i32): void {
  const y = row - c.paddingAbove, x = column - c.paddingLeft;
  const p00 = pixelAt(c, y, x), p01 = pixelAt(c, y, x + 1);
  const p02 = pixelAt(c, y, x + 2), p03 = pixelAt(c, y, x + 3);
  const p10 = pixelAt(c, y + 1, x), p11 = pixelAt(c, y + 1, x + 1);
  const p12 = pixelAt(c, y + 1, x + 2), p13 = pixelAt(c, y + 1, x + 3);
  const p20 = pixelAt(c, y + 2, x), p21 = pixelAt(c, y + 2, x + 1);
  const p22 = pixelAt(c, y + 2, x + 2), p23 = pixelAt(c, y + 2, x + 3);
  const p30 = pixelAt(c, y + 3, x), p31 = pixelAt(c, y + 3, x + 1);
  const p32 = pixelAt(c, y + 3, x + 2), p33 = pixelAt(c, y + 3, x + 3);
  const depth = <usize>(((c.inputsPerGroup + 7) & ~7) << 1);
  const place = depth * c.winogradTiles;
  let to = c.winogradValues + depth * slot;
  for (let i: usize = 0; i < <usize>c.inputsPerGroup; i += 8) {
    let d0 = values(p00 + i), d1 = values(p10 + i), d2 = values(p20 + i), d3 = values(p30 + i);
    const a0 = i16x8.sub(d0, d2), a1 = i16x8.add(d1, d2), a2 = i16x8.sub(d2, d1), a3 = i16x8.sub(d1, d3);
    d0 = values(p01 + i), d1 = values(p11 + i), d2 = values(p21 + i), d3 = values(p31 + i);
    const b0 = i16x8.sub(d0, d2), b1 = i16x8.add(d1, d2), b2 = i16x8.sub(d2, d1), b3 = i16x8.sub(d1, d3);
    d0 = values(p02 + i), d1 = values(p12 + i), d2 = values(p22 + i), d3 = values(p32 + i);
    const c0 = i16x8.sub(d0, d2), c1 = i16x8.add(d1, d2), c2 = i16x8.sub(d2, d1), c3 = i16x8.sub(d1, d3);
    d0 = values(p03 + i), d1 = values(p13 + i), d2 = values(p23 + i), d3 = values(p33 + i);
    const e0 = i16x8.sub(d0, d2), e1 = i16x8.add(d1, d2), e2 = i16x8.sub(d2, d1), e3 = i16x8.sub(d1, d3);
    storeValues(to, place, a0, b0, c0, e0);
    storeValues(to + 4 * place, place, a1, b1, c1, e1);
    storeValues(to + 8 * place, place, a2, b2, c2, e2);
    storeValues(to + 12 * place, place, a3, b3, c3, e3);
    to += 16;
  }
}

// @ts-ignore: decorator
@inline
function pixelAt(c: ConvRecord, y: i32, x: i32): usize {
  const exists = <u32>y < <u32>c.inputHeight && <u32>x < <u32>c.inputWidth;
  return exists ? c.input + <usize>((y * c.inputWidth + x) * c.inputStride) : c.winogradZeros;
}

// @ts-ignore: decorator
@inline
function values(at: usize): v128 {
  return v128.load_ext<u8>(at);
}

/** A row of four places. */
// @ts-ignore: decorator
@inline
function storeValues(to: usize, place: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(to, i16x8.sub(a, c));
  v128.store(to + place, i16x8.add(b, c));
  v128.store(to + 2 * place, i16x8.sub(c, b));
  v128.store(to + 3 * place, i16x8.sub(b, d));
}

/** The 3×3 weights of 8 outputs, as `packConv` has them, to 16 places of 2 inputs of 8 outputs at a time. */
export function transformWeights(c: ConvRecord, from: usize, to: usize): void {
  const inputs = (c.inputsPerGroup + 7) & ~7;
  const quads = (c.inputsPerGroup + 3) >> 2;
  const place = <usize>(inputs << 4);
  // Inputs that there are not: whatever stands in the values counts as nothing.
  if (inputs > quads << 2) memory.fill(to, 0, place << 4);
  for (let quad = 0; quad < quads; quad++) {
    transformQuad(from, <usize>quads << 5, to, place);
    transformQuad(from + 16, <usize>quads << 5, to + 16, place);
    from += 32;
    to += 64;
  }
}

/** 4 inputs of 4 outputs. */
function transformQuad(from: usize, tap: usize, to: usize, place: usize): void {
  const row1 = from + 3 * tap, row2 = row1 + 3 * tap;
  const g00 = pairs(from), g01 = pairs(from + tap), g02 = pairs(from + 2 * tap);
  const g10 = pairs(row1), g11 = pairs(row1 + tap), g12 = pairs(row1 + 2 * tap);
  const g20 = pairs(row2), g21 = pairs(row2 + tap), g22 = pairs(row2 + 2 * tap);
  transformPair(
    to, place,
    i16x8.extend_low_i8x16_s(g00), i16x8.extend_low_i8x16_s(g01), i16x8.extend_low_i8x16_s(g02),
    i16x8.extend_low_i8x16_s(g10), i16x8.extend_low_i8x16_s(g11), i16x8.extend_low_i8x16_s(g12),
    i16x8.extend_low_i8x16_s(g20), i16x8.extend_low_i8x16_s(g21), i16x8.extend_low_i8x16_s(g22),
  );
  transformPair(
    to + 32, place,
    i16x8.extend_high_i8x16_s(g00), i16x8.extend_high_i8x16_s(g01), i16x8.extend_high_i8x16_s(g02),
    i16x8.extend_high_i8x16_s(g10), i16x8.extend_high_i8x16_s(g11), i16x8.extend_high_i8x16_s(g12),
    i16x8.extend_high_i8x16_s(g20), i16x8.extend_high_i8x16_s(g21), i16x8.extend_high_i8x16_s(g22),
  );
}

// @ts-ignore: decorator
@inline
function transformPair(
  to: usize, place: usize,
  g00: v128, g01: v128, g02: v128, g10: v128, g11: v128, g12: v128, g20: v128, g21: v128, g22: v128,
): void {
  storeWeights(to, place, i16x8.add(g00, g00), i16x8.add(g01, g01), i16x8.add(g02, g02));
  const s0 = i16x8.add(g00, g20), s1 = i16x8.add(g01, g21), s2 = i16x8.add(g02, g22);
  storeWeights(to + 4 * place, place, i16x8.add(s0, g10), i16x8.add(s1, g11), i16x8.add(s2, g12));
  storeWeights(to + 8 * place, place, i16x8.sub(s0, g10), i16x8.sub(s1, g11), i16x8.sub(s2, g12));
  storeWeights(to + 12 * place, place, i16x8.add(g20, g20), i16x8.add(g21, g21), i16x8.add(g22, g22));
}

/** A row of four places. */
// @ts-ignore: decorator
@inline
function storeWeights(to: usize, place: usize, a: v128, b: v128, c: v128): void {
  const s = i16x8.add(a, c);
  v128.store(to, i16x8.add(a, a));
  v128.store(to + place, i16x8.add(s, b));
  v128.store(to + 2 * place, i16x8.sub(s, b));
  v128.store(to + 3 * place, i16x8.add(c, c));
}
