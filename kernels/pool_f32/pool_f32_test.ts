import assert from "node:assert/strict";
import fc from "fast-check";
import { anyFloat, everydayFloat } from "../../tests/fixtures/any_float.ts";
import { assertSameBits } from "../../tests/fixtures/op_trial.ts";
import { anyWindow, TrialMemory, type WindowCase } from "../../tests/fixtures/trial_memory.ts";
import type { Pair, PoolF32Op } from "../plan.ts";
import { poolF32 } from "./op.ts";

interface Trial {
  readonly seed: number;
  readonly window: WindowCase;
  readonly channels: number;
  readonly gaps: readonly [number, number];
  readonly kind: "max" | "average";
  readonly countPadding: boolean;
  readonly float: (random: number) => number;
}

function run(trial: Trial): Promise<Uint8Array> {
  const memory = new TrialMemory(trial.seed);
  const { input: inputSize, output: outputSize, ...window } = trial.window;
  const sizeOf = ([height, width]: Pair) => ({ height, width, channels: trial.channels });
  const [before, after] = trial.gaps;
  const input = memory.tensor("f32", { ...sizeOf(inputSize), before, after }, trial.float);
  const output = memory.tensor("f32", { ...sizeOf(outputSize), before: after, after: before });
  const { kind, countPadding } = trial;
  const op: PoolF32Op = { op: "pool_f32", kind, countPadding, input, output, ...window };
  return assertSameBits(poolF32, memory.trial(op));
}

Deno.test("pool_f32() gives the same bits everywhere for any window and value", async () => {
  const trials = fc.record({
    seed: fc.integer(),
    window: anyWindow,
    channels: fc.nat(11),
    gaps: fc.tuple(fc.nat(2), fc.nat(2)),
    kind: fc.constantFrom("max" as const, "average" as const),
    countPadding: fc.boolean(),
    float: fc.constantFrom(anyFloat, everydayFloat),
  });
  const property = fc.asyncProperty(trials, async (trial) => void await run(trial));
  await fc.assert(property, { seed: 11, numRuns: 300 });
});

Deno.test("pool_f32() gives the same bits everywhere over pixels that do not exist", async () => {
  const window: WindowCase = {
    kernel: [2, 2],
    stride: [9, 9],
    dilation: [1, 1],
    padding: [2, 3],
    input: [3, 3],
    output: [4, 3],
  };
  for (const kind of ["max", "average"] as const) {
    for (const countPadding of [false, true]) {
      await run({
        seed: 1,
        window,
        channels: 5,
        gaps: [1, 1],
        kind,
        countPadding,
        float: anyFloat,
      });
    }
  }
});

Deno.test("pool_f32() is refused with other channels or an endless window", async () => {
  const attempt = (change: Partial<PoolF32Op>, channels: number) => {
    const memory = new TrialMemory(1);
    const input = memory.tensor("f32", { height: 3, width: 3, channels: 2 });
    const output = memory.tensor("f32", { height: 3, width: 3, channels });
    const ones: Pair = [1, 1];
    const window = { kernel: ones, stride: ones, dilation: ones, padding: [0, 0] as const };
    const op: PoolF32Op = {
      op: "pool_f32",
      kind: "max",
      countPadding: false,
      input,
      output,
      ...window,
      ...change,
    };
    return assertSameBits(poolF32, memory.trial(op));
  };
  await attempt({}, 2);
  await assert.rejects(attempt({}, 3), /channels/);
  await assert.rejects(attempt({ kernel: [65536, 2] }, 2));
  await assert.rejects(attempt({ stride: [0, 1] }, 2));
});
