import { constants, elementsOf, type Memory, tensorOf } from "../memory.ts";
import type { ConvOp } from "../plan.ts";
import { clamp, requantize16 } from "../requantize.ts";
import { packedConvBytes, unpackConv, weightsShape } from "./pack.ts";

/** Of each channel, what makes its 32-bit sum an element of the output. */
type Finish = (sum: number, channel: number) => number;

/** The oracle: bias + Σ x·w (+ residual), then `requantize16`, zero point, clamp and table. */
export function referenceConv(op: ConvOp, memory: Memory): void {
  const { height, width, channels, stride } = tensorOf(memory, op.output);
  const output = elementsOf(memory, op.output);
  const sumsAt = windowSums(op, memory);
  const residualAt = residuals(op, memory);
  const finish = tensorOf(memory, op.output).type === "i16"
    ? requantizer(op, memory)
    : activation(op, memory);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const pixel = row * width + column;
      const sums = sumsAt(row, column);
      for (let channel = 0; channel < channels; channel++) {
        const sum = (sums[channel] + residualAt(pixel, channel)) | 0;
        output[pixel * stride + channel] = finish(sum, channel);
      }
    }
  }
}

/** bias + Σ x·w of all outputs at a row and column: 32-bit, wrapping. */
function windowSums(op: ConvOp, memory: Memory): (row: number, column: number) => Int32Array {
  const shape = weightsShape(op, memory.plan.tensors);
  const { outputs, inputsPerGroup: depth } = shape;
  const packed = constants(memory, op.weights, packedConvBytes(shape), Int8Array);
  const weights = unpackConv(shape, packed);
  const bias = constants(memory, op.bias, outputs, Int32Array);
  const window = gatherer(op, memory);
  const windowSize = op.kernel[0] * op.kernel[1] * depth;
  return (row, column) => {
    const sums = bias.slice();
    for (let group = 0, output = 0; group < op.groups; group++) {
      const values = window(row, column, group);
      for (const end = output + outputs / op.groups; output < end; output++) {
        sums[output] += dot(values, weights, output * windowSize);
      }
    }
    return sums;
  };
}

/** Below 2^53 in all: at most 65,536 taps of 2^20 channels, 2^14 each. */
function dot(values: Uint8Array, weights: Int8Array, first: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * weights[first + i];
  return sum;
}

/** The input under the window of a group, in the order of its weights; zero points where there is none. */
function gatherer(op: ConvOp, memory: Memory) {
  const input = tensorOf(memory, op.input);
  const elements = elementsOf(memory, op.input);
  const depth = input.channels / op.groups;
  const values = new Uint8Array(op.kernel[0] * op.kernel[1] * depth);
  return (row: number, column: number, group: number): Uint8Array => {
    values.fill(input.zero);
    for (const down of tapsOf(op, 0, row, input.height)) {
      for (const across of tapsOf(op, 1, column, input.width)) {
        const pixel = down.position * input.width + across.position;
        const from = pixel * input.stride + group * depth;
        const to = (down.tap * op.kernel[1] + across.tap) * depth;
        for (let i = 0; i < depth; i++) values[to + i] = elements[from + i];
      }
    }
    return values;
  };
}

interface Tap {
  readonly tap: number;
  /** Of the input pixel that the tap lies on. */
  readonly position: number;
}

/** Along an axis (0 rows, 1 columns) of `size` input pixels: the taps of output `place` that lie on one. */
function tapsOf(op: ConvOp, axis: 0 | 1, place: number, size: number): Tap[] {
  const taps: Tap[] = [];
  for (let tap = 0; tap < op.kernel[axis]; tap++) {
    const spread = place * op.stride[axis] - op.padding[axis] + tap * op.dilation[axis];
    const position = spread / op.upsample[axis];
    if (Number.isInteger(position) && position >= 0 && position < size) {
      taps.push({ tap, position });
    }
  }
  return taps;
}

function residuals(op: ConvOp, memory: Memory): (pixel: number, channel: number) => number {
  if (op.residual === undefined || op.residualMultiplier === undefined) return () => 0;
  const { stride, channels } = tensorOf(memory, op.residual);
  const elements = elementsOf(memory, op.residual);
  const multipliers = constants(memory, op.residualMultiplier, channels, Int32Array);
  return (pixel, channel) => Math.imul(elements[pixel * stride + channel], multipliers[channel]);
}

function requantizer(op: ConvOp, memory: Memory): Finish {
  const { channels } = tensorOf(memory, op.output);
  const multipliers = constants(memory, op.multiplier, channels, Int16Array);
  const slopes = op.slope === undefined
    ? undefined
    : constants(memory, op.slope, channels, Int16Array);
  return (sum, channel) =>
    requantize16(sum, {
      shift: op.shift,
      multiplier: multipliers[channel],
      slope: slopes === undefined ? 32768 : slopes[channel],
    });
}

function activation(op: ConvOp, memory: Memory): Finish {
  const requantize = requantizer(op, memory);
  const table = op.table === undefined ? undefined : constants(memory, op.table, 256, Uint8Array);
  return (sum, channel) => {
    const value = clamp(requantize(sum, channel) + op.zero, op.low, op.high);
    return table === undefined ? value : table[value];
  };
}
