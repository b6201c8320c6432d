/**
 * 3×3 windows, one pixel apart, by Winograd's F(2×2, 3×3) (arXiv:1509.09308): 16 products for 4 outputs, not
 * 36. Values and weights are transformed to 16 × 16-bit integers, the weights times 4, so nothing is
 * rounded: values stay within ±508, weights within ±1143; all sums are exact modulo 2^32, and four times
 * the result fits into 32 bits up to 3698 channels. For processors without a dot product of bytes.
 */
import { ConvRecord, TILE_OUTPUTS } from "./conv_record.as";
import { lookUp } from "./finish.as";
import { finishWinograd } from "./winograd_finish.as";
import { wideSums } from "./wide_product.as";
import { transformValues, transformWeights } from "./winograd_transform.as";

export function winograd(c: ConvRecord): void {
  const across = (c.outputWidth + 1) >> 1;
  const tiles = across * ((c.outputHeight + 1) >> 1);
  memory.fill(c.winogradZeros, <u8>c.inputZero, roundUp8(c.inputsPerGroup));
  const isOneBlock = tiles <= c.winogradTiles;
  if (!isOneBlock) transformAllWeights(c);
  for (let first = 0; first < tiles; first += c.winogradTiles) {
    const count = min(c.winogradTiles, tiles - first);
    for (let i = 0; i < count; i++) {
      const tile = first + i;
      transformValues(c, tile / across * 2, tile % across * 2, i);
    }
    for (let output = 0; output < c.outputChannels; output += TILE_OUTPUTS) {
      // Of one block only, 8 outputs' weights are multiplied as soon as they are there, still in the cache.
      if (isOneBlock) transformWeights(c, c.weights + <usize>(output * c.depth), c.winogradWeights);
      const block = isOneBlock ? 0 : output / TILE_OUTPUTS;
      outputBlock(c, c.winogradWeights + <usize>block * weightBytes(c), output, first, count);
    }
  }
  if (c.table && !c.isWide) lookUp(c, 0, c.outputChannels, 0, c.outputWidth * c.outputHeight);
}

function transformAllWeights(c: ConvRecord): void {
  const blockBytes = weightBytes(c);
  let from = c.weights, to = c.winogradWeights;
  for (let output = 0; output < c.outputChannels; output += TILE_OUTPUTS) {
    transformWeights(c, from, to);
    from += <usize>(c.depth * TILE_OUTPUTS);
    to += blockBytes;
  }
}

/** 8 outputs from `output` of the tiles from `first` on, whose values have been transformed. */
function outputBlock(c: ConvRecord, weights: usize, output: i32, first: i32, count: i32): void {
  const depth = <usize>(roundUp8(c.inputsPerGroup) << 1);
  let values = c.winogradValues, products = c.winogradProducts;
  for (let place = 0; place < 16; place++) {
    wideSums(values, depth, weights, products, count);
    values += depth * c.winogradTiles;
    weights += depth * TILE_OUTPUTS;
    products += <usize>c.winogradTiles << 5;
  }
  const outputs = min(TILE_OUTPUTS, c.outputChannels - output);
  for (let i = 0; i < count; i++) finishWinograd(c, output, outputs, first + i, i);
}

/** Of the transformed weights of 8 outputs. */
function weightBytes(c: ConvRecord): usize {
  return <usize>(roundUp8(c.inputsPerGroup) * TILE_OUTPUTS * 32);
}

// @ts-ignore: decorator
@inline
function roundUp8(count: i32): i32 {
  return (count + 7) & ~7;
}
