import fc from "fast-check";
import assert from "node:assert/strict";
import { runInWay } from "../../tests/fixtures/gpu_ways.ts";
import { assertSameBits, type OpTrial } from "../../tests/fixtures/op_trial.ts";
import {
  anyWindow,
  noise,
  TrialMemory,
  type WindowCase,
} from "../../tests/fixtures/trial_memory.ts";
import type { DepthwiseOp, Pair } from "../plan.ts";
import { depthwise } from "./op.ts";
import { packDepthwise, packedDepthwiseBytes } from "./pack.ts";

interface Case extends WindowCase {
  readonly channels: number;
  readonly before: number;
  readonly after: number;
  /** Values, weights and biases at the ends of their ranges. */
  readonly isExtreme: boolean;
  readonly hasSlope: boolean;
  readonly hasTable: boolean;
  readonly inputZero: number;
  readonly zero: number;
  readonly range: Pair;
  readonly shift: number;
  readonly seed: number;
}

const anyCase: fc.Arbitrary<Case> = fc.record({
  window: anyWindow,
  channels: fc.oneof(fc.integer({ min: 1, max: 35 }), fc.constantFrom(7, 8, 9, 15, 16, 17, 24)),
  before: fc.integer({ min: 0, max: 9 }),
  after: fc.integer({ min: 0, max: 9 }),
  isExtreme: fc.boolean(),
  hasSlope: fc.boolean(),
  hasTable: fc.boolean(),
  inputZero: fc.integer({ min: 0, max: 127 }),
  zero: fc.integer({ min: 0, max: 255 }),
  range: fc.tuple(fc.nat(255), fc.nat(255)),
  shift: fc.oneof(fc.integer({ min: 0, max: 31 }), fc.integer({ min: 0, max: 8 })),
  seed: fc.integer(),
}).map(({ window, ...rest }) => ({ ...window, ...rest }));

function trialOf(given: Case): OpTrial<DepthwiseOp> {
  const { kernel, stride, dilation, padding, channels, isExtreme, shift, before, after } = given;
  const memory = new TrialMemory(given.seed);
  const random = noise(given.seed + 1);
  const each = <T>(type: { from(values: number[]): T }, count: number, make: () => number) =>
    type.from(Array.from({ length: count }, make));
  const pick = (...values: number[]) => values[random() % values.length];
  const weight = () => isExtreme ? pick(-127, 127) : random() % 255 - 127;
  const bias = () => isExtreme ? pick(-(2 ** 31), 2 ** 31 - 1) : random() % 40000 - 20000;
  const factor = () => isExtreme ? pick(1, 32767) : 1 + random() % 32767;
  const weights = each(Int8Array, kernel[0] * kernel[1] * channels, weight);
  const highest = given.hasTable ? 255 : 127;
  const [low, high] = given.range.map((end) => Math.min(end, highest)).sort((a, b) => a - b);
  const input = { height: given.input[0], width: given.input[1], channels, before, after };
  const output = { height: given.output[0], width: given.output[1], channels, before, after };
  return memory.trial({
    op: "depthwise",
    input: memory.tensor(
      "u7",
      { ...input, zero: given.inputZero },
      (bits) => isExtreme ? [0, 127][bits & 1] : bits & 127,
    ),
    output: memory.tensor("u7", output),
    kernel,
    stride,
    dilation,
    padding,
    weights: memory.constant(packDepthwise({ weights, kernel, channels })),
    bias: memory.constant(each(Int32Array, channels, bias)),
    shift,
    multiplier: memory.constant(each(Int16Array, channels, factor)),
    slope: given.hasSlope
      ? memory.constant(each(Int16Array, channels, () => factor() - 1))
      : undefined,
    low,
    high,
    zero: given.zero,
    table: given.hasTable
      ? memory.constant(each(Uint8Array, 256, () => random() & 127))
      : undefined,
  });
}

const ORDINARY: Case = {
  kernel: [3, 3],
  stride: [1, 1],
  dilation: [1, 1],
  padding: [1, 1],
  input: [7, 7],
  output: [7, 7],
  channels: 16,
  before: 0,
  after: 0,
  isExtreme: false,
  hasSlope: false,
  hasTable: false,
  inputZero: 64,
  zero: 3,
  range: [0, 127],
  shift: 4,
  seed: 1,
};

/** What the kernels have a path of their own for, and its neighbours. */
const any3x3: fc.Arbitrary<Case> = fc.tuple(
  anyCase,
  fc.record({
    input: fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })),
    stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    dilation: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.constantFrom(1, 1, 2)),
    padding: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
    after: fc.integer({ min: 0, max: 2 }),
  }),
).map(([rest, { input, stride, dilation, padding, after }]) => {
  const span = ([0, 1] as const).map((axis) => input[axis] + padding[axis] + after);
  const [rows, columns] = span.map((pixels, axis) =>
    Math.max(0, Math.floor((pixels - 2 * dilation[axis] - 1) / stride[axis]) + 1)
  );
  return { ...rest, kernel: [3, 3], input, stride, dilation, padding, output: [rows, columns] };
});

Deno.test("depthwise gives the oracle's bits for 3 × 3 windows of any stride and padding", async () => {
  const property = fc.asyncProperty(any3x3, async (given) => {
    await assertSameBits(depthwise, trialOf(given));
  });
  await fc.assert(property, { seed: 4026, numRuns: 400 });
});

Deno.test("depthwise gives the oracle's bits for any window, size, view and number", async () => {
  const property = fc.asyncProperty(anyCase, async (given) => {
    await assertSameBits(depthwise, trialOf(given));
  });
  await fc.assert(property, { seed: 4021, numRuns: 400 });
});

Deno.test("depthwise gives the oracle's bits around the sizes of its tiles", async () => {
  for (const size of [3, 5]) {
    for (const stride of [1, 2]) {
      for (const width of [1, 2, 3, 4, 5, 7, 8, 9, 13]) {
        for (const channels of [1, 7, 8, 9, 16, 17]) {
          const outputWidth = Math.ceil(width / stride);
          await assertSameBits(
            depthwise,
            trialOf({
              ...ORDINARY,
              kernel: [size, size],
              stride: [stride, stride],
              padding: [size >> 1, size >> 1],
              input: [width, width],
              output: [outputWidth, outputWidth],
              channels,
              after: channels % 3,
              hasTable: width === 5,
              hasSlope: width === 4,
            }),
          );
        }
      }
    }
  }
});

Deno.test("depthwise gives the oracle's bits with several columns an invocation", async () => {
  for (const columns of [1, 2, 4]) {
    for (
      const [size, stride, dilation] of [[3, 1, 1], [3, 2, 1], [5, 1, 1], [3, 1, 2], [2, 3, 1]]
    ) {
      const trial = trialOf({
        ...ORDINARY,
        kernel: [size, size],
        stride: [stride, stride],
        dilation: [dilation, dilation],
        input: [9, 11],
        output: [Math.ceil(9 / stride), Math.ceil(11 / stride)],
        channels: 13 + 3 * stride,
        isExtreme: size === 5,
      });
      await runInWay(depthwise, trial, { name: `${columns}`, packedDot: false });
    }
  }
});

Deno.test("depthwise adds up exactly more than floats hold", async () => {
  const memory = new TrialMemory(5);
  const kernel: Pair = [40, 41];
  const trial = memory.trial<DepthwiseOp>({
    op: "depthwise",
    input: memory.tensor("u7", { height: 40, width: 42, channels: 5 }, () => 127),
    output: memory.tensor("u7", { height: 1, width: 2, channels: 5 }),
    kernel,
    stride: [1, 1],
    dilation: [1, 1],
    padding: [0, 0],
    weights: memory.constant(
      packDepthwise({ weights: new Int8Array(40 * 41 * 5).fill(127), kernel, channels: 5 }),
    ),
    bias: memory.constant(new Int32Array(5).fill(9 - 127 * 127 * 40 * 41)),
    shift: 0,
    multiplier: memory.constant(new Int16Array(5).fill(32767)),
    low: 0,
    high: 127,
    zero: 0,
  });
  const arena = await assertSameBits(depthwise, trial);
  assert.equal(arena[trial.tensors[trial.op.output].offset], 9);
});

Deno.test("depthwise writes nothing for an output without pixels", async () => {
  for (const output of [[0, 3], [3, 0]] as const) {
    await assertSameBits(depthwise, trialOf({ ...ORDINARY, output }));
  }
});

Deno.test("depthwise sums a 1×1 window as a scale and bias of each channel", async () => {
  const trial = { ...ORDINARY, kernel: [1, 1], padding: [0, 0], channels: 20 } as const;
  await assertSameBits(depthwise, trialOf(trial));
});

Deno.test("depthwise has the value that was reckoned by hand", async () => {
  const memory = new TrialMemory(1);
  const op: DepthwiseOp = {
    op: "depthwise",
    input: memory.tensor("u7", { height: 1, width: 2, channels: 1, zero: 10 }, () => 30),
    output: memory.tensor("u7", { height: 1, width: 1, channels: 1 }),
    kernel: [1, 3],
    stride: [1, 1],
    dilation: [1, 1],
    padding: [0, 1],
    weights: memory.constant(
      packDepthwise({ weights: Int8Array.of(2, -3, 4), kernel: [1, 3], channels: 1 }),
    ),
    bias: memory.constant(Int32Array.of(100)),
    shift: 1,
    multiplier: memory.constant(Int16Array.of(8192)),
    low: 0,
    high: 127,
    zero: 5,
  };
  const trial = memory.trial(op);
  const arena = await assertSameBits(depthwise, trial);
  // 100 + 10 · 2 − 30 · 3 + 30 · 4 = 150; 75 · 8192 / 32768 = 18.75
  assert.equal(arena[trial.tensors[op.output].offset], 19 + 5);
});

Deno.test("depthwise refuses what leaves its memory or its numbers", async () => {
  const { op, ...rest } = trialOf({ ...ORDINARY, hasSlope: true });
  const wrong: Partial<DepthwiseOp>[] = [
    { input: 2 },
    { kernel: [0, 3] },
    { kernel: [256, 257] },
    { kernel: [7, 7] },
    { stride: [0, 1] },
    { stride: [2 ** 30, 1] },
    { dilation: [1, -1] },
    { padding: [-1, 0] },
    { padding: [0, 2 ** 40] },
    { weights: rest.data.length },
    { weights: 4 },
    { bias: rest.data.length - 16 },
    { multiplier: -16 },
    { slope: rest.data.length },
    { shift: 32 },
    { shift: -1 },
    { low: -1 },
    { low: 100, high: 99 },
    { high: 128 },
    { zero: 256 },
    { table: op.weights },
    { weights: op.bias, kernel: [3, 1] },
  ];
  for (const change of wrong) {
    const run = assertSameBits(depthwise, { op: { ...op, ...change }, ...rest });
    await assert.rejects(run, /Cannot load the plan|AssertionError/, JSON.stringify(change));
  }
});

Deno.test("packedDepthwiseBytes() counts whole blocks of 8 channels and 4 rows", () => {
  assert.equal(packedDepthwiseBytes({ kernel: [3, 3], channels: 16 }), 2 * 3 * 32);
  assert.equal(packedDepthwiseBytes({ kernel: [5, 2], channels: 9 }), 2 * 2 * 2 * 32);
  const weights = new Int8Array(7);
  assert.throws(() => packDepthwise({ weights, kernel: [3, 3], channels: 1 }), /Cannot pack 7/);
});
