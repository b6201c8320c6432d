import { type GpuOp, gridOf } from "../gpu/gpu_op.ts";
import { isWhole, strideBytes } from "../gpu/params.ts";
import type { ImageOp } from "../plan.ts";

export const imageGpu: GpuOp<ImageOp> = {
  dispatches(op, { plan }) {
    const output = plan.tensors[op.output];
    const { offset, width, height, channels } = output;
    return [{
      shader: "image/image",
      constants: { FLOATS: output.type === "f32" },
      sharesWords: !isWhole(output),
      params: [
        ...[offset, strideBytes(output), width, height, channels],
        ...[bytesAsWord(op.order), bytesAsWord(op.fill), op.table],
      ],
      workgroups: gridOf(width * height),
    }];
  },
};

/** Up to four of them, the first lowest. */
function bytesAsWord(bytes: readonly number[]): number {
  return bytes.reduceRight((word, byte) => word * 256 + byte, 0);
}
