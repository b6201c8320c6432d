import { constants, elementsOf, tensorOf } from "../memory.ts";
import type { OpDefinition } from "../op_definition.ts";
import type { TableOp } from "../plan.ts";
import { dataAddress } from "../records.ts";
import { checkActivationTable } from "./check_table.ts";

const ENTRIES = 128;

export const table: OpDefinition<TableOp> = {
  check(op, checker) {
    const input = checker.tensor(op.input, "u7");
    const output = checker.tensor(op.output, "u7");
    const isSame = input.height === output.height && input.width === output.width &&
      input.channels === output.channels;
    checker.require(isSame, "input and output differ in shape");
    checkActivationTable(op.table, ENTRIES, checker);
  },
  reference(op, memory) {
    const [input, output] = [tensorOf(memory, op.input), tensorOf(memory, op.output)];
    const [from, to] = [elementsOf(memory, op.input), elementsOf(memory, op.output)];
    const entries = constants(memory, op.table, ENTRIES, Uint8Array);
    for (let pixel = 0; pixel < input.height * input.width; pixel++) {
      for (let channel = 0; channel < input.channels; channel++) {
        to[pixel * output.stride + channel] = entries[from[pixel * input.stride + channel]];
      }
    }
  },
  record(op, addresses) {
    const { plan, arena } = addresses;
    const [input, output] = [plan.tensors[op.input], plan.tensors[op.output]];
    const { height, width, channels } = input;
    const isLine = input.stride === channels && output.stride === channels;
    const pixels = isLine ? width : 1; // a row is a pixel, or a line of them where nothing lies between
    return [
      isLine ? height : height * width,
      pixels * channels,
      arena + input.offset,
      pixels * input.stride,
      arena + output.offset,
      pixels * output.stride,
      dataAddress(addresses, op.table),
    ];
  },
};
