import { constants, elementsOf, tensorOf } from "../memory.ts";
import type { OpDefinition } from "../op_definition.ts";
import type { SoftmaxOp } from "../plan.ts";
import { dataAddress } from "../records.ts";

/** One for each difference of two activations. */
const ENTRIES = 128;
/** Sums of that many 16-bit entries, half as much again and 127 · e stay below 2^32. */
const MAX_CHANNELS = 65536;

export const softmax: OpDefinition<SoftmaxOp> = {
  check(op, { tensor, data, require, plan }) {
    const input = tensor(op.input, "u7");
    const output = tensor(op.output, "u7");
    const isSame = input.height === output.height && input.width === output.width &&
      input.channels === output.channels;
    require(isSame, "input and output differ in shape");
    require(input.channels <= MAX_CHANNELS, `${input.channels} channels`);
    data(op.exp, ENTRIES * 2);
    const first = plan.data[op.exp] + plan.data[op.exp + 1];
    require(first > 0, "the exp table begins with 0, so that a sum could be 0");
  },
  reference(op, memory) {
    const [input, output] = [tensorOf(memory, op.input), tensorOf(memory, op.output)];
    const [from, to] = [elementsOf(memory, op.input), elementsOf(memory, op.output)];
    const exp = constants(memory, op.exp, ENTRIES, Uint16Array);
    for (let pixel = 0; pixel < input.height * input.width; pixel++) {
      const start = pixel * input.stride;
      const values = Array.from(from.subarray(start, start + input.channels));
      const peak = values.reduce((most, value) => Math.max(most, value), 0);
      const shares = values.map((value) => exp[peak - value]);
      const sum = shares.reduce((total, share) => total + share, 0);
      shares.forEach((share, channel) => {
        to[pixel * output.stride + channel] = Math.floor((127 * share + (sum >>> 1)) / sum);
      });
    }
  },
  record(op, addresses) {
    const { plan, arena } = addresses;
    const [input, output] = [plan.tensors[op.input], plan.tensors[op.output]];
    return [
      input.height * input.width,
      input.channels,
      arena + input.offset,
      input.stride,
      arena + output.offset,
      output.stride,
      dataAddress(addresses, op.exp),
    ];
  },
};
