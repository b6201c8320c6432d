import { type GpuOp, gridOf } from "../gpu/gpu_op.ts";
import { strideBytes } from "../gpu/params.ts";
import { ELEMENT_BYTES, type FillOp, type PlanType } from "../plan.ts";

const ARRAYS = { u7: Uint8Array, i16: Int16Array, i32: Int32Array, f32: Float32Array };

export const fillGpu: GpuOp<FillOp> = {
  dispatches({ output: index, value }, { plan }) {
    const output = plan.tensors[index];
    const { type, offset, height, width, channels, stride } = output;
    const isDense = stride === channels;
    const pixels = isDense ? 1 : height * width;
    const bytes = (isDense ? height * width : 1) * channels * ELEMENT_BYTES[type];
    return [{
      shader: "fill/fill",
      sharesWords: offset % 4 > 0 || (pixels > 1 && strideBytes(output) % 4 > 0),
      params: [offset, strideBytes(output), pixels, bytes, patternOf(type, value)],
      workgroups: gridOf(pixels * Math.ceil(bytes / 4)),
    }];
  },
};

/** The value as often as it fits into 32 bits. */
function patternOf(type: PlanType, value: number): number {
  const elements = new ARRAYS[type](4 / ELEMENT_BYTES[type]).fill(value);
  return new Uint32Array(elements.buffer)[0];
}
