import { elementwiseDispatch } from "../add/gpu.ts";
import type { GpuOp } from "../gpu/gpu_op.ts";
import type { MulOp } from "../plan.ts";

export const mulGpu: GpuOp<MulOp> = {
  dispatches: (op, memory) => [
    elementwiseDispatch(op, memory, {
      isProduct: true,
      zeros: [memory.plan.tensors[op.a].zero, memory.plan.tensors[op.b].zero],
      multipliers: [op.multiplier, 0],
    }),
  ],
};
