import { type Dispatch, type GpuLayout, type GpuOp, gridOf, NONE } from "../gpu/gpu_op.ts";
import type { AddOp, MulOp, PlanTensor } from "../plan.ts";

export const addGpu: GpuOp<AddOp> = {
  dispatches: (op, memory) => [
    elementwiseDispatch(op, memory, {
      isProduct: false,
      zeros: [0, 0],
      multipliers: [op.multiplierA, op.multiplierB],
    }),
  ],
};

interface Combination {
  /** (a − zero of a) · (b − zero of b) · the first multiplier; else the sum of a and b times theirs. */
  readonly isProduct: boolean;
  readonly zeros: readonly [number, number];
  readonly multipliers: readonly [number, number];
}

/** Of `add` and `mul`. */
export function elementwiseDispatch(
  op: AddOp | MulOp,
  { plan }: GpuLayout,
  { isProduct, zeros, multipliers }: Combination,
): Dispatch {
  const [a, b, output] = asOnePixel([op.a, op.b, op.output].map((index) => plan.tensors[index]));
  const { height, width, channels } = output;
  const pixels = height * width;
  return {
    shader: "add/elementwise",
    constants: { PRODUCT: isProduct, ONE_CHANNEL: b.channels === 1 },
    sharesWords: output.offset % 4 > 0 || (pixels > 1 && output.stride % 4 > 0),
    params: [
      ...[a.offset, a.stride, b.offset, isOnePixel(b) ? 0 : b.stride],
      ...[output.offset, output.stride, pixels, channels],
      ...zeros,
      ...multipliers,
      ...[op.bias, op.shift, op.low, op.high, op.table ?? NONE],
    ],
    workgroups: gridOf(pixels * Math.ceil(channels / 4)),
  };
}

/** The operands as all channels of one pixel, where nothing lies between them and each has its own b, or all one. */
function asOnePixel(operands: readonly PlanTensor[]): readonly PlanTensor[] {
  const [a, b, output] = operands;
  const isDense = operands.every(({ stride, channels }) => stride === channels);
  const isOneValue = isOnePixel(b) && b.channels === 1;
  const isAlike = a.height === b.height && a.width === b.width && a.channels === b.channels;
  if (!isDense || !(isOneValue || isAlike)) return operands;
  return [a, b, output].map((tensor) => {
    const channels = tensor.height * tensor.width * tensor.channels;
    return { ...tensor, height: 1, width: 1, channels, stride: channels };
  });
}

function isOnePixel({ height, width }: PlanTensor): boolean {
  return height === 1 && width === 1;
}
