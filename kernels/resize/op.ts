/**
 * Resize by tables: an entry of an axis is (first, second, share of the second in 1/128). With a, b of the
 * columns first and second, r and c the shares of row and column:
 *
 * - u7: top = a · (128 − c) + b · c in the first row, bottom likewise in the second;
 *   (top · (128 − r) + bottom · r + 8192) >> 14.
 * - f32: blend(a, b, share) = a where share is 0, else fround(a + fround(fround(b − a) · (share / 128)));
 *   top and bottom by the column's share, then blend(top, bottom, row's share). What is only copied, both
 *   shares 0, keeps its bits; not-a-number that is computed has one form.
 */
import { putFloat } from "../activation_f32/float_elements.ts";
import { constants, type Elements, elementsOf, type Memory, tensorOf } from "../memory.ts";
import type { Checker, OpDefinition } from "../op_definition.ts";
import type { PlanTensor, ResizeOp } from "../plan.ts";
import { dataAddress, tensorWords } from "../records.ts";

const SHARES = 128;
/** first, second, share */
const ENTRY_VALUES = 3;
const ENTRY_BYTES = ENTRY_VALUES * 2;
/** Positions that an i16 can name. */
const MAX_SIZE = 32768;

export const resize: OpDefinition<ResizeOp> = {
  check,
  reference,
  record: (op, addresses) => [
    ...tensorWords(addresses, op.input),
    ...tensorWords(addresses, op.output),
    dataAddress(addresses, op.rows),
    dataAddress(addresses, op.columns),
    Number(addresses.plan.tensors[op.input].type === "f32"),
    addresses.scratch,
  ],
  /** Two lines of the output's width, blended along it: i16 or f32, whole vectors a pixel. */
  scratchBytes: (op, plan) => {
    const { width, channels, type } = plan.tensors[op.output];
    return 2 * width * (type === "f32" ? roundUp(channels, 4) * 4 : roundUp(channels, 16) * 2);
  },
};

function check(op: ResizeOp, checker: Checker): void {
  const input = checker.tensor(op.input, "u7", "f32");
  const output = checker.tensor(op.output, input.type);
  checker.require(input.channels === output.channels, "input and output differ in channels");
  checkTable(op.rows, [input.height, output.height], checker);
  checkTable(op.columns, [input.width, output.width], checker);
}

function checkTable(
  offset: number,
  [size, entries]: readonly [number, number],
  { plan, data, require }: Checker,
): void {
  require(size <= MAX_SIZE, `the input's side is over ${MAX_SIZE}`);
  data(offset, entries * ENTRY_BYTES);
  const { buffer, byteOffset } = plan.data;
  const table = new DataView(buffer, byteOffset + offset, entries * ENTRY_BYTES);
  for (let place = 0; place < entries * ENTRY_BYTES; place += ENTRY_BYTES) {
    for (const position of [table.getInt16(place, true), table.getInt16(place + 2, true)]) {
      require(position >= 0 && position < size, `position ${position} is not in the input`);
    }
    const share = table.getInt16(place + 4, true);
    require(share >= 0 && share <= SHARES, `share ${share} is not 0..${SHARES}`);
  }
}

interface Tap {
  readonly first: number;
  readonly second: number;
  readonly share: number;
}

function tapsOf(memory: Memory, offset: number, entries: number): Tap[] {
  const values = constants(memory, offset, entries * ENTRY_VALUES, Int16Array);
  return Array.from({ length: entries }, (_, entry) => {
    const [first, second, share] = values.subarray(entry * ENTRY_VALUES);
    return { first, second, share };
  });
}

type Blend = (at: (y: number, x: number) => number, row: Tap, column: Tap) => number;

function reference(op: ResizeOp, memory: Memory): void {
  const input = tensorOf(memory, op.input);
  const output = tensorOf(memory, op.output);
  const from = elementsOf(memory, op.input);
  const to = elementsOf(memory, op.output);
  const columns = tapsOf(memory, op.columns, output.width);
  tapsOf(memory, op.rows, output.height).forEach((row, y) => {
    columns.forEach((column, x) => {
      for (let channel = 0; channel < output.channels; channel++) {
        const place = elementOf(output, y, x) + channel;
        const at = (y: number, x: number) => from[elementOf(input, y, x) + channel];
        if (row.share === 0 && column.share === 0) {
          const source = elementOf(input, row.first, column.first) + channel;
          bitsOf(to)[place] = bitsOf(from)[source];
        } else if (to instanceof Float32Array) putFloat(to, place, blendF32(at, row, column));
        else to[place] = blendU7(at, row, column);
      }
    });
  });
}

/** As whole numbers, which keep the bits of what is not a number. */
function bitsOf(elements: Elements): Exclude<Elements, Float32Array> {
  return elements instanceof Float32Array
    ? new Int32Array(elements.buffer, elements.byteOffset, elements.length)
    : elements;
}

function elementOf({ width, stride }: PlanTensor, y: number, x: number): number {
  return (y * width + x) * stride;
}

const blendU7: Blend = (at, row, column) => {
  const [top, bottom] = [row.first, row.second].map((y) =>
    at(y, column.first) * (SHARES - column.share) + at(y, column.second) * column.share
  );
  return (top * (SHARES - row.share) + bottom * row.share + 8192) >> 14;
};

const blendF32: Blend = (at, row, column) => {
  const [top, bottom] = [row.first, row.second].map((y) =>
    between(at(y, column.first), at(y, column.second), column.share)
  );
  return between(top, bottom, row.share);
};

function between(a: number, b: number, share: number): number {
  if (share === 0) return a;
  const part = Math.fround(Math.fround(b - a) * (share / SHARES));
  return Math.fround(a + part);
}

function roundUp(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}
