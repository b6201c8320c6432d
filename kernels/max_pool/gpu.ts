import { type GpuOp, gridOf } from "../gpu/gpu_op.ts";
import { isWhole, placeParams, quadsOf, strideBytes } from "../gpu/params.ts";
import type { MaxPoolOp } from "../plan.ts";

export const maxPoolGpu: GpuOp<MaxPoolOp> = {
  dispatches(op, { plan }) {
    const [input, output] = [plan.tensors[op.input], plan.tensors[op.output]];
    return [{
      shader: "max_pool/max_pool",
      sharesWords: !isWhole(output),
      params: [
        ...[input.offset, input.height, input.width, strideBytes(input)],
        ...[output.offset, output.width, output.height * output.width, strideBytes(output)],
        ...[output.channels, ...op.kernel, ...op.dilation],
        ...placeParams(op),
      ],
      workgroups: gridOf(quadsOf(output)),
    }];
  },
};
