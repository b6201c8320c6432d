/**
 * The tables and anchors that detectors decode with, for the compiler: little-endian bytes for `Plan.data`.
 * Made of + − × ÷ alone, whose results IEEE 754 fixes: every engine makes the same bytes, which
 * `Math.exp` would not promise.
 */
import type { Pair } from "./plan.ts";

const SCORE_ONE = 32768;
const SIZE_ONE = 2048;
const LOGIT_STEP = 1 / 32;
const LOGITS = 1024;
/** Of the logit 0. */
const LOGIT_ORIGIN = 512;
const DISTANCES = 512;
const ACTIVATIONS = 128;
const MAX_U16 = 65535;
/** Anchors and boxes are in 1/16 input pixel. */
const STEPS_A_PIXEL = 16;

/** u16[1024], 1/32768: sigmoid of (index − 512) / 32. */
export function sigmoidTable(): Uint8Array<ArrayBuffer> {
  return table(LOGITS, (index) => SCORE_ONE / (1 + exp((LOGIT_ORIGIN - index) * LOGIT_STEP)));
}

/** u16[512], 1/32768: exp(−index / 32). */
export function distributionExpTable(): Uint8Array<ArrayBuffer> {
  return table(DISTANCES, (index) => SCORE_ONE * exp(-index * LOGIT_STEP));
}

/** u16[1024], 1/2048, at most 65535: exp of (index − 512) / 32 / `sizeScale` (5 in most SSDs). */
export function anchorExpTable(sizeScale: number): Uint8Array<ArrayBuffer> {
  return table(LOGITS, (index) => SIZE_ONE * exp((index - LOGIT_ORIGIN) * LOGIT_STEP / sizeScale));
}

/** u16[128], 1/32768: exp(−index · scale), of activations that are `scale` apart. */
export function softmaxExpTable(scale: number): Uint8Array<ArrayBuffer> {
  return table(ACTIVATIONS, (index) => SCORE_ONE * exp(-index * scale));
}

function table(length: number, valueAt: (index: number) => number): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(length * 2));
  for (let index = 0; index < length; index++) {
    view.setUint16(index * 2, Math.min(Math.floor(valueAt(index) + 0.5), MAX_U16), true);
  }
  return new Uint8Array(view.buffer);
}

/** Below, e^x is 0 and above infinite, as far as a table of 16 bits can tell. */
const EXP_RANGE = 700;
/** Enough for a 1024th of the range: 0.69^20 / 20! < 2^-70. */
const EXP_TERMS = 20;
const EXP_SQUARINGS = 10;

/** e^x, relative error below 1e-12: (e^(x / 1024))^1024 by the series 1 + x + x²/2! + … */
export function exp(x: number): number {
  if (x < -EXP_RANGE) return 0;
  if (x > EXP_RANGE) return Infinity;
  const small = x / 2 ** EXP_SQUARINGS;
  let power = 1;
  for (let term = EXP_TERMS; term > 0; term--) power = 1 + power * small / term;
  for (let squaring = 0; squaring < EXP_SQUARINGS; squaring++) power *= power;
  return power;
}

/** Fractions of the input. */
export interface Anchor {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** i32[anchors][4]: centre x, centre y, width, height in 1/16 input pixel, as `decode_anchors` reads them. */
export function anchorTable(
  anchors: readonly Anchor[],
  [inputHeight, inputWidth]: Pair,
): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(anchors.length * 16));
  anchors.forEach(({ x, y, width, height }, index) => {
    [x * inputWidth, y * inputHeight, width * inputWidth, height * inputHeight].forEach((
      pixels,
      at,
    ) => view.setInt32(index * 16 + at * 4, Math.floor(pixels * STEPS_A_PIXEL + 0.5), true));
  });
  return new Uint8Array(view.buffer);
}

/** Width over height of the anchors of one cell. */
const RATIOS = [1, 2, 1 / 2, 3, 1 / 3];
const LOWEST_RATIOS = [2, 1 / 2];
/** Of the lowest grid's square anchor, whatever the smallest scale. */
const LOWEST_SCALE = 0.1;

export interface SsdScales {
  /** Of the lowest and the highest grid's anchors; those between are spaced evenly. */
  readonly smallest: number;
  readonly largest: number;
}

/**
 * The anchors of each grid, row by row, of an SSD as TensorFlow's detection API builds it (lowest layer
 * reduced: 3 anchors a cell; the others 6, the last of them between this grid's scale and the next's).
 * `grids`: cells a side. Source: SSD, arXiv:1512.02325, section 2.2.
 */
export function ssdAnchors(grids: readonly number[], scales: SsdScales): Anchor[][] {
  return grids.map((cells, level) => {
    const sizes = anchorSizes(level, (at) => scaleOf(at, grids.length, scales));
    return Array.from({ length: cells * cells }, (_, cell) => cell).flatMap((cell) =>
      sizes.map((size) => ({
        x: (cell % cells + 0.5) / cells,
        y: (Math.floor(cell / cells) + 0.5) / cells,
        ...size,
      }))
    );
  });
}

/** Beyond the last grid: the whole input. */
function scaleOf(level: number, levels: number, { smallest, largest }: SsdScales): number {
  return level === levels ? 1 : smallest + (largest - smallest) * level / Math.max(levels - 1, 1);
}

function anchorSizes(level: number, scaleAt: (level: number) => number) {
  const scale = scaleAt(level);
  const between = Math.sqrt(scale * scaleAt(level + 1));
  const shaped = (level === 0 ? LOWEST_RATIOS : RATIOS).map((ratio) => {
    const stretch = Math.sqrt(ratio);
    return { width: scale * stretch, height: scale / stretch };
  });
  return level === 0
    ? [{ width: LOWEST_SCALE, height: LOWEST_SCALE }, ...shaped]
    : [...shaped, { width: between, height: between }];
}
