import fc from "fast-check";
import assert from "node:assert/strict";
import { assertSameBits, type OpTrial } from "../../tests/fixtures/op_trial.ts";
import {
  anyWindow,
  coversPixels,
  noise,
  TrialMemory,
  type WindowCase,
} from "../../tests/fixtures/trial_memory.ts";
import type { AveragePoolOp, Pair } from "../plan.ts";
import { averagePool } from "./op.ts";

interface Case extends WindowCase {
  readonly channels: number;
  readonly before: number;
  readonly after: number;
  readonly countPadding: boolean;
  readonly inputZero: number;
  readonly multiplier: number;
  readonly bias: number;
  readonly shift: number;
  readonly range: Pair;
  readonly hasTable: boolean;
  readonly isExtreme: boolean;
  readonly seed: number;
}

const anyCase: fc.Arbitrary<Case> = fc.record({
  window: anyWindow,
  channels: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(15, 16, 17, 31, 32, 33)),
  before: fc.integer({ min: 0, max: 9 }),
  after: fc.integer({ min: 0, max: 9 }),
  countPadding: fc.boolean(),
  inputZero: fc.integer({ min: 0, max: 127 }),
  multiplier: fc.integer({ min: -32768, max: 32767 }),
  bias: fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.constantFrom(0, 64)),
  shift: fc.integer({ min: 0, max: 31 }),
  range: fc.tuple(fc.nat(255), fc.nat(255)),
  hasTable: fc.boolean(),
  isExtreme: fc.boolean(),
  seed: fc.integer(),
}).map(({ window, ...rest }) => ({ ...window, ...rest }))
  .filter((given) => given.countPadding || coversPixels(given));

function trialOf(given: Case): OpTrial<AveragePoolOp> {
  const { kernel, stride, dilation, padding, input, output, channels, before, after } = given;
  const memory = new TrialMemory(given.seed);
  const random = noise(given.seed);
  const highest = given.hasTable ? 255 : 127;
  const [low, high] = given.range.map((end) => Math.min(end, highest)).sort((a, b) => a - b);
  const table = Uint8Array.from({ length: 256 }, () => random() & 127);
  return memory.trial({
    op: "average_pool",
    input: memory.tensor(
      "u7",
      { height: input[0], width: input[1], channels, before, after, zero: given.inputZero },
      (bits) => given.isExtreme ? 127 : bits & 127,
    ),
    output: memory.tensor("u7", { height: output[0], width: output[1], channels, before, after }),
    kernel,
    stride,
    dilation,
    padding,
    countPadding: given.countPadding,
    multiplier: given.multiplier,
    bias: given.bias,
    shift: given.shift,
    low,
    high,
    table: given.hasTable ? memory.constant(table) : undefined,
  });
}

const GLOBAL: Case = {
  kernel: [7, 7],
  stride: [1, 1],
  dilation: [1, 1],
  padding: [0, 0],
  input: [7, 7],
  output: [1, 1],
  channels: 24,
  before: 0,
  after: 0,
  countPadding: false,
  inputZero: 5,
  multiplier: 256,
  bias: 1 << 14,
  shift: 15,
  range: [0, 127],
  hasTable: false,
  isExtreme: false,
  seed: 1,
};

Deno.test("average_pool gives the oracle's bits for any window, size, view and number", async () => {
  const property = fc.asyncProperty(anyCase, async (given) => {
    await assertSameBits(averagePool, trialOf(given));
  });
  await fc.assert(property, { seed: 4023, numRuns: 400 });
});

Deno.test("average_pool gives the oracle's bits around a vector's lanes and an i16's range", async () => {
  for (const channels of [0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33]) {
    await assertSameBits(averagePool, trialOf({ ...GLOBAL, channels }));
  }
  for (const side of [[1, 255], [1, 256], [1, 257], [16, 16], [3, 200], [256, 256]] as const) {
    for (const isExtreme of [false, true]) {
      const whole = { kernel: side, input: side, channels: 3, isExtreme };
      await assertSameBits(averagePool, trialOf({ ...GLOBAL, ...whole }));
    }
  }
});

Deno.test("average_pool has exact quotients where count times its inverse falls short of 1", async () => {
  for (const [count, sum] of exactQuotients()) {
    const quotient = (128 * sum + (count >> 1)) / count;
    let left = sum;
    const memory = new TrialMemory(1);
    const op: AveragePoolOp = {
      op: "average_pool",
      input: memory.tensor("u7", { height: 1, width: count, channels: 1 }, () => {
        const value = Math.min(127, left);
        left -= value;
        return value;
      }),
      output: memory.tensor("u7", { height: 1, width: 1, channels: 1 }),
      kernel: [1, count],
      stride: [1, 1],
      dilation: [1, 1],
      padding: [0, 0],
      countPadding: false,
      multiplier: 1,
      bias: 64 - quotient,
      shift: 0,
      low: 0,
      high: 127,
    };
    const trial = memory.trial(op);
    const arena = await assertSameBits(averagePool, trial);
    assert.equal(arena[trial.tensors[op.output].offset], 64);
  }
});

/** Counts and sums whose mean is whole, but whose product with the inverse is below it in f64. */
function exactQuotients(): [count: number, sum: number][] {
  const found: [number, number][] = [];
  for (let count = 2; count < 200; count++) {
    for (let sum = 0; sum <= 127 * count; sum++) {
      const dividend = 128 * sum + (count >> 1);
      const isShort = dividend * (1 / count) < dividend / count;
      if (dividend % count !== 0 || !isShort) continue;
      found.push([count, sum]);
      break;
    }
  }
  return found;
}

Deno.test("average_pool counts missing pixels as the zero point only when told to", async () => {
  for (const [countPadding, expected] of [[false, 8], [true, 6]] as const) {
    const memory = new TrialMemory(1);
    const op: AveragePoolOp = {
      op: "average_pool",
      input: memory.tensor("u7", { height: 1, width: 1, channels: 1, zero: 5 }, () => 8),
      output: memory.tensor("u7", { height: 1, width: 1, channels: 1 }),
      kernel: [1, 3],
      stride: [1, 1],
      dilation: [1, 1],
      padding: [0, 1],
      countPadding,
      multiplier: 1,
      bias: 64,
      shift: 7,
      low: 0,
      high: 127,
    };
    const trial = memory.trial(op);
    const arena = await assertSameBits(averagePool, trial);
    assert.equal(arena[trial.tensors[op.output].offset], expected);
  }
});

Deno.test("average_pool refuses windows without a pixel and numbers out of range", async () => {
  const { op, ...rest } = trialOf(GLOBAL);
  const wrong: Partial<AveragePoolOp>[] = [
    { input: 2 },
    { kernel: [1, 0] },
    { kernel: [257, 256] },
    { padding: [7, 0] },
    { padding: [0, -1] },
    { stride: [0, 1] },
    { dilation: [8, 1] },
    { multiplier: 32768 },
    { multiplier: -32769 },
    { bias: 2 ** 31 },
    { shift: 32 },
    { low: -1 },
    { low: 3, high: 2 },
    { high: 128 },
    { table: rest.data.length },
  ];
  for (const change of wrong) {
    const run = assertSameBits(averagePool, { op: { ...op, ...change }, ...rest });
    await assert.rejects(run, /Cannot load the plan|AssertionError/, JSON.stringify(change));
  }
});
