/** Part of `graph_interpreter.ts`: for tests only. */
import { countOf } from "./constant_tensor.ts";
import type { ConvNode, GraphConstant } from "./graph.ts";

/** A convolution or matrix multiplication of row-major values, and its residual; without its activation. */
export function interpretConv(
  node: ConvNode,
  [x, residual]: readonly GraphConstant[],
  shape: readonly number[],
): Float64Array {
  const result = node.isMatrix ? multiply(node, x) : slide(node, x, shape);
  return node.hasResidual ? result.map((value, at) => value + residual.data[at]) : result;
}

function multiply({ weights, bias }: ConvNode, x: GraphConstant): Float64Array {
  const depth = weights.length / bias.length;
  return Float64Array.from({ length: x.data.length / depth * bias.length }, (_, at) => {
    const output = at % bias.length;
    const row = Math.floor(at / bias.length);
    let sum = bias[output];
    for (let k = 0; k < depth; k++) sum += x.data[row * depth + k] * weights[output * depth + k];
    return sum;
  });
}

/** Tap by tap: what a weight adds to each output pixel. */
function slide(node: ConvNode, x: GraphConstant, shape: readonly number[]): Float64Array {
  const [, outputs, height, width] = shape;
  const [, channels, inHeight, inWidth] = x.shape;
  const depth = channels / node.groups;
  const area = height * width;
  const result = new Float64Array(countOf(shape));
  let weight = 0;
  for (let o = 0; o < outputs; o++) {
    const pixels = result.subarray(o * area, (o + 1) * area).fill(node.bias[o]);
    const first = Math.floor(o / (outputs / node.groups)) * depth;
    for (let channel = first; channel < first + depth; channel++) {
      const plane = x.data.subarray(
        channel * inHeight * inWidth,
        (channel + 1) * inHeight * inWidth,
      );
      for (let dy = 0; dy < node.kernel[0]; dy++) {
        const rows = sourcesOf(node, 0, dy, height, inHeight);
        for (let dx = 0; dx < node.kernel[1]; dx++) {
          const columns = sourcesOf(node, 1, dx, width, inWidth);
          addTap(pixels, plane, inWidth, rows, columns, node.weights[weight++]);
        }
      }
    }
  }
  return result;
}

/** Of each output position along an axis the input position under a tap; −1 where there is none. */
function sourcesOf(
  node: ConvNode,
  axis: number,
  tap: number,
  count: number,
  size: number,
): Int32Array {
  return Int32Array.from({ length: count }, (_, position) => {
    const at = position * node.stride[axis] - node.padding[axis] + tap * node.dilation[axis];
    const source = at / node.upsample[axis];
    return Number.isInteger(source) && source < size ? Math.max(-1, source) : -1;
  });
}

function addTap(
  pixels: Float64Array,
  plane: Float32Array,
  inWidth: number,
  rows: Int32Array,
  columns: Int32Array,
  weight: number,
): void {
  let at = 0;
  for (const row of rows) {
    for (const column of columns) {
      if (row >= 0 && column >= 0) pixels[at] += weight * plane[row * inWidth + column];
      at++;
    }
  }
}
