import { activationWords, activator, checkActivation } from "../activation_f32/activation.ts";
import { floatsOf, putFloat } from "../activation_f32/float_elements.ts";
import { runsOf, runStride } from "../elementwise_runs.ts";
import { type Memory, tensorOf } from "../memory.ts";
import type { Checker, OpDefinition } from "../op_definition.ts";
import type { UnaryF32Op } from "../plan.ts";
import { type Addresses, tensorWords } from "../records.ts";

/** An activation of each element by itself. In place. */
export const unaryF32: OpDefinition<UnaryF32Op> = { check, reference, record };

function check(op: UnaryF32Op, checker: Checker): void {
  const input = checker.tensor(op.input, "f32");
  const output = checker.tensor(op.output, "f32");
  const isSame = input.height === output.height && input.width === output.width &&
    input.channels === output.channels;
  checker.require(isSame, "its output has another size than its input");
  checkActivation(op.activation, output.channels, checker);
}

function reference(op: UnaryF32Op, memory: Memory): void {
  const input = tensorOf(memory, op.input);
  const output = tensorOf(memory, op.output);
  const from = floatsOf(memory, op.input);
  const to = floatsOf(memory, op.output);
  const activate = activator(memory, op.activation, output.channels);
  for (let pixel = 0; pixel < output.height * output.width; pixel++) {
    for (let channel = 0; channel < output.channels; channel++) {
      const value = from[pixel * input.stride + channel];
      putFloat(to, pixel * output.stride + channel, activate(value, channel));
    }
  }
}

/** input, output: address, bytes from run to run; count and length of the runs; activation */
function record(op: UnaryF32Op, addresses: Addresses): number[] {
  const input = addresses.plan.tensors[op.input];
  const output = addresses.plan.tensors[op.output];
  const runs = runsOf([output, input], op.activation.kind === "leaky");
  return [
    tensorWords(addresses, op.input)[0],
    4 * runStride(input, runs),
    tensorWords(addresses, op.output)[0],
    4 * runStride(output, runs),
    runs.count,
    runs.length,
    ...activationWords(op.activation, addresses),
  ];
}
