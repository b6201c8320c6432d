import assert from "node:assert/strict";
import fc from "fast-check";
import { anyFloat } from "../../tests/fixtures/any_float.ts";
import { assertSameBits, runReference } from "../../tests/fixtures/op_trial.ts";
import { TrialMemory } from "../../tests/fixtures/trial_memory.ts";
import type { QuantizeOp } from "../plan.ts";
import { quantize } from "./op.ts";

const gap = fc.nat(3);

Deno.test("quantize() gives the same bits everywhere for any value and view", async () => {
  const trials = fc.record({
    seed: fc.integer(),
    shape: fc.record({ height: fc.nat(3), width: fc.nat(4), channels: fc.nat(40) }),
    input: fc.record({ before: gap, after: gap }),
    output: fc.record({ before: gap, after: gap, zero: fc.nat(127) }),
    inverseScale: fc.oneof(
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      fc.constantFrom(2 ** -149, 1, 2, 3e38),
    ),
  });
  const property = fc.asyncProperty(trials, async (trial) => {
    const memory = new TrialMemory(trial.seed);
    const input = memory.tensor("f32", { ...trial.shape, ...trial.input }, anyFloat);
    const output = memory.tensor("u7", { ...trial.shape, ...trial.output });
    const op: QuantizeOp = { op: "quantize", input, output, inverseScale: trial.inverseScale };
    await assertSameBits(quantize, memory.trial(op));
  });
  await fc.assert(property, { seed: 5, numRuns: 300 });
});

Deno.test("quantize() rounds halves to even, clamps, and takes not-a-number for 0", () => {
  const values = [0, 0.5, 1.5, 2.5, -0.5, -1.5, -1e30, 1e30, Infinity, -Infinity, NaN, 117.5];
  const memory = new TrialMemory(1);
  let at = 0;
  const shape = { height: 1, width: 1, channels: values.length };
  const input = memory.tensor("f32", shape, () => values[at++]);
  const output = memory.tensor("u7", { ...shape, zero: 10 });
  const op: QuantizeOp = { op: "quantize", input, output, inverseScale: 1 };
  const trial = memory.trial(op);
  const { offset } = trial.tensors[output];
  const result = [...runReference(quantize, trial).subarray(offset, offset + values.length)];
  assert.deepEqual(result, [10, 10, 12, 12, 10, 8, 0, 127, 127, 0, 10, 127]);
});

Deno.test("quantize() is refused without a scale, or between sizes that differ", async () => {
  const attempt = (inverseScale: number, channels: number) => {
    const memory = new TrialMemory(1);
    const input = memory.tensor("f32", { height: 1, width: 2, channels: 3 });
    const output = memory.tensor("u7", { height: 1, width: 2, channels });
    const op: QuantizeOp = { op: "quantize", input, output, inverseScale };
    return assertSameBits(quantize, memory.trial(op));
  };
  for (const scale of [0, -1, 1e39, 1e-60]) await assert.rejects(attempt(scale, 3), /scale/);
  await assert.rejects(attempt(1, 4), /another size/);
});
