/** A record, as `record.ts` writes it. Addresses and sizes; strides in elements. */
@unmanaged
export class ConvRecord {
  input: usize;
  inputHeight: i32;
  inputWidth: i32;
  inputChannels: i32;
  inputStride: i32;
  inputZero: i32;
  output: usize;
  outputHeight: i32;
  outputWidth: i32;
  outputChannels: i32;
  outputStride: i32;
  outputZero: i32;
  /** 1: the output is i16. */
  isWide: i32;
  /** 0 where there is none; so are slope and table. */
  residual: usize;
  residualStride: i32;
  residualMultiplier: usize;
  kernelHeight: i32;
  kernelWidth: i32;
  strideDown: i32;
  strideAcross: i32;
  dilationDown: i32;
  dilationAcross: i32;
  paddingAbove: i32;
  paddingLeft: i32;
  upsampleDown: i32;
  upsampleAcross: i32;
  groups: i32;
  inputsPerGroup: i32;
  outputsPerGroup: i32;
  weights: usize;
  /** Bytes of one output's weights, a multiple of 8. */
  depth: i32;
  groupBytes: i32;
  bias: usize;
  shift: i32;
  multiplier: usize;
  slope: usize;
  low: i32;
  high: i32;
  zero: i32;
  table: usize;
  /** What `finish.as.ts` keeps. */
  finishing: usize;
  panel: usize;
  /** 8 outputs' weights of 16 bits. */
  wideWeights: usize;
  /** Output pixels that a panel takes, and up to 4 more; by build. */
  relaxedPixels: i32;
  plainPixels: i32;
  /** 1: the window of each output pixel is the input pixel of the same place. */
  isPointwise: i32;
  /** How panels copy kernel rows: `panel.as.ts`. */
  rowCopy: i32;
  /** How relaxed SIMD multiplies: `relaxed_strip.as.ts`. */
  dot: i32;
  /** Of `winograd.as.ts`: tiles worked on together, 0 where it does not apply; then its parts of scratch. */
  winogradTiles: i32;
  winogradZeros: usize;
  winogradValues: usize;
  winogradProducts: usize;
  winogradWeights: usize;
}

/** Outputs of a tile. Its pixels: 10 sums of 4 outputs, 2 weights, a value and 2 more fit x86's registers. */
// @ts-ignore: decorator
@inline
export const TILE_OUTPUTS = 8;
// @ts-ignore: decorator
@inline
export const TILE_PIXELS = 5;
