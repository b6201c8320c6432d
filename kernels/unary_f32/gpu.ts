import { activationParams } from "../activation_f32/activation_params.ts";
import { type GpuOp, gridOf } from "../gpu/gpu_op.ts";
import { strideBytes } from "../gpu/params.ts";
import type { UnaryF32Op } from "../plan.ts";

export const unaryF32Gpu: GpuOp<UnaryF32Op> = {
  dispatches(op, { plan }) {
    const [input, output] = [plan.tensors[op.input], plan.tensors[op.output]];
    const pixels = output.height * output.width;
    return [{
      shader: "unary_f32/unary_f32",
      sharesWords: false,
      params: [
        ...[input.offset, strideBytes(input), output.offset, strideBytes(output)],
        ...[pixels, output.channels],
        ...activationParams(op.activation, plan),
      ],
      workgroups: gridOf(pixels * output.channels),
    }];
  },
};
