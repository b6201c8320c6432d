import { type GpuOp, gridOf, LANES } from "../gpu/gpu_op.ts";
import { strideBytes } from "../gpu/params.ts";
import type { SoftmaxF32Op } from "../plan.ts";

export const softmaxF32Gpu: GpuOp<SoftmaxF32Op> = {
  dispatches(op, { plan }) {
    const [input, output] = [plan.tensors[op.input], plan.tensors[op.output]];
    const pixels = output.channels === 0 ? 0 : output.height * output.width;
    return [{
      shader: "softmax_f32/softmax_f32",
      sharesWords: false,
      params: [
        ...[input.offset, strideBytes(input), output.offset, strideBytes(output)],
        ...[pixels, output.channels],
      ],
      workgroups: gridOf(pixels * LANES),
    }];
  },
};
