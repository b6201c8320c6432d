import type { PlanOp, TensorIndex } from "./plan.ts";

/** What an op reads and writes. */
export interface Operands {
  readonly reads: readonly TensorIndex[];
  readonly writes: TensorIndex;
}

export function operandsOf(op: PlanOp): Operands {
  switch (op.op) {
    case "conv":
      return {
        reads: op.residual === undefined ? [op.input] : [op.input, op.residual],
        writes: op.output,
      };
    case "add":
    case "mul":
    case "binary_f32":
      return { reads: [op.a, op.b], writes: op.output };
    case "fill":
    case "image":
      return { reads: [], writes: op.output };
    case "decode_distribution":
    case "decode_anchors":
      return {
        reads: op.levels.flatMap(({ scores, boxes }) => [scores, boxes]),
        writes: op.output,
      };
    case "depthwise":
    case "max_pool":
    case "average_pool":
    case "resize":
    case "copy":
    case "table":
    case "softmax":
    case "quantize":
    case "dequantize":
    case "suppress":
    case "conv_f32":
    case "unary_f32":
    case "pool_f32":
    case "softmax_f32":
      return { reads: [op.input], writes: op.output };
    default:
      return assertNever(op);
  }
}

/** The tensor that the op's output may lie over exactly, if that is not needed afterwards (check_operands.ts). */
export function inPlaceOperand(op: PlanOp): TensorIndex | undefined {
  switch (op.op) {
    case "add":
    case "mul":
    case "binary_f32":
      return op.a;
    case "table":
    case "unary_f32":
      return op.input;
    default:
      return undefined;
  }
}

function assertNever(op: never): never {
  throw new Error(`Unknown op ${JSON.stringify(op)}`);
}
