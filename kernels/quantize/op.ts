import { roundHalfEven } from "../activation_f32/elementary.ts";
import { floatsOf } from "../activation_f32/float_elements.ts";
import { runsOf, runStride } from "../elementwise_runs.ts";
import { elementsOf, type Memory, tensorOf } from "../memory.ts";
import type { Checker, OpDefinition } from "../op_definition.ts";
import type { QuantizeOp } from "../plan.ts";
import { type Addresses, floatBits, tensorWords } from "../records.ts";
import { clamp } from "../requantize.ts";

/** q = clamp(zero + roundHalfEven(x · inverseScale), 0, 127); not-a-number becomes `zero`, as 0 does. */
export const quantize: OpDefinition<QuantizeOp> = { check, reference, record };

function check(op: QuantizeOp, checker: Checker): void {
  const input = checker.tensor(op.input, "f32");
  const output = checker.tensor(op.output, "u7");
  const isSame = input.height === output.height && input.width === output.width &&
    input.channels === output.channels;
  checker.require(isSame, "its output has another size than its input");
  const scale = Math.fround(op.inverseScale);
  checker.require(scale > 0 && Number.isFinite(scale), "its inverse scale is no positive f32");
}

function reference(op: QuantizeOp, memory: Memory): void {
  const input = tensorOf(memory, op.input);
  const output = tensorOf(memory, op.output);
  const from = floatsOf(memory, op.input);
  const to = elementsOf(memory, op.output);
  const scale = Math.fround(op.inverseScale);
  for (let pixel = 0; pixel < output.height * output.width; pixel++) {
    for (let channel = 0; channel < output.channels; channel++) {
      const scaled = Math.fround(from[pixel * input.stride + channel] * scale);
      const steps = Number.isNaN(scaled) ? 0 : roundHalfEven(scaled);
      to[pixel * output.stride + channel] = clamp(output.zero + steps, 0, 127);
    }
  }
}

/** input, output: address, bytes from run to run; count and length of the runs; zero, inverse scale */
function record(op: QuantizeOp, addresses: Addresses): number[] {
  const input = addresses.plan.tensors[op.input];
  const output = addresses.plan.tensors[op.output];
  const runs = runsOf([output, input], false);
  return [
    tensorWords(addresses, op.input)[0],
    4 * runStride(input, runs),
    tensorWords(addresses, op.output)[0],
    runStride(output, runs),
    runs.count,
    runs.length,
    output.zero,
    floatBits(op.inverseScale),
  ];
}
