import { type GpuOp, gridOf } from "../gpu/gpu_op.ts";
import { isWhole, strideBytes } from "../gpu/params.ts";
import { ELEMENT_BYTES, type Plan, type ResizeOp } from "../plan.ts";

/** first, second, share: i16 */
const ENTRY_BYTES = 6;
const SHARE = 4;

export const resizeGpu: GpuOp<ResizeOp> = {
  dispatches(op, { plan }) {
    const [input, output] = [plan.tensors[op.input], plan.tensors[op.output]];
    const { type, offset, height, width, channels } = output;
    const bytes = channels * ELEMENT_BYTES[type];
    const isBlend = hasShares(plan, op.rows, height) || hasShares(plan, op.columns, width);
    return [{
      shader: "resize/resize",
      constants: { FLOAT: type === "f32", BLEND: isBlend },
      sharesWords: !isWhole(output),
      params: [
        ...[input.offset, input.width, strideBytes(input)],
        ...[offset, width, height * width, strideBytes(output)],
        ...[bytes, op.rows, op.columns],
      ],
      workgroups: gridOf(height * width * Math.ceil(bytes / 4)),
    }];
  },
};

/** Whether a table's entries lie between two pixels. */
function hasShares({ data }: Plan, table: number, entries: number): boolean {
  return Array.from({ length: entries }, (_, entry) => data[table + entry * ENTRY_BYTES + SHARE])
    .some((share) => share > 0);
}
