import { constants, type Elements, elementsOf, type Memory, spanOf, tensorOf } from "../memory.ts";
import type { Checker, OpDefinition } from "../op_definition.ts";
import { type CopyOp, ELEMENT_BYTES, type PlanTensor } from "../plan.ts";
import { type Addresses, dataAddress, tensorWords } from "../records.ts";
import { checkActivationTable } from "../table/check_table.ts";
import { axesOf, type Axis, isWrittenOnce, reachOf, simplestAxes } from "./axes.ts";

const MAX_AXES = 6;
const TABLE_ENTRIES = 128;

/** Bits as they are, or of u7 what the table has for them (0 for what is no u7). Not in place. */
export const copy: OpDefinition<CopyOp> = { check, reference, record };

function check(op: CopyOp, checker: Checker): void {
  const input = checker.tensor(op.input, "u7", "i16", "i32", "f32");
  const output = checker.tensor(op.output, input.type);
  const rank = op.size.length;
  const isBox = rank <= MAX_AXES && op.fromStrides.length === rank && op.toStrides.length === rank;
  checker.require(
    isBox,
    `its sizes and strides are not those of one box of up to ${MAX_AXES} axes`,
  );
  checkReach(op, input, output, checker);
  checker.require(isWrittenOnce(axesOf(op)), "it writes an element twice");
  if (op.table === undefined) return;
  checker.require(input.type === "u7", "only u7 can pass a table");
  checkActivationTable(op.table, TABLE_ENTRIES, checker);
}

/** That every index lies inside the spans of both tensors. */
function checkReach(op: CopyOp, input: PlanTensor, output: PlanTensor, checker: Checker): void {
  checker.require(op.size.every((size) => size >= 0), "its box has a negative size");
  if (op.size.includes(0)) return;
  const axes = axesOf(op);
  for (const [side, start, tensor] of [["from", op.from, input], ["to", op.to, output]] as const) {
    const { low, high } = reachOf(axes, side, start);
    const isInside = low >= 0 && high < spanOf(tensor);
    checker.require(isInside, `its box leaves ${tensor.name}: ${low} to ${high}`);
  }
}

function reference(op: CopyOp, memory: Memory): void {
  const from = bitsOf(memory, op.input);
  const to = bitsOf(memory, op.output);
  const table = op.table === undefined
    ? undefined
    : constants(memory, op.table, TABLE_ENTRIES, Uint8Array);
  const copyAxis = (axes: readonly Axis[], source: number, target: number): void => {
    const [axis, ...finer] = axes;
    if (!axis) {
      to[target] = table ? table[from[source]] : from[source];
      return;
    }
    for (let index = 0; index < axis.size; index++) {
      copyAxis(finer, source + index * axis.from, target + index * axis.to);
    }
  };
  copyAxis(axesOf(op), op.from, op.to);
}

/** The elements as whole numbers: a float that is none would not keep its bits. */
function bitsOf(memory: Memory, index: number): Exclude<Elements, Float32Array> {
  const elements = elementsOf(memory, index);
  return elements instanceof Float32Array
    ? new Int32Array(memory.arena, tensorOf(memory, index).offset, elements.length)
    : elements;
}

/** The words that `copy.as.ts` names: then of each axis, the last first, its size and bytes to step. */
function record(op: CopyOp, addresses: Addresses): number[] {
  const bytes = ELEMENT_BYTES[addresses.plan.tensors[op.input].type];
  const isEmpty = op.size.includes(0);
  const axes = simplestAxes(isEmpty ? [] : axesOf(op)).reverse();
  return [
    bytes,
    dataAddress(addresses, op.table),
    tensorWords(addresses, op.input)[0] + bytes * op.from,
    tensorWords(addresses, op.output)[0] + bytes * op.to,
    isEmpty ? 0 : axes.length,
    ...axes.flatMap(({ size, from, to }) => [size, bytes * from, bytes * to]),
  ];
}
