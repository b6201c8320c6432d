/**
 * Convolution as a product of matrices: the windows of some output pixels, one after the other in a panel
 * that stays in the L1 cache, by all weights, which stream past it, 5 pixels × 8 outputs a tile.
 */
import { ConvRecord, TILE_OUTPUTS, TILE_PIXELS } from "./conv_record.as";
import { finishSums, lookUp, prepareFinishing } from "./finish.as";
import { fillPanel, VALUE_BYTES } from "./panel.as";
import { plainSums, widenWeights } from "./widen.as";
import { multipliesAtOnce, relaxedStrip, relaxedSums } from "./relaxed_strip.as";
import { wideStrip } from "./wide_product.as";
import { winograd } from "./winograd.as";

export function conv(record: usize): void {
  const c = changetype<ConvRecord>(record);
  const pixels = c.outputHeight * c.outputWidth;
  const panel = ASC_FEATURE_RELAXED_SIMD ? c.relaxedPixels : c.plainPixels;
  prepareFinishing(c);
  if (isBestByWinograd(c)) return winograd(c);
  for (let group = 0; group < c.groups; group++) {
    for (let pixel = 0; pixel < pixels;) {
      const rest = pixels - pixel;
      // Less than a tile is never left over, but where there is no more.
      const count = rest < panel + TILE_PIXELS ? rest : panel;
      convPanel(c, group, pixel, count);
      pixel += count;
    }
  }
}

function isBestByWinograd(c: ConvRecord): bool {
  if (!c.winogradTiles) return false;
  if (ASC_FEATURE_RELAXED_SIMD) return !multipliesAtOnce(c);
  return true;
}

/** All outputs of a group at `count` pixels from `pixel`. */
function convPanel(c: ConvRecord, group: i32, pixel: i32, count: i32): void {
  let x = c.panel;
  let step = <usize>(c.depth * VALUE_BYTES);
  if (ASC_FEATURE_RELAXED_SIMD && c.isPointwise) {
    x = c.input + <usize>(pixel * c.inputStride + group * c.inputsPerGroup);
    step = <usize>c.inputStride;
  } else {
    fillPanel(c, group, pixel, count);
  }
  let weights = c.weights + <usize>(group * c.groupBytes);
  const first = group * c.outputsPerGroup;
  for (let output = 0; output < c.outputsPerGroup; output += TILE_OUTPUTS) {
    const outputs = min(TILE_OUTPUTS, c.outputsPerGroup - output);
    convStrip(c, x, step, weights, first + output, outputs, pixel, count);
    weights += <usize>(c.depth * TILE_OUTPUTS);
  }
}

/** Up to 8 outputs at `count` pixels, whose windows stand `step` bytes apart from `x` on. */
function convStrip(
  c: ConvRecord, x: usize, step: usize, weights: usize,
  output: i32, outputs: i32, pixel: i32, count: i32,
): void {
  if (count < TILE_PIXELS) {
    fewPixels(c, x, step, weights, output, outputs, pixel, count);
  } else if (ASC_FEATURE_RELAXED_SIMD) {
    relaxedStrip(c, x, step, weights, output, outputs, pixel, count);
  } else {
    widenWeights(weights, <usize>c.depth, c.wideWeights);
    wideStrip(c, x, step, c.wideWeights, output, outputs, pixel, count);
  }
  if (c.table && !c.isWide) lookUp(c, output, outputs, pixel, count);
}

function fewPixels(
  c: ConvRecord, x: usize, step: usize, weights: usize,
  output: i32, outputs: i32, pixel: i32, count: i32,
): void {
  for (let i = 0; i < count; i++) {
    if (ASC_FEATURE_RELAXED_SIMD) relaxedSums(c, x, weights, output);
    else plainSums(c, x, weights, output);
    finishSums(c, c.finishing, output, outputs, pixel + i, 1);
    x += step;
  }
}
