import { type GpuOp, gridOf } from "../gpu/gpu_op.ts";
import { strideBytes } from "../gpu/params.ts";
import type { DequantizeOp } from "../plan.ts";
import { floatBits } from "../records.ts";

export const dequantizeGpu: GpuOp<DequantizeOp> = {
  dispatches(op, { plan }) {
    const [input, output] = [plan.tensors[op.input], plan.tensors[op.output]];
    const pixels = output.height * output.width;
    return [{
      shader: "dequantize/dequantize",
      constants: { HALVES: input.type === "i16" },
      sharesWords: false,
      params: [
        ...[input.offset, strideBytes(input), output.offset, strideBytes(output)],
        ...[pixels, output.channels],
        ...[floatBits(input.scale), input.zero],
      ],
      workgroups: gridOf(pixels * output.channels),
    }];
  },
};
