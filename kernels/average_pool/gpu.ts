import { type GpuOp, gridOf, LANES, NONE } from "../gpu/gpu_op.ts";
import { isWhole, placeParams, quadsOf, strideBytes } from "../gpu/params.ts";
import type { AveragePoolOp } from "../plan.ts";

/** Pixels of a window that one invocation adds up in reasonable time. */
const FEW_PIXELS = 16;
/** Groups of four channels, and invocations for each, in a workgroup. */
const SMALL_WINDOW = { QUADS: LANES, PARTS: 1 };
const LARGE_WINDOW = { QUADS: 8, PARTS: 32 };

export const averagePoolGpu: GpuOp<AveragePoolOp> = {
  dispatches(op, { plan }) {
    const [input, output] = [plan.tensors[op.input], plan.tensors[op.output]];
    const isSmall = op.kernel[0] * op.kernel[1] <= FEW_PIXELS;
    const parting = isSmall ? SMALL_WINDOW : LARGE_WINDOW;
    return [{
      shader: "average_pool/average_pool",
      constants: { ...parting, COUNT_PADDING: op.countPadding },
      sharesWords: !isWhole(output),
      params: [
        ...[input.offset, input.height, input.width, strideBytes(input), input.zero],
        ...[output.offset, output.width, output.height * output.width, strideBytes(output)],
        ...[...op.kernel, ...op.dilation, ...placeParams(op)],
        ...[output.channels, op.multiplier],
        ...[op.bias, op.shift, op.low, op.high, op.table ?? NONE],
      ],
      workgroups: gridOf(Math.ceil(quadsOf(output) / parting.QUADS) * LANES),
    }];
  },
};
