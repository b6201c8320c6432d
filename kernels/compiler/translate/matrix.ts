import { broadcastTo, type ConstantTensor, floatsOf, padShape } from "../constant_tensor.ts";
import { type GraphBuilder, named } from "../graph_builder.ts";
import {
  floatAttribute,
  intAttribute,
  nodeError,
  type SourceNode,
  unsupported,
} from "../source_node.ts";
import type { Translator } from "./translator.ts";

/** x: [rows, K]; y = alpha · x · B (+ beta · C). */
const gemm: Translator = (node, builder) => {
  const shape = builder.shapeOf(node, node.inputs[0]);
  const matrix = builder.needConstant(node, 1, "weights");
  if (intAttribute(node, "transA", 0) !== 0) throw unsupported(node, "with transA");
  if (shape.length !== 2 || matrix.shape.length !== 2) {
    throw nodeError(node, `multiplies [${shape}] by [${matrix.shape}]`);
  }
  const byOutput = intAttribute(node, "transB", 0) !== 0;
  const weights = byOutput ? floatsOf(matrix) : transposed(matrix);
  const alpha = floatAttribute(node, "alpha", 1);
  const outputs = matrix.shape[byOutput ? 0 : 1];
  const bias = gemmBias(node, builder, shape[0], outputs);
  const scaled = alpha === 1 ? weights : weights.map((weight) => weight * alpha);
  addMatrix(node, builder, scaled, bias, node.outputs[0]);
};

function gemmBias(
  node: SourceNode,
  builder: GraphBuilder,
  rows: number,
  outputs: number,
): Float32Array {
  const bias = builder.optionalConstant(node, 2, "biases");
  if (!bias) return new Float32Array(outputs);
  const [height, width] = padShape(bias.shape, 2);
  if (bias.shape.length > 2 || height !== 1 || (width !== 1 && width !== outputs)) {
    throw unsupported(node, `with a bias of [${bias.shape}] for [${rows}, ${outputs}]`);
  }
  const beta = floatAttribute(node, "beta", 1);
  return floatsOf(broadcastTo(bias, [1, outputs])).map((value) => value * beta);
}

/** x: […, K] · [K, N]; a vector [K] gives a scalar a row. */
const matMul: Translator = (node, builder) => {
  if (builder.constant(node.inputs[0])) throw unsupported(node, "with a constant on the left");
  const matrix = builder.constant(node.inputs[1]);
  if (!matrix) throw unsupported(node, "on two values that are both computed while it runs");
  const isVector = matrix.shape.length === 1;
  const flat = isVector ? [...matrix.shape, 1] : matrix.shape.slice(-2);
  const isFlat = flat.length === 2 && matrix.data.length === flat[0] * flat[1];
  if (!isFlat) throw unsupported(node, `with weights of [${matrix.shape}]`);
  const weights = transposed({ ...matrix, shape: flat });
  const bias = new Float32Array(flat[1]);
  if (!isVector) return void addMatrix(node, builder, weights, bias, node.outputs[0]);
  const column = addMatrix(
    node,
    builder,
    weights,
    bias,
    builder.fresh(`${node.outputs[0]}_column`),
  );
  builder.reshape(node, column, node.outputs[0], builder.shapeOf(node, column).slice(0, -1));
};

/** [a][b] to [b][a]. */
function transposed({ shape: [height, width], data }: ConstantTensor): Float32Array {
  const result = new Float32Array(data.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      result[column * height + row] = data[row * width + column];
    }
  }
  return result;
}

/** `weights`: [outputs][K] */
function addMatrix(
  node: SourceNode,
  builder: GraphBuilder,
  weights: Float32Array,
  bias: Float32Array,
  output: string,
): string {
  const shape = builder.shapeOf(node, node.inputs[0]);
  const depth = shape.at(-1) ?? 0;
  if (shape.length < 2 || depth * bias.length !== weights.length || weights.length === 0) {
    throw nodeError(
      node,
      `multiplies [${shape}] by ${weights.length} weights for ${bias.length} outputs`,
    );
  }
  return builder.add(node, {
    ...named(node, [node.inputs[0]], output),
    kind: "conv",
    ...{ weights, bias, groups: 1, isMatrix: true, hasResidual: false },
    ...{ kernel: [1, 1], stride: [1, 1], dilation: [1, 1], upsample: [1, 1] },
    padding: [0, 0, 0, 0],
    activation: { kind: "none" },
  }, shape.with(-1, bias.length));
}

export const MATRICES: Readonly<Record<string, Translator>> = { Gemm: gemm, MatMul: matMul };
