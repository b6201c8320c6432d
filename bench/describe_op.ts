import type { Plan, PlanOp, PlanTensor } from "../kernels/plan.ts";

type Header = Pick<Plan, "tensors">;

/** "conv 3x3/2 416x416x3 to 208x208x24" */
export function describeOp(op: PlanOp, { tensors }: Header): string {
  const window = "kernel" in op ? ` ${op.kernel.join("x")}/${op.stride[0]}` : "";
  const input = "input" in op ? op.input : "a" in op ? op.a : undefined;
  const from = input === undefined ? "" : ` ${shapeOf(tensors[input])}`;
  return `${op.op}${window}${from} to ${shapeOf(tensors[op.output])}`;
}

function shapeOf({ height, width, channels }: PlanTensor): string {
  return `${height}x${width}x${channels}`;
}
