import { activationParams } from "../activation_f32/activation_params.ts";
import { type GpuOp, gridOf } from "../gpu/gpu_op.ts";
import { strideBytes } from "../gpu/params.ts";
import type { BinaryF32Op, BinaryKind } from "../plan.ts";

/** The place is the number by which `binary_f32.wgsl` knows a kind. */
const KINDS: readonly BinaryKind[] = ["add", "sub", "mul", "div", "max", "min"];

export const binaryF32Gpu: GpuOp<BinaryF32Op> = {
  dispatches(op, { plan }) {
    const [a, b, output] = [op.a, op.b, op.output].map((index) => plan.tensors[index]);
    const pixels = output.height * output.width;
    const isOnePixel = b.height * b.width === 1;
    return [{
      shader: "binary_f32/binary_f32",
      sharesWords: false,
      params: [
        ...[a.offset, strideBytes(a)],
        ...[b.offset, isOnePixel ? 0 : strideBytes(b), b.channels === 1 ? 0 : 4],
        ...[output.offset, strideBytes(output), pixels, output.channels],
        KINDS.indexOf(op.kind),
        ...activationParams(op.activation, plan),
      ],
      workgroups: gridOf(pixels * output.channels),
    }];
  },
};
