import assert from "node:assert/strict";
import type { ConvOp, PlanTensor } from "../kernels/plan.ts";
import { describeOp } from "./describe_op.ts";

const tensors = [tensor(8, 6, 12), tensor(4, 3, 20)];

const CONV: ConvOp = {
  ...{ op: "conv", input: 0, output: 1, groups: 1, upsample: [1, 1], weights: 0, bias: 0 },
  ...{ kernel: [3, 3], stride: [2, 2], dilation: [1, 1], padding: [0, 0] },
  ...{ shift: 0, multiplier: 0, low: 0, high: 127, zero: 0 },
};

Deno.test("describeOp() says window and shapes", () => {
  assert.equal(describeOp(CONV, { tensors }), "conv 3x3/2 8x6x12 to 4x3x20");
  assert.equal(describeOp({ op: "fill", output: 0, value: 0 }, { tensors }), "fill to 8x6x12");
});

function tensor(height: number, width: number, channels: number): PlanTensor {
  const numbers = { offset: 0, stride: channels, scale: 1, zero: 0 };
  return { name: "", type: "u7", height, width, channels, ...numbers };
}
