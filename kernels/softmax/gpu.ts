import { type GpuOp, gridOf, LANES } from "../gpu/gpu_op.ts";
import { isWhole, strideBytes } from "../gpu/params.ts";
import type { SoftmaxOp } from "../plan.ts";

/** Channels of a pixel that one invocation does in reasonable time. */
const FEW_CHANNELS = 32;

export const softmaxGpu: GpuOp<SoftmaxOp> = {
  dispatches(op, { plan }) {
    const [input, output] = [plan.tensors[op.input], plan.tensors[op.output]];
    const pixels = output.channels === 0 ? 0 : output.height * output.width;
    const lanes = output.channels <= FEW_CHANNELS ? 1 : LANES;
    return [{
      shader: "softmax/softmax",
      constants: { LANES_A_PIXEL: lanes },
      sharesWords: !isWhole(output),
      params: [
        ...[input.offset, strideBytes(input), output.offset, strideBytes(output)],
        ...[pixels, output.channels, op.exp],
      ],
      workgroups: gridOf(pixels * lanes),
    }];
  },
};
