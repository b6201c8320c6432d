import { floatsOf, putFloat } from "../activation_f32/float_elements.ts";
import { checkWindow } from "../check_window.ts";
import { tapsOf, windowAxis } from "../conv_f32/taps.ts";
import { type Memory, tensorOf } from "../memory.ts";
import type { Checker, OpDefinition } from "../op_definition.ts";
import type { PlanTensor, PoolF32Op } from "../plan.ts";
import { type Addresses, tensorWords } from "../records.ts";

/**
 * Over each channel of the window's pixels that exist, rows first.
 * max: not-a-number if one is; −0 is below +0; −∞ where no pixel exists.
 * average: their sum, begun with +0, each addition rounded, then divided by their number, or with
 * `countPadding` by the window's size. Not-a-number where nothing is counted.
 */
export const poolF32: OpDefinition<PoolF32Op> = { check, reference, record };

function check(op: PoolF32Op, checker: Checker): void {
  const input = checker.tensor(op.input, "f32");
  const output = checker.tensor(op.output, "f32");
  checker.require(input.channels === output.channels, "its output has other channels");
  checkWindow(op, output, checker);
}

function reference(op: PoolF32Op, memory: Memory): void {
  const input = tensorOf(memory, op.input);
  const output = tensorOf(memory, op.output);
  const from = floatsOf(memory, op.input);
  const to = floatsOf(memory, op.output);
  for (let row = 0; row < output.height; row++) {
    for (let column = 0; column < output.width; column++) {
      const pixels = pixelsUnder(op, input, row, column);
      const at = (row * output.width + column) * output.stride;
      for (let channel = 0; channel < output.channels; channel++) {
        const values = pixels.map((pixel) => from[pixel * input.stride + channel]);
        putFloat(to, at + channel, op.kind === "max" ? maximum(values) : average(op, values));
      }
    }
  }
}

/** The numbers of the pixels in the window at an output position. */
function pixelsUnder(op: PoolF32Op, input: PlanTensor, row: number, column: number): number[] {
  const columns = tapsOf(windowAxis(op, 1, input), column);
  return tapsOf(windowAxis(op, 0, input), row).flatMap((vertical) =>
    columns.map((horizontal) => vertical.position * input.width + horizontal.position)
  );
}

function maximum(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), -Infinity);
}

function average(op: PoolF32Op, values: readonly number[]): number {
  const sum = values.reduce((sum, value) => Math.fround(sum + value), 0);
  return sum / (op.countPadding ? op.kernel[0] * op.kernel[1] : values.length);
}

/** input, output, kernel, stride, dilation, padding, average, countPadding */
function record(op: PoolF32Op, addresses: Addresses): number[] {
  return [
    ...tensorWords(addresses, op.input),
    ...tensorWords(addresses, op.output),
    ...op.kernel,
    ...op.stride,
    ...op.dilation,
    ...op.padding,
    op.kind === "average" ? 1 : 0,
    op.countPadding ? 1 : 0,
  ];
}
