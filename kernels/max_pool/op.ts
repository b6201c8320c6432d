/** Largest of the window's pixels that exist. */
import { checkWindow, checkWindowsCover } from "../check_window.ts";
import { elementsOf, type Memory, tensorOf } from "../memory.ts";
import type { Checker, OpDefinition } from "../op_definition.ts";
import type { MaxPoolOp } from "../plan.ts";
import { tensorWords } from "../records.ts";

const LANES = 16;

export const maxPool: OpDefinition<MaxPoolOp> = {
  check,
  reference,
  record: (op, addresses) => [
    ...tensorWords(addresses, op.input),
    ...tensorWords(addresses, op.output),
    ...op.kernel,
    ...op.stride,
    ...op.dilation,
    ...op.padding,
    addresses.scratch,
  ],
  /** A row of the input's width, and what the last vector writes beyond it. */
  scratchBytes: (op, plan) => {
    const { width, channels } = plan.tensors[op.input];
    return width * channels + LANES;
  },
};

function check(op: MaxPoolOp, checker: Checker): void {
  const input = checker.tensor(op.input, "u7");
  const output = checker.tensor(op.output, "u7");
  checker.require(input.channels === output.channels, "input and output differ in channels");
  checkWindow(op, output, checker);
  checkWindowsCover(op, { input, output }, checker);
}

function reference(op: MaxPoolOp, memory: Memory): void {
  const { height, width, channels, stride } = tensorOf(memory, op.output);
  const output = elementsOf(memory, op.output);
  const largestOf = windows(op, memory);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (let channel = 0; channel < channels; channel++) {
        output[(row * width + column) * stride + channel] = largestOf(row, column, channel);
      }
    }
  }
}

function windows(op: MaxPoolOp, memory: Memory) {
  const { height, width, stride } = tensorOf(memory, op.input);
  const elements = elementsOf(memory, op.input);
  return (row: number, column: number, channel: number): number => {
    let most = 0;
    for (let tapRow = 0; tapRow < op.kernel[0]; tapRow++) {
      const y = row * op.stride[0] - op.padding[0] + tapRow * op.dilation[0];
      for (let tapColumn = 0; tapColumn < op.kernel[1]; tapColumn++) {
        const x = column * op.stride[1] - op.padding[1] + tapColumn * op.dilation[1];
        const exists = y >= 0 && y < height && x >= 0 && x < width;
        if (exists) most = Math.max(most, elements[(y * width + x) * stride + channel]);
      }
    }
    return most;
  };
}
