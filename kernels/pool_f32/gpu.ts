import { type GpuOp, gridOf } from "../gpu/gpu_op.ts";
import { placeParams, strideBytes } from "../gpu/params.ts";
import type { PoolF32Op } from "../plan.ts";

export const poolF32Gpu: GpuOp<PoolF32Op> = {
  dispatches(op, { plan }) {
    const [input, output] = [plan.tensors[op.input], plan.tensors[op.output]];
    const pixels = output.height * output.width;
    return [{
      shader: "pool_f32/pool_f32",
      constants: { AVERAGE: op.kind === "average" },
      sharesWords: false,
      params: [
        ...[input.offset, input.height, input.width, strideBytes(input)],
        ...[output.offset, output.width, pixels, strideBytes(output), output.channels],
        ...op.kernel,
        ...op.dilation,
        ...placeParams(op),
        op.countPadding ? op.kernel[0] * op.kernel[1] : 0,
      ],
      workgroups: gridOf(pixels * output.channels),
    }];
  },
};
