/** What `add` and `mul` share: which value of b meets which of a, and how a product or sum becomes an activation. */
import { constants, elementsOf, type Memory, tensorOf } from "../memory.ts";
import type { Checker } from "../op_definition.ts";
import type { AddOp, MulOp, PlanTensor } from "../plan.ts";
import { type Addresses, dataAddress } from "../records.ts";
import { clamp } from "../requantize.ts";
import { checkActivationTable } from "../table/check_table.ts";

/** Entries of a table after the clamp. */
const TABLE_ENTRIES = 256;

type ElementwiseOp = AddOp | MulOp;

export function checkElementwise(op: ElementwiseOp, checker: Checker): void {
  const { require } = checker;
  const a = checker.tensor(op.a, "u7");
  const b = checker.tensor(op.b, "u7");
  const output = checker.tensor(op.output, "u7");
  require(isSamePixels(a, output) && a.channels === output.channels, "the output is not like a");
  require(isSamePixels(a, b) || isOnePixel(b), "b has neither a's pixels nor one");
  require(a.channels === b.channels || b.channels === 1, "b has neither a's channels nor one");
  require(isWithin(op.bias, -(2 ** 31), 2 ** 31 - 1), `bias ${op.bias}`);
  require(isWithin(op.shift, 0, 31), `shift ${op.shift}`);
  const highest = op.table === undefined ? 127 : TABLE_ENTRIES - 1;
  require(isWithin(op.high, 0, highest) && isWithin(op.low, 0, op.high), "the clamp's limits");
  if (op.table !== undefined) checkActivationTable(op.table, TABLE_ENTRIES, checker);
}

export function checkMultiplier(multiplier: number, { require }: Checker): void {
  require(isWithin(multiplier, -32768, 32767), `multiplier ${multiplier}`);
}

/** Sets output = finish(combine(a, b)) everywhere. `combine` returns less than 2^31 either way. */
export function runElementwise(
  op: ElementwiseOp,
  memory: Memory,
  combine: (a: number, b: number) => number,
): void {
  const [aElements, bElements] = [elementsOf(memory, op.a), elementsOf(memory, op.b)];
  const [a, b, output] = [op.a, op.b, op.output].map((index) => tensorOf(memory, index));
  const outputElements = elementsOf(memory, op.output);
  const table = op.table === undefined
    ? undefined
    : constants(memory, op.table, TABLE_ENTRIES, Uint8Array);
  for (let pixel = 0; pixel < a.height * a.width; pixel++) {
    const bPixel = isOnePixel(b) ? 0 : pixel;
    for (let channel = 0; channel < a.channels; channel++) {
      const bChannel = b.channels === 1 ? 0 : channel;
      const combined = combine(
        aElements[pixel * a.stride + channel],
        bElements[bPixel * b.stride + bChannel],
      );
      const value = clamp(((combined + op.bias) | 0) >> op.shift, op.low, op.high);
      outputElements[pixel * output.stride + channel] = table ? table[value] : value;
    }
  }
}

/**
 * Words 0..15 as `elementwise.as.ts` names them. A row is a pixel, or, where nothing lies between the
 * pixels, a line of them: longer rows are faster.
 */
export function elementwiseRecord(op: ElementwiseOp, addresses: Addresses): number[] {
  const { plan, arena } = addresses;
  const [a, b, output] = [op.a, op.b, op.output].map((index) => plan.tensors[index]);
  const isScalar = isOnePixel(b) && b.channels === 1;
  const isAlike = isSamePixels(a, b) && b.channels === a.channels && isDense(b);
  const isLine = isDense(a) && isDense(output) && (isScalar || isAlike);
  const pixels = isLine ? a.width : 1;
  return [
    isLine ? a.height : a.height * a.width,
    pixels * a.channels,
    arena + a.offset,
    pixels * a.stride,
    arena + b.offset,
    isOnePixel(b) ? 0 : pixels * b.stride,
    Number(isScalar || (b.channels === 1 && !isLine)),
    arena + output.offset,
    pixels * output.stride,
    op.bias,
    op.shift,
    op.low,
    op.high,
    dataAddress(addresses, op.table),
    a.zero,
    b.zero,
  ];
}

function isSamePixels(one: PlanTensor, other: PlanTensor): boolean {
  return one.height === other.height && one.width === other.width;
}

function isOnePixel({ height, width }: PlanTensor): boolean {
  return height === 1 && width === 1;
}

function isDense({ stride, channels }: PlanTensor): boolean {
  return stride === channels;
}

function isWithin(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}
