/**
 * A network between import and plan: float32, ONNX's own axis order (N C H W, batch 1), constants folded,
 * batch norm gone, activations and residual adds fused into what comes before. `import_onnx.ts` makes it,
 * the lowering (`lower_f32.ts`, `lower_int8.ts`) reads it. Nodes are in an order in which they can run.
 */

export type Activation =
  | { readonly kind: "none" | "sigmoid" | "tanh" | "silu" | "hard_swish" | "exp" | "sqrt" | "abs" }
  | { readonly kind: "hard_sigmoid"; readonly alpha: number; readonly beta: number }
  | { readonly kind: "clip"; readonly low: number; readonly high: number }
  /** One slope an output channel, or one for all. */
  | { readonly kind: "leaky"; readonly slopes: Float32Array };

interface Named {
  /** The ONNX node that errors and reports name. */
  readonly name: string;
  /** The ONNX op it was: "Conv". */
  readonly source: string;
  readonly inputs: readonly string[];
  /** A value has one name and one producer. */
  readonly output: string;
}

interface Windowed {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  /** top, left, bottom, right */
  readonly padding: readonly [number, number, number, number];
}

/**
 * inputs: x, and the residual if `hasResidual` (added before the activation). Gemm and MatMul with constant
 * weights are 1×1 convolutions of `[1, K]` or `[…, K]` seen as pixels of K channels: `isMatrix`, and then x
 * and the output have the channels on the last axis.
 */
export interface ConvNode extends Named, Windowed {
  readonly kind: "conv";
  /** [outputs][inputs / groups][kernel h][kernel w] */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly groups: number;
  /** Transposed convolution: zeros between input pixels + 1. Its weights are flipped already. */
  readonly upsample: readonly [number, number];
  readonly isMatrix: boolean;
  readonly hasResidual: boolean;
  readonly activation: Activation;
}

/** inputs: a, b; one may be a constant; b broadcasts to a by ONNX's rules. */
export interface BinaryNode extends Named {
  readonly kind: "add" | "sub" | "mul" | "div" | "max" | "min";
  readonly activation: Activation;
}

export interface PoolNode extends Named, Windowed {
  readonly kind: "max_pool" | "average_pool";
  readonly countPadding: boolean;
}

/** For each output row and column: first and second source position and the second's share, 0..1. */
export interface ResizeNode extends Named {
  readonly kind: "resize";
  readonly rows: readonly ResizeTap[];
  readonly columns: readonly ResizeTap[];
}

export interface ResizeTap {
  readonly first: number;
  readonly second: number;
  readonly share: number;
}

export interface ConcatNode extends Named {
  readonly kind: "concat";
  readonly axis: number;
}

/** Of every axis: start, step (may be negative), and the output's size. */
export interface SliceNode extends Named {
  readonly kind: "slice";
  readonly starts: readonly number[];
  readonly steps: readonly number[];
}

/** Of every axis, before and after; filled with `value`. */
export interface PadNode extends Named {
  readonly kind: "pad";
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly value: number;
}

/** Same elements in the same order, another shape (Reshape, Flatten, Squeeze, Unsqueeze). */
export interface ReshapeNode extends Named {
  readonly kind: "reshape";
}

export interface TransposeNode extends Named {
  readonly kind: "transpose";
  readonly permutation: readonly number[];
}

export interface SoftmaxNode extends Named {
  readonly kind: "softmax";
  readonly axis: number;
}

/** An activation that had nothing to be fused into. */
export interface UnaryNode extends Named {
  readonly kind: "unary";
  readonly activation: Activation;
}

export type GraphNode =
  | ConvNode
  | BinaryNode
  | PoolNode
  | ResizeNode
  | ConcatNode
  | SliceNode
  | PadNode
  | ReshapeNode
  | TransposeNode
  | SoftmaxNode
  | UnaryNode;

export interface GraphConstant {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** How a QDQ model quantized a value: real = (q − zero) · scale, q in low..high. */
export interface GivenRange {
  readonly low: number;
  readonly high: number;
}

export interface Graph {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly GraphNode[];
  /** Of every value, constants too. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** What nodes still read as constants (operands of add, mul, …). */
  readonly constants: ReadonlyMap<string, GraphConstant>;
  /** Of a QDQ model: real ranges of values, so that it needs no calibration. */
  readonly ranges: ReadonlyMap<string, GivenRange>;
  readonly metadata: Readonly<Record<string, string>>;
}
