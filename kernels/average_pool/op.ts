/** Mean of the window, then another scale and, if wanted, a table. */
import { checkMultiplier } from "../add/elementwise.ts";
import { checkWindow, checkWindowsCover } from "../check_window.ts";
import { constants, elementsOf, type Memory, tensorOf } from "../memory.ts";
import type { Checker, OpDefinition } from "../op_definition.ts";
import type { AveragePoolOp } from "../plan.ts";
import { dataAddress, tensorWords } from "../records.ts";
import { clamp } from "../requantize.ts";
import { checkActivationTable } from "../table/check_table.ts";

/** A mean is held in 1/128 of a step. */
const MEAN_STEPS = 128;
const TABLE_ENTRIES = 256;

export const averagePool: OpDefinition<AveragePoolOp> = {
  check,
  reference,
  record: (op, addresses) => [
    ...tensorWords(addresses, op.input),
    ...tensorWords(addresses, op.output),
    ...op.kernel,
    ...op.stride,
    ...op.dilation,
    ...op.padding,
    Number(op.countPadding),
    op.multiplier,
    op.bias,
    op.shift,
    op.low,
    op.high,
    dataAddress(addresses, op.table),
  ],
};

function check(op: AveragePoolOp, checker: Checker): void {
  const { require } = checker;
  const input = checker.tensor(op.input, "u7");
  const output = checker.tensor(op.output, "u7");
  require(input.channels === output.channels, "input and output differ in channels");
  checkWindow(op, output, checker);
  if (!op.countPadding) checkWindowsCover(op, { input, output }, checker);
  checkMultiplier(op.multiplier, checker);
  require(op.bias === (op.bias | 0), "the bias has more than 32 bits");
  require(op.shift >= 0 && op.shift <= 31, "the shift is not 0..31");
  const highest = op.table === undefined ? 127 : TABLE_ENTRIES - 1;
  const isRange = op.low >= 0 && op.low <= op.high && op.high <= highest;
  require(isRange, `low and high are not in order within 0..${highest}`);
  if (op.table !== undefined) checkActivationTable(op.table, TABLE_ENTRIES, checker);
}

function reference(op: AveragePoolOp, memory: Memory): void {
  const { height, width, channels, stride } = tensorOf(memory, op.output);
  const output = elementsOf(memory, op.output);
  const table = op.table === undefined
    ? undefined
    : constants(memory, op.table, TABLE_ENTRIES, Uint8Array);
  const meanOf = means(op, memory);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (let channel = 0; channel < channels; channel++) {
        const mean = meanOf(row, column, channel);
        const sum = (mean * op.multiplier + op.bias) | 0;
        const value = clamp(sum >> op.shift, op.low, op.high);
        output[(row * width + column) * stride + channel] = table ? table[value] : value;
      }
    }
  }
}

function means(op: AveragePoolOp, memory: Memory) {
  const { height, width, stride, zero } = tensorOf(memory, op.input);
  const elements = elementsOf(memory, op.input);
  return (row: number, column: number, channel: number): number => {
    let [sum, count] = [0, 0];
    for (let tapRow = 0; tapRow < op.kernel[0]; tapRow++) {
      const y = row * op.stride[0] - op.padding[0] + tapRow * op.dilation[0];
      for (let tapColumn = 0; tapColumn < op.kernel[1]; tapColumn++) {
        const x = column * op.stride[1] - op.padding[1] + tapColumn * op.dilation[1];
        const exists = y >= 0 && y < height && x >= 0 && x < width;
        if (!exists && !op.countPadding) continue;
        sum += exists ? elements[(y * width + x) * stride + channel] : zero;
        count += 1;
      }
    }
    return Math.floor((MEAN_STEPS * sum + (count >> 1)) / count);
  };
}
