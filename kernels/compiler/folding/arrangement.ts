import {
  broadcastShape,
  broadcastTo,
  type ConstantTensor,
  countOf,
  gather,
  padShape,
  readTensor,
  stridesOf,
  tensorOf,
} from "../constant_tensor.ts";
import { OnnxType } from "../onnx_schema.ts";
import {
  axisOf,
  floatAttribute,
  floatsAttribute,
  hasAttribute,
  intAttribute,
  intsAttribute,
  nodeError,
  tensorAttribute,
} from "../source_node.ts";
import { concatShape, flattenShape, reshapeShape, splitSizes } from "../translate/shapes.ts";
import { squeezeShape, transposeOrder, unsqueezeShape } from "../translate/shapes.ts";
import { sliceBox } from "../translate/slice_box.ts";
import { checkedShape, type Folder, input, result } from "./folder.ts";

const identity: Folder = (node, inputs) => [input(node, inputs, 0)];

const constant: Folder = (node) => {
  const tensor = tensorAttribute(node, "value");
  if (tensor) return [readTensor(tensor)];
  if (hasAttribute(node, "value_float")) {
    return [tensorOf(OnnxType.FLOAT, [], [floatAttribute(node, "value_float", 0)])];
  }
  if (hasAttribute(node, "value_int")) {
    return [tensorOf(OnnxType.INT64, [], [intAttribute(node, "value_int", 0)])];
  }
  const floats = floatsAttribute(node, "value_floats");
  if (floats) return [tensorOf(OnnxType.FLOAT, [floats.length], floats)];
  const ints = intsAttribute(node, "value_ints");
  if (ints) return [tensorOf(OnnxType.INT64, [ints.length], ints)];
  throw nodeError(node, "holds a constant of a kind that is not supported");
};

const constantOfShape: Folder = (node, inputs) => {
  const shape = Array.from(input(node, inputs, 0).data);
  const value = tensorAttribute(node, "value");
  const fill = value ? readTensor(value) : tensorOf(OnnxType.FLOAT, [1], [0]);
  const tensor = result(node, fill.type, shape);
  tensor.data.fill(fill.data[0] ?? 0);
  return [tensor];
};

const range: Folder = (node, inputs) => {
  const first = input(node, inputs, 0);
  const [start, limit, step] = [0, 1, 2].map((at) => input(node, inputs, at).data[0]);
  const tensor = result(node, first.type, [Math.max(0, Math.ceil((limit - start) / step))]);
  for (let k = 0; k < tensor.data.length; k++) tensor.data[k] = start + k * step;
  return [tensor];
};

function reshaped(tensor: ConstantTensor, shape: readonly number[]): readonly ConstantTensor[] {
  return [{ ...tensor, shape }];
}

const reshape: Folder = (node, inputs) => {
  const tensor = input(node, inputs, 0);
  const target = Array.from(input(node, inputs, 1).data);
  return reshaped(tensor, reshapeShape(node, tensor.shape, target));
};

/** Squeeze and Unsqueeze take their axes as an attribute before opset 13. */
function axesOf(...[node, inputs]: Parameters<Folder>): readonly number[] | undefined {
  return inputs[1] ? Array.from(inputs[1].data) : intsAttribute(node, "axes");
}

const squeeze: Folder = (node, inputs) => {
  const tensor = input(node, inputs, 0);
  return reshaped(tensor, squeezeShape(node, tensor.shape, axesOf(node, inputs)));
};

const unsqueeze: Folder = (node, inputs) => {
  const tensor = input(node, inputs, 0);
  return reshaped(tensor, unsqueezeShape(node, tensor.shape, axesOf(node, inputs)));
};

const flatten: Folder = (node, inputs) => {
  const tensor = input(node, inputs, 0);
  return reshaped(tensor, flattenShape(node, tensor.shape));
};

const transpose: Folder = (node, inputs) => {
  const tensor = input(node, inputs, 0);
  const order = transposeOrder(node, tensor.shape.length);
  const strides = stridesOf(tensor.shape);
  const shape = order.map((axis) => tensor.shape[axis]);
  return [gather(tensor, shape, 0, order.map((axis) => strides[axis]))];
};

const slice: Folder = (node, inputs) => {
  const tensor = input(node, inputs, 0);
  const parameters = inputs.slice(1).map((each) => each && Array.from(each.data));
  const { starts, steps, shape } = sliceBox(node, tensor.shape, parameters);
  const strides = stridesOf(tensor.shape);
  const start = starts.reduce((sum, from, axis) => sum + from * strides[axis], 0);
  return [gather(tensor, shape, start, steps.map((step, axis) => step * strides[axis]))];
};

const concat: Folder = (node, inputs) => {
  const tensors = inputs.map((_, at) => input(node, inputs, at));
  const axis = axisOf(node, intAttribute(node, "axis", 0), tensors[0]?.shape.length ?? 0);
  const shape = concatShape(node, tensors.map((tensor) => tensor.shape), axis);
  const joined = result(node, tensors[0].type, shape);
  const inner = countOf(shape.slice(axis + 1));
  const rowLength = inner * shape[axis];
  let column = 0;
  for (const tensor of tensors) {
    const length = inner * tensor.shape[axis];
    for (let row = 0; row * length < tensor.data.length; row++) {
      joined.data.set(
        tensor.data.subarray(row * length, (row + 1) * length),
        row * rowLength + column,
      );
    }
    column += length;
  }
  return [joined];
};

const split: Folder = (node, inputs) => {
  const tensor = input(node, inputs, 0);
  const axis = axisOf(node, intAttribute(node, "axis", 0), tensor.shape.length);
  const sizes = splitSizes(node, tensor.shape[axis], inputs[1] && Array.from(inputs[1].data));
  const strides = stridesOf(tensor.shape);
  let start = 0;
  return sizes.map((size) => {
    const part = gather(tensor, tensor.shape.with(axis, size), start * strides[axis], strides);
    start += size;
    return part;
  });
};

const gatherIndices: Folder = (node, inputs) => {
  const tensor = input(node, inputs, 0);
  const indices = input(node, inputs, 1);
  const axis = axisOf(node, intAttribute(node, "axis", 0), tensor.shape.length);
  const inner = countOf(tensor.shape.slice(axis + 1));
  const shape = [...tensor.shape.slice(0, axis), ...indices.shape, ...tensor.shape.slice(axis + 1)];
  const taken = result(node, tensor.type, shape);
  const size = tensor.shape[axis];
  let to = 0;
  for (let outer = 0; to < taken.data.length; outer++) {
    for (const index of indices.data) {
      if (index < -size || index >= size) throw nodeError(node, `has no index ${index} in ${size}`);
      const from = (outer * size + (index < 0 ? index + size : index)) * inner;
      taken.data.set(tensor.data.subarray(from, from + inner), to);
      to += inner;
    }
  }
  return [taken];
};

const expand: Folder = (node, inputs) => {
  const tensor = input(node, inputs, 0);
  const target = Array.from(input(node, inputs, 1).data);
  const shape = broadcastShape(tensor.shape, target);
  if (!shape) throw nodeError(node, `cannot expand [${tensor.shape}] to [${target}]`);
  return [broadcastTo(tensor, checkedShape(node, shape))];
};

/** A tile is a broadcast along new axes that are then joined with the old. */
const tile: Folder = (node, inputs) => {
  const tensor = input(node, inputs, 0);
  const repeats = padShape(Array.from(input(node, inputs, 1).data), tensor.shape.length);
  const shape = checkedShape(node, tensor.shape.map((size, axis) => size * repeats[axis]));
  const apart = tensor.shape.flatMap((size) => [1, size]);
  const wide = apart.map((size, axis) => axis % 2 ? size : repeats[axis / 2]);
  return reshaped(broadcastTo({ ...tensor, shape: apart }, wide), shape);
};

export const ARRANGEMENT: Readonly<Record<string, Folder>> = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
  Identity: identity,
  Dropout: identity,
  Reshape: reshape,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Flatten: flatten,
  Transpose: transpose,
  Slice: slice,
  Concat: concat,
  Split: split,
  Gather: gatherIndices,
  Expand: expand,
  Tile: tile,
};
