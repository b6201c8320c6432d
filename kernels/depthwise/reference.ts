import { constants, elementsOf, type Memory, tensorOf } from "../memory.ts";
import type { DepthwiseOp } from "../plan.ts";
import { clamp, requantize16 } from "../requantize.ts";
import { packedDepthwiseBytes, packedPlace } from "./pack.ts";

/** The oracle: bias + Σ x·w over the window, then `requantize16`, zero point, clamp and table. */
export function referenceDepthwise(op: DepthwiseOp, memory: Memory): void {
  const { height, width, channels, stride } = tensorOf(memory, op.output);
  const output = elementsOf(memory, op.output);
  const sumOf = sums(op, memory);
  const activate = activation(op, memory);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const pixel = (row * width + column) * stride;
      for (let channel = 0; channel < channels; channel++) {
        output[pixel + channel] = activate(sumOf(row, column, channel), channel);
      }
    }
  }
}

function sums(op: DepthwiseOp, memory: Memory) {
  const input = tensorOf(memory, op.input);
  const { channels } = input;
  const elements = elementsOf(memory, op.input);
  const packedBytes = packedDepthwiseBytes({ kernel: op.kernel, channels });
  const weights = constants(memory, op.weights, packedBytes, Int8Array);
  const bias = constants(memory, op.bias, channels, Int32Array);
  const [kernelRows, kernelColumns] = op.kernel;
  return (row: number, column: number, channel: number): number => {
    let sum = bias[channel];
    for (let tapRow = 0; tapRow < kernelRows; tapRow++) {
      const y = row * op.stride[0] - op.padding[0] + tapRow * op.dilation[0];
      for (let tapColumn = 0; tapColumn < kernelColumns; tapColumn++) {
        const x = column * op.stride[1] - op.padding[1] + tapColumn * op.dilation[1];
        const exists = y >= 0 && y < input.height && x >= 0 && x < input.width;
        const value = exists
          ? elements[(y * input.width + x) * input.stride + channel]
          : input.zero;
        sum = (sum + value * weights[packedPlace(op, tapRow, tapColumn, channel)]) | 0;
      }
    }
    return sum;
  };
}

function activation(op: DepthwiseOp, memory: Memory) {
  const { channels } = tensorOf(memory, op.output);
  const multipliers = constants(memory, op.multiplier, channels, Int16Array);
  const slopes = op.slope === undefined
    ? undefined
    : constants(memory, op.slope, channels, Int16Array);
  const table = op.table === undefined ? undefined : constants(memory, op.table, 256, Uint8Array);
  return (sum: number, channel: number): number => {
    const slope = slopes === undefined ? 32768 : slopes[channel];
    const scaled = requantize16(sum, { shift: op.shift, multiplier: multipliers[channel], slope });
    const value = clamp(scaled + op.zero, op.low, op.high);
    return table === undefined ? value : table[value];
  };
}
