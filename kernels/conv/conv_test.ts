import fc from "fast-check";
import assert from "node:assert/strict";
import { assertSameBits, type OpTrial } from "../../tests/fixtures/op_trial.ts";
import { runInWay } from "../../tests/fixtures/gpu_ways.ts";
import { tinyPlan } from "../../tests/fixtures/tiny_plan.ts";
import { noise, TrialMemory } from "../../tests/fixtures/trial_memory.ts";
import { checkerOf } from "../check_plan.ts";
import type { ConvOp, Pair } from "../plan.ts";
import type { OpDefinition } from "../op_definition.ts";
import { type ConvTile, TILES } from "./int8_tiles.ts";
import { conv } from "./op.ts";
import { isPaddingEmpty, packConv, packedDepth, unpackConv } from "./pack.ts";
import { recordOf, type RelaxedDot } from "./record.ts";
import { winogradOf } from "./winograd.ts";

interface Case {
  readonly input: Pair;
  readonly output: Pair;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: Pair;
  readonly upsample: Pair;
  readonly groups: number;
  readonly inputsPerGroup: number;
  readonly outputsPerGroup: number;
  /** Others' elements before and after each pixel's channels. */
  readonly before: number;
  readonly after: number;
  /** Values, weights and constants at the ends of their ranges. */
  readonly isExtreme: boolean;
  readonly isWide: boolean;
  readonly hasResidual: boolean;
  readonly hasSlope: boolean;
  readonly hasTable: boolean;
  readonly inputZero: number;
  readonly zero: number;
  readonly range: Pair;
  readonly shift: number;
  readonly seed: number;
}

const SIMPLE: Case = {
  input: [5, 7],
  output: [5, 7],
  kernel: [1, 1],
  stride: [1, 1],
  dilation: [1, 1],
  padding: [0, 0],
  upsample: [1, 1],
  groups: 1,
  inputsPerGroup: 16,
  outputsPerGroup: 16,
  before: 0,
  after: 0,
  isExtreme: false,
  isWide: false,
  hasResidual: false,
  hasSlope: false,
  hasTable: false,
  inputZero: 5,
  zero: 64,
  range: [0, 127],
  shift: 4,
  seed: 1,
};

const axis = fc.record({
  size: fc.integer({ min: 1, max: 9 }),
  kernel: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 3 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  upsample: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 3 })),
  before: fc.integer({ min: 0, max: 6 }),
  after: fc.integer({ min: 0, max: 6 }),
}).map(({ size, kernel, stride, dilation, upsample, before, after }) => {
  const spread = (size - 1) * upsample + 1 + before + after - (kernel - 1) * dilation - 1;
  const output = Math.max(0, Math.floor(spread / stride) + 1);
  return { size, kernel, stride, dilation, upsample, before, output };
});

/** Half of the windows are of one pixel, as half of all layers'. */
const anyWindow = fc.oneof(
  fc.tuple(axis, axis).map(([down, across]) => ({
    input: [down.size, across.size] as Pair,
    output: [down.output, across.output] as Pair,
    kernel: [down.kernel, across.kernel] as Pair,
    stride: [down.stride, across.stride] as Pair,
    dilation: [down.dilation, across.dilation] as Pair,
    padding: [down.before, across.before] as Pair,
    upsample: [down.upsample, across.upsample] as Pair,
  })),
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 9 })).map((size: Pair) => ({
    input: size,
    output: size,
    kernel: SIMPLE.kernel,
    stride: SIMPLE.stride,
    dilation: SIMPLE.dilation,
    padding: SIMPLE.padding,
    upsample: SIMPLE.upsample,
  })),
);

const channels = fc.oneof(
  fc.integer({ min: 1, max: 40 }),
  fc.constantFrom(3, 4, 5, 7, 8, 9, 15, 16, 17),
);

const anyCase: fc.Arbitrary<Case> = fc.record({
  window: anyWindow,
  groups: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 4 })),
  inputsPerGroup: channels,
  outputsPerGroup: channels,
  before: fc.integer({ min: 0, max: 9 }),
  after: fc.integer({ min: 0, max: 9 }),
  isExtreme: fc.boolean(),
  isWide: fc.boolean(),
  hasResidual: fc.boolean(),
  hasSlope: fc.boolean(),
  hasTable: fc.boolean(),
  inputZero: fc.integer({ min: 0, max: 127 }),
  zero: fc.integer({ min: 0, max: 255 }),
  range: fc.tuple(fc.nat(255), fc.nat(255)),
  shift: fc.oneof(fc.integer({ min: 0, max: 31 }), fc.integer({ min: 0, max: 8 })),
  seed: fc.integer(),
}).map(({ window, ...rest }) => ({ ...window, ...rest }));

/** Numbers as a case asks for them: noise, or the ends of their ranges. */
function numbersOf({ isExtreme, seed }: Case) {
  const random = noise(seed + 1);
  const pick = (...values: number[]) => values[random() % values.length];
  return {
    value: (bits: number) => isExtreme ? [0, 127, 127, 127][bits & 3] : bits & 127,
    weight: () => isExtreme ? pick(-127, 127, 127) : random() % 255 - 127,
    bias: () => isExtreme ? pick(-(2 ** 31), 2 ** 31 - 1, 0) : random() % 40000 - 20000,
    factor: () => isExtreme ? pick(1, 32767) : 1 + random() % 32767,
    residualFactor: () => isExtreme ? pick(-(2 ** 31), 2 ** 31 - 1) : random() % 20000 - 10000,
    entry: () => random() & 127,
  };
}

function trialOf(given: Case): OpTrial<ConvOp> {
  const { kernel, groups, inputsPerGroup, before, after, hasTable } = given;
  const memory = new TrialMemory(given.seed);
  const numbers = numbersOf(given);
  const outputs = given.outputsPerGroup * groups;
  const shape = { outputs, kernel, inputsPerGroup, groups };
  const count = outputs * kernel[0] * kernel[1] * inputsPerGroup;
  const constant = <T extends Int8Array | Uint8Array | Int16Array | Int32Array>(
    type: { from(source: { length: number }, make: () => number): T },
    length: number,
    make: () => number,
  ) => memory.constant(type.from({ length }, make));
  const weights = Int8Array.from({ length: count }, numbers.weight);
  const highest = hasTable ? 255 : 127;
  const [low, high] = given.range.map((end) => Math.min(end, highest)).sort((a, b) => a - b);
  const inputShape = { height: given.input[0], width: given.input[1], before, after };
  const outputShape = { height: given.output[0], width: given.output[1], before, after };
  const { stride, dilation, padding, upsample, shift, zero } = given;
  return memory.trial({
    op: "conv",
    input: memory.tensor(
      "u7",
      { ...inputShape, channels: inputsPerGroup * groups, zero: given.inputZero },
      numbers.value,
    ),
    output: memory.tensor(given.isWide ? "i16" : "u7", { ...outputShape, channels: outputs }),
    residual: given.hasResidual
      ? memory.tensor("u7", { ...outputShape, channels: outputs }, numbers.value)
      : undefined,
    residualMultiplier: given.hasResidual
      ? constant(Int32Array, outputs, numbers.residualFactor)
      : undefined,
    kernel,
    stride,
    dilation,
    padding,
    upsample,
    groups,
    weights: memory.constant(packConv({ ...shape, weights })),
    bias: constant(Int32Array, outputs, numbers.bias),
    shift,
    multiplier: constant(Int16Array, outputs, numbers.factor),
    slope: given.hasSlope ? constant(Int16Array, outputs, () => numbers.factor() - 1) : undefined,
    low,
    high,
    zero,
    table: hasTable ? constant(Uint8Array, 256, numbers.entry) : undefined,
  });
}

/** The op as it would run on a processor of one kind or the other. */
function convBy(dot: RelaxedDot): OpDefinition<ConvOp> {
  return { ...conv, record: (op, addresses) => recordOf(op, addresses, dot) };
}

/** Both ways of relaxed SIMD; plain SIMD, which has but one, goes along. */
async function assertSameBitsBothWays(trial: OpTrial<ConvOp>): Promise<Uint8Array> {
  await assertSameBits(convBy("fused"), trial);
  return await assertSameBits(convBy("split"), trial);
}

Deno.test("conv gives the reference's bits for any window, channels and numbers", async () => {
  await fc.assert(
    fc.asyncProperty(anyCase, async (given) => {
      await assertSameBitsBothWays(trialOf(given));
    }),
    { numRuns: 400, seed: 41 },
  );
});

/** 3×3 windows of enough channels and pixels, one pixel apart. */
const anyWinogradCase: fc.Arbitrary<Case> = fc.record({
  size: fc.tuple(fc.integer({ min: 10, max: 15 }), fc.integer({ min: 12, max: 19 })),
  padding: fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })),
  paddingAfter: fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })),
  inputsPerGroup: fc.integer({ min: 16, max: 40 }),
  outputsPerGroup: fc.integer({ min: 8, max: 20 }),
  rest: anyCase,
}).map(({ size, padding, paddingAfter, inputsPerGroup, outputsPerGroup, rest }) => ({
  ...rest,
  input: size,
  output: [
    size[0] + padding[0] + paddingAfter[0] - 2,
    size[1] + padding[1] + paddingAfter[1] - 2,
  ],
  kernel: [3, 3],
  stride: SIMPLE.stride,
  dilation: SIMPLE.dilation,
  upsample: SIMPLE.upsample,
  padding,
  groups: 1,
  inputsPerGroup,
  outputsPerGroup,
}));

Deno.test("conv gives the reference's bits by Winograd's way", async () => {
  await fc.assert(
    fc.asyncProperty(anyWinogradCase, async (given) => {
      const trial = trialOf(given);
      assert.ok(winogradOf(trial.op, trial.tensors).tiles > 0, "it is taken");
      await assertSameBits(convBy("split"), trial);
    }),
    { numRuns: 60, seed: 42 },
  );
});

Deno.test("conv by Winograd's way is exact at the largest sums that it takes", async () => {
  for (const weight of [127, -127]) {
    const memory = new TrialMemory(2);
    const size = { height: 8, width: 10 };
    const shape = { outputs: 8, kernel: [3, 3] as Pair, inputsPerGroup: 3698, groups: 1 };
    const weights = new Int8Array(8 * 9 * shape.inputsPerGroup).fill(weight);
    const trial = memory.trial({
      ...SIMPLE,
      op: "conv",
      input: memory.tensor("u7", { ...size, channels: shape.inputsPerGroup }, () => 127),
      output: memory.tensor("i16", { ...size, channels: 8 }),
      kernel: shape.kernel,
      padding: [1, 1],
      weights: memory.constant(packConv({ ...shape, weights })),
      bias: memory.constant(new Int32Array(8)),
      shift: 15,
      multiplier: memory.constant(new Int16Array(8).fill(32767)),
      low: 0,
      high: 127,
    });
    assert.ok(winogradOf(trial.op, trial.tensors).tiles > 0, "it is taken");
    await assertSameBits(convBy("split"), trial);
  }
});

Deno.test("conv gives the reference's bits around the sizes of its tiles", async () => {
  for (const pixels of [1, 2, 4, 5, 6, 9, 10, 11, 49]) {
    for (const outputsPerGroup of [1, 7, 8, 9, 16]) {
      for (const inputsPerGroup of [1, 4, 8, 12]) {
        const size: Pair = [1, pixels];
        const given = { ...SIMPLE, input: size, output: size, inputsPerGroup, outputsPerGroup };
        await assertSameBitsBothWays(trialOf(given));
      }
    }
  }
});

Deno.test("conv gives the reference's bits where windows fill several panels", async () => {
  const base = { ...SIMPLE, kernel: [3, 3] as Pair, padding: [1, 1] as Pair, hasResidual: true };
  for (const inputsPerGroup of [64, 70, 130, 400]) {
    for (const width of [1, 4, 13]) {
      const size: Pair = [3, width];
      const given = { ...base, input: size, output: size, inputsPerGroup, outputsPerGroup: 9 };
      await assertSameBitsBothWays(trialOf({ ...given, seed: width }));
      await assertSameBitsBothWays(trialOf({ ...given, seed: width, groups: 2 }));
    }
  }
});

Deno.test("conv gives the reference's bits where single pixels fill several panels", async () => {
  for (const pixels of [44, 45, 46, 97]) {
    const size: Pair = [1, pixels];
    const given = { ...SIMPLE, input: size, output: size, inputsPerGroup: 1001 };
    await assertSameBitsBothWays(trialOf({ ...given, groups: 2, outputsPerGroup: 3, after: 5 }));
  }
});

Deno.test("conv adds up the largest products exactly", async () => {
  for (const weight of [127, -127]) {
    for (const inputsPerGroup of [8, 512]) {
      const memory = new TrialMemory(1);
      const shape = { outputs: 9, kernel: SIMPLE.kernel, inputsPerGroup, groups: 1 };
      const weights = new Int8Array(9 * inputsPerGroup).fill(weight);
      const tensor = { height: 2, width: 4 };
      const result = await assertSameBitsBothWays(
        memory.trial({
          ...SIMPLE,
          op: "conv",
          input: memory.tensor("u7", { ...tensor, channels: inputsPerGroup }, () => 127),
          output: memory.tensor("i16", { ...tensor, channels: 9 }),
          weights: memory.constant(packConv({ ...shape, weights })),
          bias: memory.constant(new Int32Array(9)),
          shift: 9,
          multiplier: memory.constant(new Int16Array(9).fill(16384)),
          low: 0,
          high: 127,
        }),
      );
      const sum = (127 * weight * inputsPerGroup) >> 9;
      assert.ok(new Int16Array(result.slice().buffer).includes((sum + 1) >> 1));
    }
  }
});

/** 143 pixels by 44 outputs, which no tile divides. */
const MANY: Case = { ...SIMPLE, input: [13, 11], output: [13, 11], outputsPerGroup: 44 };

Deno.test("conv gives the reference's bits in GPU tiles of every kind", async () => {
  const window = { kernel: [3, 3], padding: [1, 1], hasResidual: true, hasSlope: true } as const;
  const pixels = { inputsPerGroup: 270, outputsPerGroup: 22, groups: 2, after: 2, isWide: true };
  for (const { name, packedDot } of TILES) {
    const trial = trialOf({ ...MANY, ...packedDot ? window : pixels });
    await runInWay(conv, trial, { name, packedDot });
  }
});

Deno.test("conv adds up exactly what floats do not hold", async () => {
  const memory = new TrialMemory(3);
  const inputs = 2048;
  const shape = { outputs: 4, kernel: SIMPLE.kernel, inputsPerGroup: inputs, groups: 1 };
  const weights = new Int8Array(4 * inputs).fill(127);
  const trial = memory.trial({
    ...SIMPLE,
    op: "conv",
    input: memory.tensor("u7", { height: 1, width: 9, channels: inputs }, () => 127),
    output: memory.tensor("i16", { height: 1, width: 9, channels: 4 }),
    weights: memory.constant(packConv({ ...shape, weights })),
    bias: memory.constant(new Int32Array(4).fill(5 - 127 * 127 * inputs)),
    shift: 0,
    multiplier: memory.constant(new Int16Array(4).fill(32767)),
    low: 0,
    high: 127,
  });
  await assertSameBits(conv, trial);
  const isPlain = ({ packedDot, splits }: ConvTile) => !packedDot && splits < 3;
  for (const { name } of TILES.filter(isPlain)) {
    await runInWay(conv, trial, { name, packedDot: false });
  }
});

Deno.test("packConv() keeps four inputs of an output in a word and undoes nothing else", () => {
  const shape = { outputs: 3, kernel: [1, 2] as Pair, inputsPerGroup: 3, groups: 1 };
  const weights = Int8Array.from({ length: 18 }, (_, place) => place + 1);
  const packed = packConv({ ...shape, weights });
  assert.equal(packed.length, 64);
  assert.deepEqual([...packed.subarray(0, 12)], [1, 2, 3, 0, 7, 8, 9, 0, 13, 14, 15, 0]);
  assert.deepEqual([...packed.subarray(32, 44)], [4, 5, 6, 0, 10, 11, 12, 0, 16, 17, 18, 0]);
});

Deno.test("packConv() refuses another number of weights than the shape has", () => {
  const shape = { outputs: 2, kernel: [1, 1] as Pair, inputsPerGroup: 3, groups: 1 };
  assert.throws(() => packConv({ ...shape, weights: new Int8Array(5) }), /5 weights, not 6/);
});

Deno.test("isPaddingEmpty() finds each byte that rounding up has added to an output's weights", () => {
  for (const [inputsPerGroup, taps, groups] of [[3, 3, 1], [4, 1, 1], [1, 3, 2], [70, 1, 2]]) {
    const shape = { outputs: 9 * groups, kernel: [1, taps] as Pair, inputsPerGroup, groups };
    const weights = new Int8Array(shape.outputs * taps * inputsPerGroup).fill(-1);
    const packed = packConv({ ...shape, weights });
    assert.ok(isPaddingEmpty(shape, packed));
    const found = [...packed.keys()].map((place) => packed.with(place, 1))
      .filter((changed) => !isPaddingEmpty(shape, changed));
    assert.equal(found.length, groups * 16 * (packedDepth(shape) - taps * inputsPerGroup));
    for (const changed of found) {
      assert.deepEqual(unpackConv(shape, new Int8Array(changed.buffer)), weights);
    }
  }
});

Deno.test("conv refuses weights where it has no inputs", () => {
  const given = trialOf({ ...SIMPLE, inputsPerGroup: 3 });
  const plan = { ...tinyPlan(), tensors: given.tensors, data: given.data };
  conv.check(given.op, checkerOf(plan, "op 0 (conv)"));
  given.data[given.op.weights + 3] = 1;
  assert.throws(() => conv.check(given.op, checkerOf(plan, "op 0 (conv)")), /that it has not/);
});
