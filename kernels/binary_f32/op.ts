import { activationWords, activator, checkActivation } from "../activation_f32/activation.ts";
import { floatsOf, putFloat } from "../activation_f32/float_elements.ts";
import { runsOf, runStride } from "../elementwise_runs.ts";
import { type Memory, tensorOf } from "../memory.ts";
import type { Checker, OpDefinition } from "../op_definition.ts";
import type { BinaryF32Op, BinaryKind, PlanTensor } from "../plan.ts";
import { type Addresses, tensorWords } from "../records.ts";

/**
 * a ∘ b, one rounding, then the activation; max and min are not-a-number where an operand is, and −0 is
 * below +0. In place on `a`, and on a `b` of the same size.
 */
export const binaryF32: OpDefinition<BinaryF32Op> = { check, reference, record };

/** The place is the number by which `binary_f32.as.ts` knows a kind. */
const KINDS: readonly BinaryKind[] = ["add", "sub", "mul", "div", "max", "min"];

const OPERATIONS: Readonly<Record<BinaryKind, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  max: Math.max,
  min: Math.min,
};

function check(op: BinaryF32Op, checker: Checker): void {
  const a = checker.tensor(op.a, "f32");
  const b = checker.tensor(op.b, "f32");
  const output = checker.tensor(op.output, "f32");
  const isSame = isSamePixels(a, output) && a.channels === output.channels;
  checker.require(isSame, "its output has another size than a");
  const isFitting = (isSamePixels(b, a) || isOnePixel(b)) &&
    (b.channels === a.channels || b.channels === 1);
  checker.require(isFitting, "b neither has the size of a nor is one pixel or one channel");
  checkActivation(op.activation, output.channels, checker);
}

function reference(op: BinaryF32Op, memory: Memory): void {
  const [a, b, output] = [op.a, op.b, op.output].map((index) => tensorOf(memory, index));
  const [left, right, to] = [op.a, op.b, op.output].map((index) => floatsOf(memory, index));
  const operate = OPERATIONS[op.kind];
  const activate = activator(memory, op.activation, output.channels);
  for (let pixel = 0; pixel < output.height * output.width; pixel++) {
    const pixelOfB = isOnePixel(b) ? 0 : pixel;
    for (let channel = 0; channel < output.channels; channel++) {
      const channelOfB = b.channels === 1 ? 0 : channel;
      const value = Math.fround(
        operate(left[pixel * a.stride + channel], right[pixelOfB * b.stride + channelOfB]),
      );
      putFloat(to, pixel * output.stride + channel, activate(value, channel));
    }
  }
}

/** The words that `binary_f32.as.ts` names. */
function record(op: BinaryF32Op, addresses: Addresses): number[] {
  const [a, b, output] = [op.a, op.b, op.output].map((index) => addresses.plan.tensors[index]);
  const isOne = isOnePixel(b) && b.channels === 1;
  const isLikeA = isSamePixels(b, a) && b.channels === a.channels;
  const isByChannel = op.activation.kind === "leaky" || !(isOne || isLikeA);
  const runs = runsOf(isOne ? [output, a] : [output, a, b], isByChannel);
  return [
    tensorWords(addresses, op.a)[0],
    4 * runStride(a, runs),
    tensorWords(addresses, op.b)[0],
    isOnePixel(b) ? 0 : 4 * (isLikeA ? runStride(b, runs) : b.stride),
    tensorWords(addresses, op.output)[0],
    4 * runStride(output, runs),
    runs.count,
    runs.length,
    KINDS.indexOf(op.kind),
    isOne || !isLikeA && b.channels === 1 ? 1 : 0,
    ...activationWords(op.activation, addresses),
  ];
}

function isOnePixel({ height, width }: PlanTensor): boolean {
  return height === 1 && width === 1;
}

function isSamePixels(tensor: PlanTensor, other: PlanTensor): boolean {
  return tensor.height === other.height && tensor.width === other.width;
}
