import { type GpuOp, gridOf } from "../gpu/gpu_op.ts";
import { isWhole, quadsOf, strideBytes } from "../gpu/params.ts";
import type { QuantizeOp } from "../plan.ts";
import { floatBits } from "../records.ts";

export const quantizeGpu: GpuOp<QuantizeOp> = {
  dispatches(op, { plan }) {
    const [input, output] = [plan.tensors[op.input], plan.tensors[op.output]];
    const pixels = output.height * output.width;
    return [{
      shader: "quantize/quantize",
      sharesWords: !isWhole(output),
      params: [
        ...[input.offset, strideBytes(input), output.offset, strideBytes(output)],
        ...[pixels, output.channels],
        ...[floatBits(op.inverseScale), output.zero],
      ],
      workgroups: gridOf(quadsOf(output)),
    }];
  },
};
