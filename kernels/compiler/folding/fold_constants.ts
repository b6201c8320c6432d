import type { ConstantTensor } from "../constant_tensor.ts";
import type { GraphBuilder } from "../graph_builder.ts";
import { OnnxType } from "../onnx_schema.ts";
import { tensorOf } from "../constant_tensor.ts";
import { intAttribute, type SourceNode } from "../source_node.ts";
import { ARITHMETIC } from "./arithmetic.ts";
import { ARRANGEMENT } from "./arrangement.ts";
import type { Folder } from "./folder.ts";
import { QUANTIZATION } from "./quantization.ts";
import { REDUCTIONS } from "./reduction.ts";

const FOLDERS: ReadonlyMap<string, Folder> = new Map(
  Object.entries({ ...ARITHMETIC, ...ARRANGEMENT, ...REDUCTIONS, ...QUANTIZATION }),
);

/**
 * The node's outputs, if they can be known before the network runs: all inputs are constants, or only
 * shapes are asked for, which are all fixed. As exporters write shapes, these are most of the small nodes.
 */
export function foldConstants(
  node: SourceNode,
  builder: GraphBuilder,
): readonly ConstantTensor[] | undefined {
  if (node.opType === "Shape") return [shapeTensor(node, builder)];
  if (node.opType === "Size") {
    const shape = builder.shapeOf(node, node.inputs[0]);
    return [tensorOf(OnnxType.INT64, [], [shape.reduce((product, size) => product * size, 1)])];
  }
  const folder = FOLDERS.get(node.opType);
  if (!folder || node.domain) return undefined;
  const constants = node.inputs.map((name) => builder.constant(name));
  const isConstant = node.inputs.every((name, at) => !name || constants[at]);
  return isConstant ? folder(node, constants) : undefined;
}

/** Since opset 15 a part of it may be asked for. */
function shapeTensor(node: SourceNode, builder: GraphBuilder): ConstantTensor {
  const shape = builder.shapeOf(node, node.inputs[0]);
  const start = intAttribute(node, "start", 0);
  const part = shape.slice(start, intAttribute(node, "end", shape.length));
  return tensorOf(OnnxType.INT64, [part.length], part);
}
