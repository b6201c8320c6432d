import { ConvRecord } from "./conv_record.as";
import { finishSums } from "./finish.as";

/** A tile's sums at 16 places to 2×2 pixels of up to 8 outputs: of the output's edge only what exists. */
export function finishWinograd(c: ConvRecord, output: i32, outputs: i32, tile: i32, slot: i32): void {
  const bias = c.bias + (<usize>output << 2);
  const products = c.winogradProducts + (<usize>slot << 5);
  sumPixels(products, <usize>c.winogradTiles << 5, v128.load(bias), c.finishing);
  sumPixels(products + 16, <usize>c.winogradTiles << 5, v128.load(bias, 16), c.finishing + 16);
  const across = (c.outputWidth + 1) >> 1;
  const row = tile / across << 1, column = tile % across << 1;
  const columns = min(2, c.outputWidth - column);
  const pixel = row * c.outputWidth + column;
  finishSums(c, c.finishing, output, outputs, pixel, columns);
  if (row + 1 < c.outputHeight) {
    finishSums(c, c.finishing + 64, output, outputs, pixel + c.outputWidth, columns);
  }
}

/** Four outputs of four pixels, 32 bytes apart. */
function sumPixels(products: usize, place: usize, bias: v128, to: usize): void {
  const rowStep = place << 2;
  const row1 = products + rowStep, row2 = row1 + rowStep, row3 = row2 + rowStep;
  const a0 = left(products, place), b0 = right(products, place);
  const a1 = left(row1, place), b1 = right(row1, place);
  const a2 = left(row2, place), b2 = right(row2, place);
  const a3 = left(row3, place), b3 = right(row3, place);
  storeSums(to, bias, i32x4.add(i32x4.add(a0, a1), a2));
  storeSums(to + 32, bias, i32x4.add(i32x4.add(b0, b1), b2));
  storeSums(to + 64, bias, i32x4.sub(i32x4.sub(a1, a2), a3));
  storeSums(to + 96, bias, i32x4.sub(i32x4.sub(b1, b2), b3));
}

// @ts-ignore: decorator
@inline
function left(row: usize, place: usize): v128 {
  return i32x4.add(i32x4.add(v128.load(row), v128.load(row + place)), v128.load(row + 2 * place));
}

// @ts-ignore: decorator
@inline
function right(row: usize, place: usize): v128 {
  const b = v128.load(row + place);
  return i32x4.sub(i32x4.sub(b, v128.load(row + 2 * place)), v128.load(row + 3 * place));
}

/** The weights were times four. */
// @ts-ignore: decorator
@inline
function storeSums(to: usize, bias: v128, sums: v128): void {
  v128.store(to, i32x4.add(bias, i32x4.shr_s(sums, 2)));
}
