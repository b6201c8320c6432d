import fc from "fast-check";
import assert from "node:assert/strict";
import { assertSameBits, type OpTrial } from "../../tests/fixtures/op_trial.ts";
import {
  anyWindow,
  coversPixels,
  TrialMemory,
  type WindowCase,
} from "../../tests/fixtures/trial_memory.ts";
import type { MaxPoolOp } from "../plan.ts";
import { maxPool } from "./op.ts";

interface Case extends WindowCase {
  readonly channels: number;
  readonly before: number;
  readonly after: number;
  readonly seed: number;
}

const anyCase: fc.Arbitrary<Case> = fc.record({
  window: anyWindow.filter(coversPixels),
  channels: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(15, 16, 17, 31, 32, 33)),
  before: fc.integer({ min: 0, max: 9 }),
  after: fc.integer({ min: 0, max: 9 }),
  seed: fc.integer(),
}).map(({ window, ...rest }) => ({ ...window, ...rest }));

function trialOf(given: Case): OpTrial<MaxPoolOp> {
  const { kernel, stride, dilation, padding, input, output, channels, before, after } = given;
  const memory = new TrialMemory(given.seed);
  return memory.trial({
    op: "max_pool",
    input: memory.tensor(
      "u7",
      { height: input[0], width: input[1], channels, before, after, zero: 50 },
      (bits) => bits % 3 > 0 ? bits % 8 : bits & 127,
    ),
    output: memory.tensor("u7", { height: output[0], width: output[1], channels, before, after }),
    kernel,
    stride,
    dilation,
    padding,
  });
}

const POOL_3: Case = {
  kernel: [3, 3],
  stride: [2, 2],
  dilation: [1, 1],
  padding: [1, 1],
  input: [8, 9],
  output: [4, 5],
  channels: 24,
  before: 0,
  after: 0,
  seed: 1,
};

Deno.test("max_pool gives the oracle's bits for any window, size and view", async () => {
  const property = fc.asyncProperty(anyCase, async (given) => {
    await assertSameBits(maxPool, trialOf(given));
  });
  await fc.assert(property, { seed: 4022, numRuns: 400 });
});

Deno.test("max_pool gives the oracle's bits around a vector's lanes", async () => {
  const stride1 = { stride: [1, 1], kernel: [5, 5], padding: [2, 2], output: [8, 9] } as const;
  for (const window of [{}, stride1]) {
    for (const channels of [0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100]) {
      await assertSameBits(maxPool, trialOf({ ...POOL_3, ...window, channels }));
    }
  }
});

Deno.test("max_pool leaves missing pixels out, whatever the zero point", async () => {
  const memory = new TrialMemory(1);
  const op: MaxPoolOp = {
    op: "max_pool",
    input: memory.tensor("u7", { height: 1, width: 1, channels: 1, zero: 127 }, () => 3),
    output: memory.tensor("u7", { height: 1, width: 1, channels: 1 }),
    kernel: [3, 3],
    stride: [1, 1],
    dilation: [1, 1],
    padding: [1, 1],
  };
  const trial = memory.trial(op);
  const arena = await assertSameBits(maxPool, trial);
  assert.equal(arena[trial.tensors[op.output].offset], 3);
});

Deno.test("max_pool refuses windows without a pixel and numbers out of range", async () => {
  const { op, ...rest } = trialOf(POOL_3);
  const wrong: Partial<MaxPoolOp>[] = [
    { output: 2 },
    { kernel: [0, 1] },
    { kernel: [2 ** 20, 2 ** 20] },
    { stride: [1, 0] },
    { stride: [1, 2 ** 31] },
    { stride: [1, 4] },
    { dilation: [0, 1] },
    { dilation: [1, 10] },
    { padding: [-1, 0] },
    { padding: [0, 3] },
  ];
  for (const change of wrong) {
    const run = assertSameBits(maxPool, { op: { ...op, ...change }, ...rest });
    await assert.rejects(run, /Cannot load the plan|AssertionError/, JSON.stringify(change));
  }
});
