import { floatsOf } from "../activation_f32/float_elements.ts";
import { runsOf, runStride } from "../elementwise_runs.ts";
import { elementsOf, type Memory, tensorOf } from "../memory.ts";
import type { Checker, OpDefinition } from "../op_definition.ts";
import { type DequantizeOp, ELEMENT_BYTES } from "../plan.ts";
import { type Addresses, floatBits, tensorWords } from "../records.ts";

/** x = (q − zero) · scale of the input, rounded once to f32. */
export const dequantize: OpDefinition<DequantizeOp> = { check, reference, record };

function check(op: DequantizeOp, checker: Checker): void {
  const input = checker.tensor(op.input, "u7", "i16");
  const output = checker.tensor(op.output, "f32");
  const isSame = input.height === output.height && input.width === output.width &&
    input.channels === output.channels;
  checker.require(isSame, "its output has another size than its input");
}

function reference(op: DequantizeOp, memory: Memory): void {
  const input = tensorOf(memory, op.input);
  const output = tensorOf(memory, op.output);
  const from = elementsOf(memory, op.input);
  const to = floatsOf(memory, op.output);
  const scale = Math.fround(input.scale);
  for (let pixel = 0; pixel < output.height * output.width; pixel++) {
    for (let channel = 0; channel < output.channels; channel++) {
      const steps = from[pixel * input.stride + channel] - input.zero;
      to[pixel * output.stride + channel] = steps * scale;
    }
  }
}

/** input, output: address, bytes from run to run; runs' count, length; input's bytes, zero, scale */
function record(op: DequantizeOp, addresses: Addresses): number[] {
  const input = addresses.plan.tensors[op.input];
  const output = addresses.plan.tensors[op.output];
  const bytes = ELEMENT_BYTES[input.type];
  const runs = runsOf([output, input], false);
  return [
    tensorWords(addresses, op.input)[0],
    bytes * runStride(input, runs),
    tensorWords(addresses, op.output)[0],
    4 * runStride(output, runs),
    runs.count,
    runs.length,
    bytes,
    input.zero,
    floatBits(input.scale),
  ];
}
