/**
 * Whether ops read what was written for them. Kernels take many elements at once and rely on u7 being 0..127,
 * so an op that writes over what it has yet to read, or reads other bytes as u7, gives other bits in each.
 */
import { axesOf, simplestAxes } from "./copy/axes.ts";
import { bytesOf } from "./memory.ts";
import type { Checker } from "./op_definition.ts";
import { inPlaceOperand, operandsOf } from "./op_operands.ts";
import {
  type CopyOp,
  ELEMENT_BYTES,
  type Plan,
  type PlanOp,
  type PlanTensor,
  type TensorIndex,
} from "./plan.ts";

/** Below it a loop is faster than the engine's own fill and search. */
const SHORT_RUN_BYTES = 64;
/** By all ops together: several times what the largest networks do that phones run. */
const MAX_TOUCHED_BYTES = 2 ** 32;

/** Follows the ops of a plan, in order, through the arena. */
export class OperandCheck {
  readonly #tensors: Plan["tensors"];
  /** 1 for each byte of the arena that was written as u7. What an earlier run of the plan has left does not count. */
  readonly #isU7: Uint8Array;
  /** 1 for each byte that the op at hand is about to write. */
  readonly #isOutput: Uint8Array;
  #touchedBytes = 0;

  constructor({ tensors }: Plan) {
    this.#tensors = tensors;
    const bytes = tensors.reduce((end, tensor) => Math.max(end, endOf(tensor)), 0);
    [this.#isU7, this.#isOutput] = [arenaOf(bytes), arenaOf(bytes)];
  }

  /** Throws by `require` where an op, which its `check` has passed, cannot follow those before. */
  next(op: PlanOp, require: Checker["require"]): void {
    const { reads, writes } = operandsOf(op);
    const operands = [...new Set(reads)];
    for (const index of [...operands, writes]) {
      this.#touchedBytes += touchedBytes(op, this.#tensors[index]);
    }
    require(this.#touchedBytes <= MAX_TOUCHED_BYTES, "the ops touch too many elements");
    for (const index of operands) {
      const isApart = this.#isInPlace(op, index) || this.#isApart(op, index);
      require(isApart, `its output lies on tensor ${index}, which it reads`);
      const isWritten = this.#tensors[index].type !== "u7" || this.#isAll(op, index, this.#isU7, 1);
      require(isWritten, `tensor ${index} is u7, but no op before has written all of it so`);
    }
    this.#mark(op, this.#isU7, this.#tensors[writes].type === "u7" ? 1 : 0);
  }

  /** Whether the output lies exactly over an operand, for a kernel that reads an element before it writes it. */
  #isInPlace(op: PlanOp, index: TensorIndex): boolean {
    const [input, output] = [this.#tensors[index], this.#tensors[op.output]];
    return inPlaceOperand(op) !== undefined &&
      (["type", "offset", "height", "width", "channels", "stride"] as const)
        .every((side) => input[side] === output[side]);
  }

  #isApart(op: PlanOp, index: TensorIndex): boolean {
    const [input, output] = [this.#tensors[index], this.#tensors[op.output]];
    if (endOf(input) <= output.offset || endOf(output) <= input.offset) return true;
    this.#mark(op, this.#isOutput, 1);
    const isApart = this.#isAll(op, index, this.#isOutput, 0);
    this.#mark(op, this.#isOutput, 0);
    return isApart;
  }

  /** Whether all that the op reads of a tensor has this value. */
  #isAll(op: PlanOp, index: TensorIndex, marks: Uint8Array, value: 0 | 1): boolean {
    const tensor = this.#tensors[index];
    return everyRun(op, "from", tensor, (start, end) => isRunOf(marks, start, end, value));
  }

  /** Gives all that the op writes this value. */
  #mark(op: PlanOp, marks: Uint8Array, value: 0 | 1): void {
    everyRun(op, "to", this.#tensors[op.output], (start, end) => {
      if (end - start >= SHORT_RUN_BYTES) marks.fill(value, start, end);
      else for (let at = start; at < end; at++) marks[at] = value;
      return true;
    });
  }
}

function isRunOf(marks: Uint8Array, start: number, end: number, value: 0 | 1): boolean {
  if (end - start >= SHORT_RUN_BYTES) return !marks.subarray(start, end).includes(1 - value);
  for (let at = start; at < end; at++) if (marks[at] !== value) return false;
  return true;
}

function arenaOf(bytes: number): Uint8Array {
  try {
    return new Uint8Array(bytes);
  } catch (cause) {
    throw new Error(`Cannot load the plan: the device does not give it ${bytes} bytes`, { cause });
  }
}

/** Of the tensor's elements, or of those in a copy's box. */
function touchedBytes(op: PlanOp, { type, height, width, channels }: PlanTensor): number {
  const sides = op.op === "copy" ? op.size : [height, width, channels];
  return sides.reduce((product, side) => product * side, ELEMENT_BYTES[type]);
}

function endOf(tensor: PlanTensor): number {
  return tensor.offset + bytesOf(tensor);
}

/** Says something of elements in a row: the arena's bytes from `start` up to `end`. */
type RunRule = (start: number, end: number) => boolean;

/** Whether a rule holds for all that an op touches of a tensor: of a copy that is its box, else the whole. */
function everyRun(op: PlanOp, side: "from" | "to", tensor: PlanTensor, rule: RunRule): boolean {
  return op.op === "copy" ? everyRunOfBox(op, side, tensor, rule) : everyRunOf(tensor, rule);
}

function everyRunOf(tensor: PlanTensor, rule: RunRule): boolean {
  const { type, offset, height, width, channels, stride } = tensor;
  if (channels === stride) return rule(offset, endOf(tensor));
  const bytes = ELEMENT_BYTES[type];
  for (let pixel = 0; pixel < height * width; pixel++) {
    const start = offset + pixel * stride * bytes;
    if (!rule(start, start + channels * bytes)) return false;
  }
  return true;
}

function everyRunOfBox(
  op: CopyOp,
  side: "from" | "to",
  { offset, type }: PlanTensor,
  rule: RunRule,
): boolean {
  if (op.size.includes(0)) return true;
  const bytes = ELEMENT_BYTES[type];
  const axes = simplestAxes(axesOf(op));
  const everyAlong = (depth: number, first: number): boolean => {
    if (depth === axes.length) return rule(first, first + bytes);
    const { size, [side]: step } = axes[depth];
    if (step === 1 && depth === axes.length - 1) return rule(first, first + size * bytes);
    for (let index = 0; index < size; index++) {
      if (!everyAlong(depth + 1, first + index * step * bytes)) return false;
    }
    return true;
  };
  return everyAlong(0, offset + op[side] * bytes);
}
