import assert from "node:assert/strict";
import fc from "fast-check";
import { type ActivationOf, anyActivation } from "../../tests/fixtures/any_activation.ts";
import { anyFloat, everydayFloat, floatBytes } from "../../tests/fixtures/any_float.ts";
import { assertSameBits, type OpTrial } from "../../tests/fixtures/op_trial.ts";
import {
  anyWindow,
  noise,
  TrialMemory,
  type WindowCase,
} from "../../tests/fixtures/trial_memory.ts";
import type { ConvF32Op, Pair } from "../plan.ts";
import { convF32 } from "./op.ts";
import { packConvF32, packedConvF32Bytes } from "./pack.ts";

interface Trial {
  readonly seed: number;
  readonly window: WindowCase;
  readonly upsample: Pair;
  readonly groups: number;
  readonly inputsPerGroup: number;
  readonly outputsPerGroup: number;
  readonly gaps: readonly [number, number];
  readonly activation: ActivationOf;
  readonly float: (random: number) => number;
}

function lay(trial: Trial): OpTrial<ConvF32Op> {
  const { window, groups, inputsPerGroup, gaps: [before, after] } = trial;
  const memory = new TrialMemory(trial.seed);
  const outputs = groups * trial.outputsPerGroup;
  const inputs = groups * inputsPerGroup;
  const [input, output] = [
    memory.tensor("f32", { ...sizeOf(window.input), channels: inputs, before, after }, trial.float),
    memory.tensor("f32", {
      ...sizeOf(window.output),
      channels: outputs,
      before: after,
      after: before,
    }),
  ];
  const next = noise(trial.seed + 1);
  const float = () => trial.float(next());
  const { kernel, stride, dilation, padding } = window;
  const shape = { outputs, kernel, inputsPerGroup, groups };
  const weights = Float32Array.from(
    { length: outputs * kernel[0] * kernel[1] * inputsPerGroup },
    float,
  );
  return memory.trial<ConvF32Op>({
    op: "conv_f32",
    input,
    output,
    kernel,
    stride,
    dilation,
    padding,
    upsample: trial.upsample,
    groups,
    weights: memory.constant(packConvF32({ ...shape, weights })),
    bias: memory.constant(floatBytes(outputs, float)),
    activation: trial.activation(memory, outputs),
  });
}

function sizeOf([height, width]: Pair) {
  return { height, width };
}

const upsamples: fc.Arbitrary<Pair> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Pair>([1, 1]) },
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 })),
);
const gaps = fc.tuple(fc.nat(2), fc.nat(2));
/** Any bits; or numbers whose sums depend on their order, while none is infinite. */
const floats = fc.constantFrom(anyFloat, everydayFloat, everydayFloat);

const anyConv = fc.record({
  seed: fc.integer(),
  window: anyWindow,
  upsample: upsamples,
  groups: fc.integer({ min: 1, max: 3 }),
  inputsPerGroup: fc.nat(6),
  outputsPerGroup: fc.nat(18),
  gaps,
  activation: anyActivation,
  float: floats,
});

function assertAll(trials: fc.Arbitrary<Trial>, seed: number, numRuns: number): Promise<void> {
  const property = fc.asyncProperty(
    trials,
    async (trial) => void await assertSameBits(convF32, lay(trial)),
  );
  return fc.assert(property, { seed, numRuns });
}

Deno.test("conv_f32() gives the same bits everywhere for any window, groups and values", () =>
  assertAll(anyConv, 7, 300));

Deno.test("conv_f32() of one filter a channel gives the same bits everywhere", () => {
  const depthwise = fc.record({ conv: anyConv, groups: fc.nat(22).map((groups) => groups + 1) });
  const trials = depthwise.map(({ conv, groups }) => ({
    ...conv,
    groups,
    inputsPerGroup: 1,
    outputsPerGroup: 1,
  }));
  return assertAll(trials, 8, 200);
});

Deno.test("conv_f32() of single pixels gives the same bits everywhere, over rows and chunks", () => {
  const trials = fc.record({
    seed: fc.integer(),
    height: fc.integer({ min: 1, max: 9 }),
    width: fc.integer({ min: 1, max: 40 }),
    groups: fc.integer({ min: 1, max: 2 }),
    inputsPerGroup: fc.integer({ min: 1, max: 33 }),
    outputsPerGroup: fc.integer({ min: 1, max: 18 }),
    gaps,
    activation: anyActivation,
    float: floats,
  }).map(({ height, width, ...rest }): Trial => ({
    ...rest,
    window: {
      kernel: [1, 1],
      stride: [1, 1],
      dilation: [1, 1],
      padding: [0, 0],
      input: [height, width],
      output: [height, width],
    },
    upsample: [1, 1],
  }));
  return assertAll(trials, 9, 60);
});

const THREE_BY_THREE: WindowCase = {
  kernel: [3, 3],
  stride: [1, 1],
  dilation: [1, 1],
  padding: [1, 1],
  input: [2, 70],
  output: [2, 70],
};

Deno.test("conv_f32() gives the same bits everywhere over several chunks of a row", async () => {
  for (const width of [31, 32, 33, 64, 70]) {
    const window = { ...THREE_BY_THREE, input: [2, width], output: [2, width] } as const;
    const activation = () => ({ kind: "none" }) as const;
    const shape = { groups: 1, inputsPerGroup: 5, outputsPerGroup: 9, gaps: [0, 0] } as const;
    const float = everydayFloat;
    const upsample = [1, 1] as const;
    const trial = lay({ seed: width, window, upsample, ...shape, activation, float });
    await assertSameBits(convF32, trial);
  }
});

/** A 1 × 2 kernel over one pixel of two channels, with one missing pixel before it. */
function handmade(weights: readonly number[], bias: number, pixel: readonly number[]) {
  const memory = new TrialMemory(1);
  let next = 0;
  const input = memory.tensor("f32", { height: 1, width: 1, channels: 2 }, () => pixel[next++]);
  const output = memory.tensor("f32", { height: 1, width: 1, channels: 1 });
  const kernel = [1, 2] as const;
  const shape = { outputs: 1, kernel, inputsPerGroup: 2, groups: 1 };
  return memory.trial<ConvF32Op>({
    op: "conv_f32",
    input,
    output,
    kernel,
    stride: [1, 1],
    dilation: [1, 1],
    padding: [0, 1],
    upsample: [1, 1],
    groups: 1,
    weights: memory.constant(packConvF32({ ...shape, weights: Float32Array.from(weights) })),
    bias: memory.constant(floatBytes(1, () => bias)),
    activation: { kind: "none" },
  });
}

async function resultOf(trial: OpTrial<ConvF32Op>): Promise<number> {
  const arena = await assertSameBits(convF32, trial);
  return new DataView(arena.buffer, arena.byteOffset).getFloat32(trial.tensors[1].offset, true);
}

Deno.test("conv_f32() adds to the bias in order, and nothing for missing pixels", async () => {
  assert.equal(await resultOf(handmade([NaN, Infinity, 1, 1], 1, [2 ** 24, -(2 ** 24)])), 0);
  assert.equal(await resultOf(handmade([9, 9, 1, 1], 1, [-(2 ** 24), 2 ** 24])), 1);
  assert.equal(await resultOf(handmade([9, 9, 0, 0], -0, [-1, -1])), -0);
});

Deno.test("conv_f32() is refused outside its memory and with impossible numbers", async () => {
  const good = handmade([1, 2, 3, 4], 0, [1, 1]);
  const bytes = packedConvF32Bytes({ outputs: 1, kernel: [1, 2], inputsPerGroup: 2, groups: 1 });
  const attempt = (change: Partial<ConvF32Op>) =>
    assertSameBits(convF32, { ...good, op: { ...good.op, ...change } });
  await attempt({});
  for (const groups of [0, -1, 2, 3]) await assert.rejects(attempt({ groups }), /groups/);
  await assert.rejects(attempt({ upsample: [0, 1] }), /spread/);
  await assert.rejects(attempt({ upsample: [1, 2 ** 40] }), /spread/);
  await assert.rejects(attempt({ upsample: [1, 2 ** 12], stride: [1, 2 ** 11] }), /spread/);
  await assert.rejects(attempt({ kernel: [1, 200] }), /data/);
  await assert.rejects(attempt({ weights: 16 * Math.ceil(bytes / 16) }), /data/);
  await assert.rejects(attempt({ bias: good.data.length }), /data/);
  await assert.rejects(attempt({ activation: { kind: "leaky", slope: 1024 } }), /data/);
});

Deno.test("packConvF32() refuses another number of weights", () => {
  const shape = { outputs: 2, kernel: [3, 3], inputsPerGroup: 4, groups: 1 } as const;
  assert.throws(
    () => packConvF32({ ...shape, weights: new Float32Array(71) }),
    /71 weights, not 72/,
  );
});
