import { type ConstantTensor, floatsOf } from "../constant_tensor.ts";
import type { ConvNode } from "../graph.ts";
import { type GraphBuilder, named } from "../graph_builder.ts";
import {
  intAttribute,
  intsAttribute,
  nodeError,
  type SourceNode,
  textAttribute,
  unsupported,
} from "../source_node.ts";
import type { Translator } from "./translator.ts";
import { pair, placeWindow, windowAttributes } from "./window.ts";

/** What a convolution is, before its place on the input is known. */
interface Filters {
  readonly weights: ConstantTensor;
  readonly groups: number;
  /** 1: N C L, 2: N C H W. */
  readonly axes: number;
  readonly input: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

function filtersOf(node: SourceNode, builder: GraphBuilder): Filters {
  const shape = builder.shapeOf(node, node.inputs[0]);
  const weights = builder.needConstant(node, 1, "weights");
  const axes = shape.length - 2;
  if (axes < 1 || axes > 2) throw unsupported(node, `on tensors of ${shape.length} axes`);
  if (weights.shape.length !== shape.length || weights.shape.some((size) => size < 1)) {
    throw nodeError(node, `has weights of shape [${weights.shape}] for an input of [${shape}]`);
  }
  const groups = intAttribute(node, "group", 1);
  const kernel = intsAttribute(node, "kernel_shape") ?? weights.shape.slice(2);
  if (kernel.join() !== weights.shape.slice(2).join() || groups < 1) {
    throw nodeError(node, `has a kernel_shape of [${kernel}] for weights of [${weights.shape}]`);
  }
  const input = builder.imageOf(node, node.inputs[0]);
  const [, channels, height, width] = builder.shapeOf(node, input);
  return { weights, groups, axes, input, channels, height, width };
}

function biasOf(node: SourceNode, builder: GraphBuilder, outputs: number): Float32Array {
  const bias = builder.optionalConstant(node, 2, "biases");
  if (!bias) return new Float32Array(outputs);
  if (bias.data.length === outputs) return floatsOf(bias);
  throw nodeError(node, `has ${bias.data.length} biases for ${outputs} channels`);
}

type Geometry = Pick<
  ConvNode,
  "weights" | "kernel" | "stride" | "dilation" | "padding" | "upsample"
>;

function addConvolution(
  node: SourceNode,
  builder: GraphBuilder,
  { input, groups, axes }: Filters,
  outputs: number,
  size: readonly [number, number],
  { weights, kernel, stride, dilation, padding, upsample }: Geometry,
): void {
  const output = axes === 2 ? node.outputs[0] : builder.fresh(`${node.outputs[0]}_image`);
  builder.add(node, {
    ...named(node, [input], output),
    ...{ kind: "conv", weights, kernel, stride, dilation, padding, upsample, groups },
    bias: biasOf(node, builder, outputs),
    isMatrix: false,
    hasResidual: false,
    activation: { kind: "none" },
  }, [builder.shapeOf(node, input)[0], outputs, ...size]);
  if (axes === 1) builder.sequence(node, output, node.outputs[0]);
}

const convolution: Translator = (node, builder) => {
  const filters = filtersOf(node, builder);
  const { weights, groups, channels, height, width, axes } = filters;
  const [outputs, depth] = weights.shape;
  if (depth * groups !== channels || outputs % groups !== 0) {
    throw nodeError(
      node,
      `has weights of [${weights.shape}] in ${groups} groups for ${channels} channels`,
    );
  }
  const place = placeWindow(node, [height, width], weights.shape.slice(2), axes);
  const geometry = { ...place, upsample: [1, 1], weights: floatsOf(weights) } as const;
  addConvolution(node, builder, filters, outputs, place.size, geometry);
};

/**
 * A transposed convolution is a plain one over the input with stride − 1 zeros between its pixels, with
 * flipped weights: padding p becomes extent − 1 − p, and `output_padding` more behind.
 */
const transposedConvolution: Translator = (node, builder) => {
  const filters = filtersOf(node, builder);
  const { weights, groups, channels, axes, height, width } = filters;
  if (weights.shape[0] !== channels || channels % groups !== 0) {
    throw nodeError(
      node,
      `has weights of [${weights.shape}] in ${groups} groups for ${channels} channels`,
    );
  }
  const window = windowAttributes(node, weights.shape.slice(2), axes);
  const rows = transposedAxis(node, window, 0, height, axes);
  const columns = transposedAxis(node, window, 1, width, axes);
  addConvolution(node, builder, filters, weights.shape[1] * groups, [rows.size, columns.size], {
    weights: flipped(weights, groups),
    kernel: window.kernel,
    stride: [1, 1],
    dilation: window.dilation,
    padding: [rows.before, columns.before, rows.after, columns.after],
    upsample: window.stride,
  });
};

function transposedAxis(
  node: SourceNode,
  window: ReturnType<typeof windowAttributes>,
  axis: number,
  input: number,
  axes: number,
) {
  const reach = (window.kernel[axis] - 1) * window.dilation[axis];
  const more = pair(node, "output_padding", intsAttribute(node, "output_padding"), axes, 0)[axis];
  const full = (input - 1) * window.stride[axis] + reach + 1 + more;
  const [cutBefore, cutAfter] = transposedPads(node, window, axis, full, input, axes);
  const before = reach - cutBefore;
  const after = reach - cutAfter + more;
  if (before < 0 || after < 0) {
    throw unsupported(
      node,
      `with pads of [${cutBefore}, ${cutAfter}], which are larger than its kernel`,
    );
  }
  return { before, after, size: full - cutBefore - cutAfter };
}

/** How much is cut off the full output, at its beginning and end. */
function transposedPads(
  node: SourceNode,
  window: ReturnType<typeof windowAttributes>,
  axis: number,
  full: number,
  input: number,
  axes: number,
): [number, number] {
  const mode = textAttribute(node, "auto_pad", "NOTSET");
  const wanted = intsAttribute(node, "output_shape")?.slice(-axes);
  if (mode === "VALID" && !wanted) return [0, 0];
  if (mode === "NOTSET" && !wanted) return [window.padding[axis], window.padding[axis + 2]];
  const size = wanted
    ? axes === 1 ? [1, wanted[0]][axis] : wanted[axis]
    : input * window.stride[axis];
  const total = Math.max(0, full - size);
  const half = Math.floor(total / 2);
  return mode === "SAME_UPPER" ? [half, total - half] : [total - half, half];
}

/** [inputs][outputs / groups][h][w] to [outputs][inputs / groups][h][w], both kernel axes reversed. */
function flipped(weights: ConstantTensor, groups: number): Float32Array {
  const [inputs, each] = weights.shape;
  const depth = inputs / groups;
  const area = weights.data.length / (inputs * each);
  const result = new Float32Array(weights.data.length);
  let to = 0;
  for (let output = 0; output < each * groups; output++) {
    const group = Math.floor(output / each);
    for (let k = 0; k < depth; k++) {
      const from = ((group * depth + k) * each + output % each) * area;
      for (let tap = area - 1; tap >= 0; tap--) result[to++] = weights.data[from + tap];
    }
  }
  return result;
}

export const CONVOLUTIONS: Readonly<Record<string, Translator>> = {
  Conv: convolution,
  ConvTranspose: transposedConvolution,
};
