import { expF32 } from "../activation_f32/elementary.ts";
import { floatsOf, putFloat } from "../activation_f32/float_elements.ts";
import { type Memory, tensorOf } from "../memory.ts";
import type { Checker, OpDefinition } from "../op_definition.ts";
import type { SoftmaxF32Op } from "../plan.ts";
import { type Addresses, tensorWords } from "../records.ts";

const { fround } = Math;

/**
 * Over each pixel's channels: e = exp(x − max), y = e / Σe. The sum has four parts, channel c in part
 * c mod 4, each begun with +0 and added to in order; Σe = (part 0 + part 1) + (part 2 + part 3). In place.
 * A channel that is not a number or +∞ makes all of the pixel not-a-number.
 */
export const softmaxF32: OpDefinition<SoftmaxF32Op> = { check, reference, record };

function check(op: SoftmaxF32Op, checker: Checker): void {
  const input = checker.tensor(op.input, "f32");
  const output = checker.tensor(op.output, "f32");
  const isSame = input.height === output.height && input.width === output.width &&
    input.channels === output.channels;
  checker.require(isSame, "its output has another size than its input");
}

function reference(op: SoftmaxF32Op, memory: Memory): void {
  const input = tensorOf(memory, op.input);
  const output = tensorOf(memory, op.output);
  const from = floatsOf(memory, op.input);
  const to = floatsOf(memory, op.output);
  for (let pixel = 0; pixel < output.height * output.width; pixel++) {
    const start = pixel * input.stride;
    const shares = softmax(from.slice(start, start + input.channels));
    shares.forEach((share, channel) => putFloat(to, pixel * output.stride + channel, share));
  }
}

function softmax(values: Float32Array): number[] {
  const most = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const powers = [...values].map((value) => expF32(fround(value - most)));
  const parts = [0, 0, 0, 0];
  powers.forEach((power, channel) => {
    parts[channel % 4] = fround(parts[channel % 4] + power);
  });
  const sum = fround(fround(parts[0] + parts[1]) + fround(parts[2] + parts[3]));
  return powers.map((power) => power / sum);
}

/** input, output */
function record(op: SoftmaxF32Op, addresses: Addresses): number[] {
  return [...tensorWords(addresses, op.input), ...tensorWords(addresses, op.output)];
}
