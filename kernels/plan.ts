/**
 * A plan: a network compiled ahead of time for the engines of this folder. This file is its vocabulary;
 * `plan_file.ts` its bytes, `README.md` its numbers.
 *
 * Two memories. `data` holds the constants (packed weights, tables) and is never written. The arena
 * holds all tensors at offsets fixed by the compiler; lifetimes overlap, nothing is allocated at run time.
 * An op's output lies apart from what it reads, or exactly on it where the op treats each element by itself.
 * Both begin at a multiple of 16 bytes and are followed by `SLACK_BYTES` that a vector load may touch.
 */

export const PLAN_VERSION = 1;

/** What a kernel may read, never use, past the end of a tensor or constant. */
export const SLACK_BYTES = 64;

/**
 * - `u7` integers 0..127, one byte: activations; real = (q − zero) · scale
 * - `i16` little-endian: heads that need finer steps; real = q · scale (zero is 0)
 * - `i32`, `f32` little-endian (scale 1, zero 0)
 */
export type PlanType = "u7" | "i16" | "i32" | "f32";

/**
 * A tensor as kernels see it: `height` × `width` pixels of `channels` (HWC, batch 1). What has no such
 * shape is seen as pixels of its last axis. Row r, column c begins at element (r · width + c) · stride.
 */
export interface PlanTensor {
  readonly name: string;
  readonly type: PlanType;
  /** Bytes from the arena's start; a multiple of the element's size. */
  readonly offset: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Elements from one pixel to the next, ≥ channels; more where this is a part of a wider tensor. */
  readonly stride: number;
  readonly scale: number;
  readonly zero: number;
}

/** Index into `Plan.tensors`. */
export type TensorIndex = number;
/** Byte offset into `Plan.data`, a multiple of 16. */
export type DataOffset = number;
/** [vertical, horizontal] */
export type Pair = readonly [number, number];

/** Where a window lies: output pixel o covers input positions o · stride − padding + tap · dilation. */
export interface Window {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  /** Before the first row and column; what follows the last is implied by the output's size. */
  readonly padding: Pair;
}

/** How a 32-bit sum becomes an activation: `requantize.ts`. All arrays: an entry an output channel. */
export interface Requantization {
  /** 0..31 */
  readonly shift: number;
  /** i16, 1..32767 */
  readonly multiplier: DataOffset;
  /** i16, 0..32767: what a negative value is multiplied by, in 1/32768 (leaky ReLU). */
  readonly slope?: DataOffset;
  /** Of an u7 output: 0 ≤ low ≤ high ≤ 127, with a table ≤ 255. */
  readonly low: number;
  readonly high: number;
  /** Added before the clamp: the output's zero point, or with a table the table's own. 0..255. */
  readonly zero: number;
  /** 256 entries 0..127: the value after the clamp looks up its activation. */
  readonly table?: DataOffset;
}

/** Dense, grouped and transposed convolution, matrix multiplication. Output u7 or i16. */
export interface ConvOp extends Window, Requantization {
  readonly op: "conv";
  readonly input: TensorIndex;
  readonly output: TensorIndex;
  /** u7, of the output's height, width and channels: added to the sum, times `residualMultiplier`. */
  readonly residual?: TensorIndex;
  /** i32 */
  readonly residualMultiplier?: DataOffset;
  /** Zeros between input pixels + 1: [1, 1], but for a transposed convolution its stride. */
  readonly upsample: Pair;
  readonly groups: number;
  /** By `packConv` (conv/pack.ts). */
  readonly weights: DataOffset;
  /** i32: bias, input zero point, residual zero point and the rounding of `shift`. */
  readonly bias: DataOffset;
}

/** Depthwise convolution, one filter a channel. u7 to u7. */
export interface DepthwiseOp extends Window, Requantization {
  readonly op: "depthwise";
  readonly input: TensorIndex;
  readonly output: TensorIndex;
  /** By `packDepthwise` (depthwise/pack.ts). */
  readonly weights: DataOffset;
  /** i32 */
  readonly bias: DataOffset;
}

/** Elementwise: clamp((p + bias) >> shift, low, high), table as above; `bias` holds zero points and rounding. */
interface Elementwise {
  readonly output: TensorIndex;
  /** i32 */
  readonly bias: number;
  /** 0..31 */
  readonly shift: number;
  readonly low: number;
  readonly high: number;
  readonly table?: DataOffset;
}

/** p = a · multiplierA + b · multiplierB, i16 multipliers. `b` may be one pixel or one channel, or both. */
export interface AddOp extends Elementwise {
  readonly op: "add";
  readonly a: TensorIndex;
  readonly b: TensorIndex;
  readonly multiplierA: number;
  readonly multiplierB: number;
}

/** p = (a − zero of a) · (b − zero of b) · multiplier, i16. `b` may be one pixel or one channel, or both. */
export interface MulOp extends Elementwise {
  readonly op: "mul";
  readonly a: TensorIndex;
  readonly b: TensorIndex;
  readonly multiplier: number;
}

/** Largest of the window's pixels that exist. Same scale in and out. u7. */
export interface MaxPoolOp extends Window {
  readonly op: "max_pool";
  readonly input: TensorIndex;
  readonly output: TensorIndex;
}

/**
 * Mean of the window: v = (128 · (sum + missing · zero) + (n >> 1)) / n rounded down, then elementwise
 * with p = v · multiplier (i16). n counts the pixels that exist (then missing = 0), or, with
 * `countPadding`, the whole window, whose missing pixels hold the input's zero point. At most 65,536 pixels.
 */
export interface AveragePoolOp extends Window, Elementwise {
  readonly op: "average_pool";
  readonly input: TensorIndex;
  readonly countPadding: boolean;
  readonly multiplier: number;
}

/**
 * Per axis a table: for each output position i16 first, i16 second, i16 share (0..128) of the second.
 * u7: (Σ share products · value + 8192) >> 14, same scale in and out. f32: blends columns, then rows.
 */
export interface ResizeOp {
  readonly op: "resize";
  readonly input: TensorIndex;
  readonly output: TensorIndex;
  readonly rows: DataOffset;
  readonly columns: DataOffset;
}

/**
 * Copies a box of up to 6 axes: element i of the box goes from input + `from` + Σ index · fromStrides to
 * output + `to` + Σ index · toStrides (in elements). Reshape, transpose, slice, pad, channel shuffle.
 * Any type, the same on both sides; u7 may pass a table of 128 entries (another scale). Boxes never leave
 * the tensors and never write an element twice (each toStride exceeds all that the smaller ones reach).
 */
export interface CopyOp {
  readonly op: "copy";
  readonly input: TensorIndex;
  readonly output: TensorIndex;
  readonly size: readonly number[];
  readonly from: number;
  readonly fromStrides: readonly number[];
  readonly to: number;
  readonly toStrides: readonly number[];
  readonly table?: DataOffset;
}

/** Sets all elements to `value` (of f32 a float, ±`UNBOUNDED` for infinity), before copies into a padded tensor. */
export interface FillOp {
  readonly op: "fill";
  readonly output: TensorIndex;
  readonly value: number;
}

/** u7 to u7 through 128 entries: an activation that could not be fused. */
export interface TableOp {
  readonly op: "table";
  readonly input: TensorIndex;
  readonly output: TensorIndex;
  readonly table: DataOffset;
}

/**
 * Over each pixel's channels: e = exp[max − x] (128 entries u16, 1/32768), q = (127 · e + Σe / 2) / Σe
 * rounded down. Output scale 1/127, zero 0. At most 65,536 channels.
 */
export interface SoftmaxOp {
  readonly op: "softmax";
  readonly input: TensorIndex;
  readonly output: TensorIndex;
  readonly exp: DataOffset;
}

/** f32 to u7: clamp(zero + roundHalfEven(x · 1/scale as f32), 0, 127); NaN as the real 0, so `zero`. */
export interface QuantizeOp {
  readonly op: "quantize";
  readonly input: TensorIndex;
  readonly output: TensorIndex;
  /** f32, 1 / scale */
  readonly inverseScale: number;
}

/** u7 or i16 to f32: (q − zero) · scale, one rounding. */
export interface DequantizeOp {
  readonly op: "dequantize";
  readonly input: TensorIndex;
  readonly output: TensorIndex;
}

/**
 * A frame of RGBA bytes of any size, not in the arena, to the network's input: bilinear, half-pixel
 * centres, integers only. Along an axis of S source and O output pixels (those inside the letterbox) output
 * pixel o lies at clamp(floor((2o + 1) · S · 128 / O) − 128, 0, (S − 1) · 256) in 1/256 source pixel; of the
 * four pixels p around it, with shares fx and fy of the right and lower ones, the value is
 * (p00 · (256 − fx) · (256 − fy) + p01 · fx · (256 − fy) + p10 · (256 − fx) · fy + p11 · fx · fy + 32768) >> 16,
 * which the output channel's table turns into the element. O · S is below 2^23, S at most 16,384 across:
 * larger frames are refused. What lies between the channels of two pixels is left alone.
 */
export interface ImageOp {
  readonly op: "image";
  /** u7 or f32, 1 to 4 channels. */
  readonly output: TensorIndex;
  /** `letterbox`: as large as fits, centred (`letterboxOf` in image/sampling.ts). */
  readonly fit: "stretch" | "letterbox";
  /** For each output channel which of R, G, B (0, 1, 2). */
  readonly order: readonly number[];
  /** 256 entries of the output's type for each output channel. */
  readonly table: DataOffset;
  /** Pixel values 0..255 by output channel, where a letterbox leaves bars; through the table, too. */
  readonly fill: readonly number[];
}

/**
 * Candidates and detections: i32, height 1, 1 + limit pixels of 8 channels, dense. Pixel 0: [count, 0…].
 * Then, best first (by score, then by order): class, score (1/32768), left, top, right, bottom (1/16 input
 * pixel), order, 0. Unused pixels are 0. Boxes are not empty and lie inside the input.
 */
export const RECORD_WORDS = 8;

/** One level of a head: u-shaped networks look at several grids. Logits are i16 in 1/32. */
export interface HeadLevel {
  readonly scores: TensorIndex;
  readonly boxes: TensorIndex;
}

interface DecodeOp {
  /** Candidates; when there are more than it has room for, the best by score, then by order. */
  readonly output: TensorIndex;
  /** i16 logit in 1/32: candidates score at least this. */
  readonly threshold: number;
  /** u16[1024], 1/32768: sigmoid of (index − 512) / 32, index = clamp(logit + 512, 0, 1023). */
  readonly sigmoid: DataOffset;
  /** [height, width], 1 to 1023 pixels; boxes are cut at it, and those that are then empty dropped. */
  readonly inputSize: Pair;
}

/**
 * Generalized focal loss (arXiv:2006.04388). A cell's class is the one with the largest logit, of equals the
 * first. Channels of boxes: left, top, right, bottom, each `bins` logits x. With e = exp[min(max − x, 511)],
 * Z = Σ e and S = Σ e · bin a side is floor((S · stride · 16 + (Z >> 1)) / Z) sixteenths of a pixel away
 * from the cell's centre, (2 · column + 1) · stride · 8. Order: cells of all levels, row by row.
 */
export interface DecodeDistributionOp extends DecodeOp {
  readonly op: "decode_distribution";
  readonly levels: readonly (HeadLevel & {
    /** Input pixels between cells. */
    readonly stride: number;
  })[];
  readonly bins: number;
  /** u16[512], 1/32768: exp(−index / 32). */
  readonly exp: DataOffset;
}

/**
 * SSD (arXiv:1512.02325): every class from `firstClass` of every anchor. Channels: for each anchor of the
 * cell all classes' logits; for each its offsets y, x, h, w, i16 t in 1/32. With d = 32 · divisor:
 * centre = anchor's + floor((2 · t · size + d) / (2 · d)); side = (exp[clamp(t + 512, 0, 1023)] · size +
 * 1024) >> 11; left = centre − (side >> 1), right = left + side. Order: anchor (cell by cell, over all
 * levels) · classes + class.
 */
export interface DecodeAnchorsOp extends DecodeOp {
  readonly op: "decode_anchors";
  readonly levels: readonly (HeadLevel & {
    readonly anchorsPerCell: number;
    /** i32[cells · anchors][4]: centre x, centre y, width, height (0..32767) in 1/16 input pixel. */
    readonly anchors: DataOffset;
  })[];
  readonly classes: number;
  readonly firstClass: number;
  /** 1..1000: of the offsets of centres, 10 in most SSDs. */
  readonly divisor: number;
  /** u16[1024], 1/2048: exp of (index − 512) / 32 by the network's size scale. */
  readonly exp: DataOffset;
}

/**
 * Non-maximum suppression within a class, of candidates that come best first: one is dropped when with one
 * that stays it has intersection · 64 > (union >> 1) · limit, edges halved (>> 1) to 1/8 pixel: when they
 * share more than limit / 128 of their union. Limit 0..128.
 */
export interface SuppressOp {
  readonly op: "suppress";
  readonly input: TensorIndex;
  readonly output: TensorIndex;
  readonly limit: number;
}

/** fp32: y = a · x + … in a fixed order of summation, no fused multiply-add. */
export interface ConvF32Op extends Window {
  readonly op: "conv_f32";
  readonly input: TensorIndex;
  readonly output: TensorIndex;
  readonly upsample: Pair;
  readonly groups: number;
  /** By `packConvF32` (conv_f32/pack.ts). */
  readonly weights: DataOffset;
  /** f32 */
  readonly bias: DataOffset;
  readonly activation: ActivationF32;
}

export type BinaryKind = "add" | "sub" | "mul" | "div" | "max" | "min";

/** `b` may be one pixel or one channel, or both. */
export interface BinaryF32Op {
  readonly op: "binary_f32";
  readonly kind: BinaryKind;
  readonly a: TensorIndex;
  readonly b: TensorIndex;
  readonly output: TensorIndex;
  readonly activation: ActivationF32;
}

export interface UnaryF32Op {
  readonly op: "unary_f32";
  readonly input: TensorIndex;
  readonly output: TensorIndex;
  readonly activation: ActivationF32;
}

export interface PoolF32Op extends Window {
  readonly op: "pool_f32";
  readonly kind: "max" | "average";
  readonly countPadding: boolean;
  readonly input: TensorIndex;
  readonly output: TensorIndex;
}

export interface SoftmaxF32Op {
  readonly op: "softmax_f32";
  readonly input: TensorIndex;
  readonly output: TensorIndex;
}

/**
 * Stands for infinity among a plan's f32 numbers (limits of a clip, value of a fill), for JSON has none:
 * beyond the range of f32, so that rounding to f32 makes it infinite.
 */
export const UNBOUNDED = 1e39;

/**
 * Own polynomial exp, tanh and sigmoid (activation_f32/), the same bits in every engine. All numbers are
 * rounded to f32, and so is each operation. Not-a-number stays so (in every f32 op's output as 0x7fc00000).
 * - clip: min(max(x, low), high); −0 is below +0; a side without limit is ±`UNBOUNDED`
 * - hard_sigmoid: min(max(x · alpha + beta, 0), 1); hard_swish: x times that of 1/6 and 0.5
 * - leaky: x < 0 ? x · slope : x; silu: x · sigmoid(x)
 */
export type ActivationF32 =
  | { readonly kind: "none" | "sigmoid" | "tanh" | "silu" | "hard_swish" | "exp" | "sqrt" | "abs" }
  | { readonly kind: "hard_sigmoid"; readonly alpha: number; readonly beta: number }
  | { readonly kind: "clip"; readonly low: number; readonly high: number }
  /** f32 an output channel: what negative values are multiplied by. */
  | { readonly kind: "leaky"; readonly slope: DataOffset };

export type PlanOp =
  | ConvOp
  | DepthwiseOp
  | AddOp
  | MulOp
  | MaxPoolOp
  | AveragePoolOp
  | ResizeOp
  | CopyOp
  | FillOp
  | TableOp
  | SoftmaxOp
  | QuantizeOp
  | DequantizeOp
  | ImageOp
  | DecodeDistributionOp
  | DecodeAnchorsOp
  | SuppressOp
  | ConvF32Op
  | BinaryF32Op
  | UnaryF32Op
  | PoolF32Op
  | SoftmaxF32Op;

/** A named input or output of the network. */
export interface PlanPort {
  readonly name: string;
  /** Where `run` copies it to or from, dense. Undefined: a frame, taken by an `image` op. */
  readonly tensor?: TensorIndex;
  /** As callers see it. A frame: [height, width, 4], 0 where any size will do. */
  readonly shape: readonly number[];
}

export interface Provenance {
  readonly name: string;
  /** SPDX expression. */
  readonly licence: string;
  readonly notices: readonly string[];
  readonly source: { readonly file: string; readonly sha256: string };
  readonly compiler: string;
  /** SHA-256 of the calibration pictures, in order; empty for fp32. */
  readonly calibration: readonly string[];
}

/**
 * A known answer. The input is made from `seed` (golden.ts), the hash is SHA-256 over all outputs in
 * order, each as little-endian bytes. Same bits in every engine, but a GPU's of fp32.
 */
export interface Golden {
  readonly seed: number;
  readonly input: string;
  readonly output: string;
}

export interface Plan {
  readonly provenance: Provenance;
  readonly precision: "int8" | "fp32";
  readonly inputs: readonly PlanPort[];
  readonly outputs: readonly PlanPort[];
  readonly tensors: readonly PlanTensor[];
  readonly ops: readonly PlanOp[];
  readonly arenaBytes: number;
  readonly golden: Golden;
  readonly data: Uint8Array;
}

export const ELEMENT_BYTES: Readonly<Record<PlanType, number>> = { u7: 1, i16: 2, i32: 4, f32: 4 };
