import assert from "node:assert/strict";
import { tinyPlan } from "../tests/fixtures/tiny_plan.ts";
import { OperandCheck } from "./check_operands.ts";
import type { CopyOp, PlanOp, PlanTensor, PlanType } from "./plan.ts";

type Shape = Partial<Pick<PlanTensor, "height" | "width" | "channels" | "stride">>;

/** Three pixels of two channels, unless said otherwise. */
function tensor(type: PlanType, offset: number, shape: Shape = {}): PlanTensor {
  const { height = 1, width = 3, channels = 2, stride = channels } = shape;
  return { name: "t", type, offset, height, width, channels, stride, scale: 1, zero: 0 };
}

/** Throws what the check has against the last of the ops. */
function follow(tensors: readonly PlanTensor[], ...ops: readonly PlanOp[]): void {
  const check = new OperandCheck(tinyPlan({ tensors }));
  const last = ops[ops.length - 1];
  for (const op of ops) {
    check.next(op, (holds, why) => {
      if (!holds) throw new Error(op === last ? why : `an op before the last: ${why}`);
    });
  }
}

const NONE = { kind: "none" } as const;
const fill = (output: number): PlanOp => ({ op: "fill", output, value: 0 });
const table = (input: number, output: number): PlanOp => ({ op: "table", input, output, table: 0 });
const softmax = (input: number, output: number): PlanOp => ({
  op: "softmax_f32",
  input,
  output,
});
const add = (a: number, b: number, output: number): PlanOp => ({
  ...{ op: "binary_f32", kind: "add", a, b, output, activation: NONE },
});
const copy = (input: number, output: number, box: Partial<CopyOp> = {}): PlanOp => ({
  ...{ op: "copy", input, output, size: [6], from: 0, fromStrides: [1], to: 0, toStrides: [1] },
  ...box,
});

Deno.test("OperandCheck takes ops whose outputs lie beside what they read", () => {
  const halves = [tensor("f32", 0, { stride: 4 }), tensor("f32", 8, { stride: 4 })];
  follow(halves, softmax(0, 1), softmax(1, 0));
  follow([tensor("f32", 0), tensor("f32", 24)], softmax(0, 1), softmax(1, 0));
});

Deno.test("OperandCheck refuses outputs on what an op reads, but for one element", () => {
  const why = /^Error: its output lies on tensor 0, which it reads$/;
  assert.throws(() => follow([tensor("f32", 0)], softmax(0, 0)), why);
  const ends = [tensor("f32", 0), tensor("f32", 20)];
  assert.throws(() => follow(ends, softmax(0, 1)), why);
  assert.throws(() => follow(ends.toReversed(), softmax(0, 1)), why);
  const meshed = [tensor("f32", 0, { stride: 4 }), tensor("f32", 4, { stride: 4 })];
  assert.throws(() => follow(meshed, softmax(0, 1)), why);
  const otherwise = [tensor("f32", 0, { stride: 4 }), tensor("f32", 8, { stride: 3 })];
  assert.throws(() => follow(otherwise, softmax(0, 1)), why);
});

Deno.test("OperandCheck takes elementwise ops in place, on an operand's very elements", () => {
  const pixels = tensor("f32", 0);
  const first = tensor("f32", 0, { channels: 1, stride: 2 });
  const next = tensor("f32", 24);
  follow([pixels, first, next], add(0, 2, 0), add(0, 0, 0), add(2, 0, 0));
  const why = /its output lies on tensor 1/;
  assert.throws(() => follow([pixels, first, next], add(0, 1, 0)), why);
  assert.throws(() => follow([next, tensor("f32", 4)], add(0, 1, 0)), why);
});

Deno.test("OperandCheck looks at the box that a copy moves", () => {
  const whole = tensor("f32", 0, { width: 6 });
  follow([whole], copy(0, 0, { to: 6 }));
  follow([whole], copy(0, 0, { fromStrides: [2], toStrides: [2], to: 1 }));
  follow([whole], copy(0, 0, { size: [2, 3], fromStrides: [3, 1], to: 11, toStrides: [-3, -1] }));
  follow([whole], copy(0, 0, { size: [0] }));
  const why = /its output lies on tensor 0/;
  assert.throws(() => follow([whole], copy(0, 0, { to: 5 })), why);
  assert.throws(() => follow([whole], copy(0, 0, { fromStrides: [2], to: 2 })), why);
  assert.throws(() => follow([whole], copy(0, 0, { to: 10, toStrides: [-1] })), why);
});

const UNWRITTEN = /^Error: tensor 0 is u7, but no op before has written all of it so$/;

Deno.test("OperandCheck refuses u7 that nothing has written", () => {
  const tensors = [tensor("u7", 0), tensor("u7", 6)];
  follow(tensors, fill(0), table(0, 1));
  assert.throws(() => follow(tensors, table(0, 1)), UNWRITTEN);
  assert.throws(() => follow(tensors, fill(1), table(0, 1)), UNWRITTEN);
});

Deno.test("OperandCheck refuses u7 of which an element is not written", () => {
  const whole = tensor("u7", 0, { channels: 3 });
  const part = tensor("u7", 0, { stride: 3 });
  const output = tensor("u7", 16, { channels: 3 });
  follow([part, whole, output], fill(0), copy(0, 2, { size: [3, 2], fromStrides: [3, 1] }));
  assert.throws(() => follow([whole, part, output], fill(1), table(0, 2)), UNWRITTEN);
  const column = { size: [3], toStrides: [3], to: 2 };
  follow([whole, part, output], fill(2), fill(1), copy(2, 0, column), table(0, 2));
  const short = { ...column, size: [2] };
  assert.throws(
    () => follow([whole, part, output], fill(2), fill(1), copy(2, 0, short), table(0, 2)),
    UNWRITTEN,
  );
});

Deno.test("OperandCheck refuses u7 over which other numbers were written since", () => {
  const tensors = [tensor("u7", 0), tensor("u7", 16), tensor("i16", 4, { width: 1, channels: 1 })];
  follow(tensors, fill(2), fill(0), table(0, 1));
  assert.throws(() => follow(tensors, fill(0), fill(2), table(0, 1)), UNWRITTEN);
});

Deno.test("OperandCheck refuses ops that touch more than a device should look at", () => {
  const large = tensor("i16", 0, { width: 2 ** 16, channels: 2 ** 9 });
  const levels = Array.from({ length: 32 }, (_, at) => ({ scores: at, boxes: at + 32, stride: 1 }));
  const decode: PlanOp = {
    ...{ op: "decode_distribution", output: 64, threshold: 0, sigmoid: 0, inputSize: [1, 1] },
    ...{ levels, bins: 1, exp: 0 },
  };
  const tensors = [...Array.from({ length: 64 }, () => large), tensor("i32", 0)];
  assert.throws(() => follow(tensors, decode), /^Error: the ops touch too many elements$/);
});
