import { type GpuOp, gridOf } from "../gpu/gpu_op.ts";
import { isWhole, quadsOf, strideBytes } from "../gpu/params.ts";
import type { TableOp } from "../plan.ts";

export const tableGpu: GpuOp<TableOp> = {
  dispatches(op, { plan }) {
    const [input, output] = [plan.tensors[op.input], plan.tensors[op.output]];
    const pixels = output.height * output.width;
    return [{
      shader: "table/table",
      sharesWords: !isWhole(output),
      params: [
        ...[input.offset, strideBytes(input), output.offset, strideBytes(output)],
        ...[pixels, output.channels, op.table],
      ],
      workgroups: gridOf(quadsOf(output)),
    }];
  },
};
