import { packDepthwise } from "../depthwise/pack.ts";
import { endingOf } from "./activation_int8.ts";
import type { Activation } from "./graph.ts";
import type { Int8Lowering } from "./int8_lowering.ts";
import { axesWithChannels } from "./kernel_axes.ts";
import { tableOf } from "./numbers.ts";
import { quantizeLayer } from "./quantize_weights.ts";
import { requantizationOf } from "./requantization_of.ts";

/** Any function of one value: 128 entries. */
export function lowerCurve(
  lowering: Int8Lowering,
  input: string,
  output: string,
  curve: (real: number) => number,
): void {
  const stored = lowering.read(input);
  const numbers = lowering.precision.numbersOf(output);
  const table = lowering.builder.constants.add(tableOf(128, stored.numbers, numbers, curve));
  const { axes, tensors: [from] } = lowering.alike(input, stored);
  lowering.produce(
    output,
    axes,
    (to) => lowering.builder.op({ op: "table", input: from, output: to, table }),
  );
}

export interface Channelwise {
  readonly input: string;
  readonly output: string;
  /** The axis that has a factor and an offset a position. */
  readonly axis: number;
  readonly factors?: ArrayLike<number>;
  readonly offsets?: ArrayLike<number>;
  readonly activation: Activation;
}

/** x · factor + offset, one of each a channel, as a depthwise convolution of one pixel. */
export function lowerChannelwise(lowering: Int8Lowering, what: Channelwise): void {
  const shape = lowering.shape(what.output);
  const channels = shape[what.axis];
  const axes = axesWithChannels(shape, what.axis);
  const input = lowering.operand(what.input, axes);
  const numbers = lowering.precision.numbersOf(what.output);
  const ending = endingOf(what.activation, numbers, lowering.sumRange(what), channels);
  const layer = quantizeLayer({
    weights: Float32Array.from(what.factors ?? new Float32Array(channels).fill(1)),
    bias: what.offsets ?? new Float32Array(channels),
    input: input.stored.numbers,
    ...ending,
  });
  const { constants } = lowering.builder;
  const kernel = [1, 1] as const;
  lowering.produce(what.output, axes, (output) =>
    lowering.builder.op({
      op: "depthwise",
      input: input.tensor,
      output,
      kernel,
      stride: [1, 1],
      dilation: [1, 1],
      padding: [0, 0],
      weights: constants.add(packDepthwise({ weights: layer.weights, kernel, channels })),
      ...requantizationOf(layer, ending, constants),
    }));
}
