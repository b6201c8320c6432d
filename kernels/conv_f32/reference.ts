import { activator } from "../activation_f32/activation.ts";
import { floatsOf, putFloat } from "../activation_f32/float_elements.ts";
import { constants, type Memory, tensorOf } from "../memory.ts";
import type { ConvF32Op, PlanTensor } from "../plan.ts";
import { type ConvF32Shape, packedConvF32Bytes, weightPlace } from "./pack.ts";
import { tapsOf, windowAxis } from "./taps.ts";

const { fround } = Math;

export function shapeOf(op: ConvF32Op, input: PlanTensor, output: PlanTensor): ConvF32Shape {
  return {
    outputs: output.channels,
    kernel: op.kernel,
    inputsPerGroup: input.channels / op.groups,
    groups: op.groups,
  };
}

export function reference(op: ConvF32Op, memory: Memory): void {
  const input = tensorOf(memory, op.input);
  const output = tensorOf(memory, op.output);
  const shape = shapeOf(op, input, output);
  const weights = weightsOf(op, memory, shape);
  const bias = constants(memory, op.bias, output.channels, Float32Array);
  const activate = activator(memory, op.activation, output.channels);
  const from = floatsOf(memory, op.input);
  const to = floatsOf(memory, op.output);
  const outputsPerGroup = output.channels / op.groups;
  for (let row = 0; row < output.height; row++) {
    for (let column = 0; column < output.width; column++) {
      const taps = tapsAt(op, input, row, column);
      const at = (row * output.width + column) * output.stride;
      for (let channel = 0; channel < output.channels; channel++) {
        const firstInput = Math.floor(channel / outputsPerGroup) * shape.inputsPerGroup;
        const filter = { weights: weights[channel], bias: bias[channel], firstInput };
        const sum = sumOf(filter, taps, from, shape.inputsPerGroup);
        putFloat(to, at + channel, activate(sum, channel));
      }
    }
  }
}

/** Of each output its weights by tap and input. */
function weightsOf(op: ConvF32Op, memory: Memory, shape: ConvF32Shape): Float32Array[] {
  const packed = constants(memory, op.weights, packedConvF32Bytes(shape) / 4, Float32Array);
  const length = op.kernel[0] * op.kernel[1] * shape.inputsPerGroup;
  return Array.from(
    { length: shape.outputs },
    (_, output) =>
      Float32Array.from({ length }, (_, step) => packed[weightPlace(shape, output, step)]),
  );
}

interface PixelTap {
  /** Row-major in the kernel. */
  readonly tap: number;
  /** Element of the pixel's first channel. */
  readonly at: number;
}

function tapsAt(op: ConvF32Op, input: PlanTensor, row: number, column: number): PixelTap[] {
  const columns = tapsOf(windowAxis(op, 1, input, op.upsample), column);
  return tapsOf(windowAxis(op, 0, input, op.upsample), row).flatMap((vertical) =>
    columns.map((horizontal) => ({
      tap: vertical.tap * op.kernel[1] + horizontal.tap,
      at: (vertical.position * input.width + horizontal.position) * input.stride,
    }))
  );
}

interface Filter {
  readonly weights: Float32Array;
  readonly bias: number;
  readonly firstInput: number;
}

function sumOf(
  { weights, bias, firstInput }: Filter,
  taps: readonly PixelTap[],
  from: Float32Array,
  inputs: number,
): number {
  let sum = bias;
  for (const { tap, at } of taps) {
    for (let input = 0; input < inputs; input++) {
      const product = fround(from[at + firstInput + input] * weights[tap * inputs + input]);
      sum = fround(sum + product);
    }
  }
  return sum;
}
