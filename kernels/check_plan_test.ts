import assert from "node:assert/strict";
import { tinyPlan } from "../tests/fixtures/tiny_plan.ts";
import { checkerOf, checkPlan } from "./check_plan.ts";
import type { Plan, PlanOp, PlanPort, PlanTensor } from "./plan.ts";

const [FLOATS] = tinyPlan().tensors;
const [X] = tinyPlan().inputs;
const [Y] = tinyPlan().outputs;
const FRAME: PlanPort = { name: "frame", shape: [0, 0, 4] };
const PIXELS: PlanTensor = { ...FLOATS, name: "pixels" };
const IMAGE: PlanOp = {
  ...{ op: "image", output: 0, fit: "stretch", order: [0, 1, 2], table: 0, fill: [0, 0, 0] },
};

function withTensor(changes: Partial<PlanTensor>): Plan {
  return tinyPlan({ tensors: [{ ...FLOATS, ...changes }, ...tinyPlan().tensors.slice(1)] });
}

function withInput(changes: Partial<PlanPort>): Plan {
  return tinyPlan({ inputs: [{ ...X, ...changes }] });
}

function withOutput(changes: Partial<PlanPort>): Plan {
  return tinyPlan({ outputs: [{ ...Y, ...changes }] });
}

/** A plan that takes frames: pixels of three floats. */
function framePlan(changes: Partial<Plan> = {}): Plan {
  const data = new Uint8Array(3 * 256 * 4);
  const tensors = [PIXELS, ...tinyPlan().tensors.slice(1)];
  return tinyPlan({ tensors, inputs: [FRAME], ops: [IMAGE, ...tinyPlan().ops], data, ...changes });
}

function withFrame(...shape: number[]): Plan {
  return framePlan({ inputs: [{ ...FRAME, shape }] });
}

Deno.test("checkPlan() takes plans of tensors and of frames", () => {
  checkPlan(tinyPlan());
  checkPlan(framePlan());
  checkPlan(withFrame(480, 640, 4));
});

Deno.test("checkPlan() takes tensors and arenas of nothing", () => {
  const nothing = { height: 0, width: 0, channels: 0, stride: 0, offset: 0 };
  const tensors = tinyPlan().tensors.map((tensor) => ({ ...tensor, ...nothing }));
  const ports = { inputs: [{ ...X, shape: [0] }], outputs: [{ ...Y, shape: [0] }] };
  checkPlan(tinyPlan({ tensors, ...ports, arenaBytes: 0, data: new Uint8Array(0) }));
  checkPlan(tinyPlan({ inputs: [], outputs: [], ops: [], tensors: [], arenaBytes: 0 }));
});

const REFUSED: Readonly<Record<string, readonly [Plan, RegExp]>> = {
  "an arena of negative size": [tinyPlan({ arenaBytes: -1 }), /an arena of -1 bytes/],
  "an arena beyond what phones have": [tinyPlan({ arenaBytes: 2 ** 30 }), /arena of 1073741824/],
  "a tensor before the arena": [withTensor({ offset: -4 }), /tensor 0 begins outside/],
  "a tensor behind the arena": [withTensor({ offset: 76 }), /tensor 0 begins outside/],
  "a tensor that ends one element behind": [withTensor({ offset: 52 }), /tensor 0 ends outside/],
  "a tensor between elements": [withTensor({ offset: 2 }), /tensor 0 is not aligned/],
  "a tensor of negative height": [withTensor({ height: -1 }), /tensor 0 has no possible size/],
  "a tensor of endless width": [withTensor({ width: 2 ** 32 }), /tensor 0 has no possible size/],
  "pixels without end, though of no channels": [
    withTensor({ height: 2 ** 20, width: 2 ** 20, channels: 0, stride: 0 }),
    /tensor 0 has no possible size/,
  ],
  "pixels that lie on each other": [withTensor({ stride: 2 }), /stride below its channels/],
  "a scale of 0": [withTensor({ scale: 0 }), /tensor 0 has no scale/],
  "a scale that is 0 in 32 bits": [withTensor({ scale: 1e-60 }), /tensor 0 has no scale/],
  "a scale that is infinite in 32 bits": [withTensor({ scale: 1e39 }), /tensor 0 has no scale/],
  "a zero point of floats": [withTensor({ zero: 1 }), /tensor 0 has zero point 1/],
  "a zero point beyond 7 bits": [withTensor({ type: "u7", zero: 128 }), /zero point 128/],
  "an input without an op that takes frames": [
    tinyPlan({ inputs: [FRAME] }),
    /0 image ops for 1 frames/,
  ],
  "an op that takes frames without an input": [
    framePlan({ inputs: [X] }),
    /1 image ops for 0 frames/,
  ],
  "two frames": [
    framePlan({ inputs: [FRAME, { ...FRAME, name: "other" }], ops: [IMAGE, IMAGE] }),
    /2 image ops for 2 frames/,
  ],
  "a frame taken in after other ops": [
    framePlan({ ops: [...tinyPlan().ops, IMAGE] }),
    /its image op is not the first/,
  ],
  "a frame without colours": [withFrame(0, 0, 3), /frame is not a possible frame/],
  "a frame of negative width": [withFrame(0, -1, 4), /frame is not a possible frame/],
  "a frame beyond all cameras": [withFrame(2 ** 20, 0, 4), /frame is not a possible frame/],
  "an input of no tensor": [withInput({ tensor: 3 }), /x has no tensor/],
  "an output of no tensor": [withOutput({ tensor: -1 }), /y has no tensor/],
  "an output that is a frame": [
    framePlan({ outputs: [FRAME] }),
    /frame has no tensor/,
  ],
  "an input of integers, which nobody could ask": [withTensor({ type: "i32" }), /tensor of i32/],
  "an output of 7 bits": [
    tinyPlan({ tensors: [...tinyPlan().tensors.slice(0, 2), { ...FLOATS, type: "u7" }] }),
    /y has a tensor of u7, not f32,i32/,
  ],
  "an input of another shape": [withInput({ shape: [7] }), /x has another shape than its tensor/],
  "an input of two negative sizes": [withInput({ shape: [-2, -3] }), /x has an impossible shape/],
  "an input with gaps": [withTensor({ channels: 2 }), /x is not dense/],
  "two inputs of one name": [tinyPlan({ inputs: [X, X] }), /two inputs or outputs of one name/],
  "two outputs of one name": [tinyPlan({ outputs: [Y, Y] }), /two inputs or outputs of one name/],
  "outputs without end": [
    tinyPlan({ outputs: Array.from({ length: 4097 }, (_, at) => ({ ...Y, name: `${at}` })) }),
    /4097 inputs or outputs/,
  ],
  "outputs that no device could copy": [
    tinyPlan({ outputs: [{ ...Y, shape: [2 ** 20, 2 ** 20] }] }),
    /inputs or outputs of 1099511627776 elements/,
  ],
  "an op on a tensor that is not there": [
    tinyPlan({ ops: [{ ...tinyPlan().ops[0], output: 3 }] }),
    /op 0 \(unary_f32\): there is no tensor 3/,
  ],
  "an op on a tensor of another type": [
    tinyPlan({
      tensors: [FLOATS, { ...FLOATS, type: "i32" }, FLOATS],
      ops: [tinyPlan().ops[0]],
    }),
    /op 0 \(unary_f32\): tensor 1 is i32, not f32/,
  ],
};

for (const [what, [plan, why]] of Object.entries(REFUSED)) {
  Deno.test(`checkPlan() refuses ${what}`, () => {
    assert.throws(() => checkPlan(plan), (cause) => {
      assert.ok(cause instanceof Error);
      assert.match(cause.message, /^Cannot load the plan: /);
      assert.match(cause.message, why);
      return true;
    });
  });
}

/** A pool whose windows are each nearly as large as the input. */
function poolPlan(side: number): Plan {
  const size = { height: side, width: side, channels: 1, stride: 1, offset: 0 };
  const kernel = [200, 200] as const;
  const one = [1, 1] as const;
  const window = { kernel, stride: one, dilation: one, padding: [100, 100] as const };
  return tinyPlan({
    tensors: [{ ...FLOATS, ...size }, { ...FLOATS, ...size, offset: side * side * 4 }],
    inputs: [],
    outputs: [],
    ops: [
      { op: "pool_f32", kind: "max", countPadding: false, input: 0, output: 1, ...window },
    ],
    arenaBytes: side * side * 8,
  });
}

Deno.test("checkPlan() refuses what would keep a device busy for ever", () => {
  checkPlan(poolPlan(200));
  assert.throws(() => checkPlan(poolPlan(1000)), /a run of it takes more than 68719476736 steps/);
});

Deno.test("checkPlan() adds up the work of all ops", () => {
  const plan = poolPlan(200);
  const ops = Array.from({ length: 100 }, () => plan.ops[0]);
  assert.throws(() => checkPlan({ ...plan, ops }), /a run of it takes more than/);
});

Deno.test("checkerOf() keeps constants inside the data, at multiples of 16", () => {
  const { data } = checkerOf(tinyPlan({ data: new Uint8Array(40) }), "op 3 (conv)");
  data(0, 40);
  data(32, 8);
  data(32, 0);
  for (const [offset, bytes] of [[32, 9], [8, 1], [-16, 16], [48, 0], [0, 41], [0, -1], [0, 0.5]]) {
    assert.throws(
      () => data(offset, bytes),
      new RegExp(`op 3 \\(conv\\): ${bytes} constants at ${offset} are not inside the data`),
    );
  }
});

Deno.test("checkerOf() counts the constants that all ops together read", () => {
  const plan = tinyPlan({ data: new Uint8Array(2 ** 20) });
  const constants = { bytes: 0 };
  for (let op = 0; op < 512; op++) checkerOf(plan, `op ${op}`, constants).data(0, 2 ** 20);
  assert.throws(() => checkerOf(plan, "op 512", constants).data(0, 1), /op 512: .* constants/);
});
