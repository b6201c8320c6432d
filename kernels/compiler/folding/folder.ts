import { type ConstantTensor, emptyTensor } from "../constant_tensor.ts";
import type { OnnxElementType } from "../onnx_schema.ts";
import { nodeError, type SourceNode } from "../source_node.ts";

/** Computes a node whose inputs are all constant; an optional input that is left out is undefined. */
export type Folder = (
  node: SourceNode,
  inputs: readonly (ConstantTensor | undefined)[],
) => readonly ConstantTensor[];

const MAX_ELEMENTS = 2 ** 26;

export function input(
  node: SourceNode,
  inputs: readonly (ConstantTensor | undefined)[],
  at: number,
): ConstantTensor {
  const tensor = inputs[at];
  if (!tensor) throw nodeError(node, `lacks its input ${at}; the file is damaged`);
  return tensor;
}

/** A result of zeros, refused before it could fill the memory. */
export function result(
  node: SourceNode,
  type: OnnxElementType,
  shape: readonly number[],
): ConstantTensor {
  return emptyTensor(type, checkedShape(node, shape));
}

export function checkedShape(node: SourceNode, shape: readonly number[]): readonly number[] {
  const count = shape.reduce((product, size) => product * size, 1);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0) || !(count <= MAX_ELEMENTS)) {
    throw nodeError(node, `would make a constant of shape [${shape}]`);
  }
  return shape;
}
