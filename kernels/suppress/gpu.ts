import type { GpuOp } from "../gpu/gpu_op.ts";
import type { SuppressOp } from "../plan.ts";

export const suppressGpu: GpuOp<SuppressOp> = {
  dispatches({ input, output, limit }, { plan }) {
    const [candidates, detections] = [plan.tensors[input], plan.tensors[output]];
    return [{
      shader: "suppress/suppress",
      sharesWords: false,
      params: [
        ...[candidates.offset, candidates.width - 1],
        ...[detections.offset, detections.width - 1, limit],
      ],
      workgroups: [1, 1],
    }];
  },
};
