import assert from "node:assert/strict";
import fc from "fast-check";
import { assertSameBits } from "../../tests/fixtures/op_trial.ts";
import { TrialMemory } from "../../tests/fixtures/trial_memory.ts";
import type { DequantizeOp } from "../plan.ts";
import { dequantize } from "./op.ts";

const gap = fc.nat(3);

Deno.test("dequantize() gives the same bits everywhere for any value and view", async () => {
  const trials = fc.record({
    seed: fc.integer(),
    type: fc.constantFrom("u7", "i16"),
    shape: fc.record({ height: fc.nat(3), width: fc.nat(4), channels: fc.nat(20) }),
    input: fc.record({ before: gap, after: gap }),
    output: fc.record({ before: gap, after: gap }),
    zero: fc.nat(127),
    scale: fc.oneof(
      fc.double({ min: 1e-6, max: 100, noNaN: true }),
      fc.constantFrom(2 ** -149, 1, 3e38),
    ),
  });
  const property = fc.asyncProperty(trials, async (trial) => {
    const memory = new TrialMemory(trial.seed);
    const zero = trial.type === "u7" ? trial.zero : 0;
    const input = memory.tensor(trial.type, { ...trial.shape, ...trial.input, zero });
    const output = memory.tensor("f32", { ...trial.shape, ...trial.output });
    const given = memory.trial<DequantizeOp>({ op: "dequantize", input, output });
    const tensors = given.tensors.map((tensor) => ({ ...tensor, scale: trial.scale }));
    await assertSameBits(dequantize, { ...given, tensors });
  });
  await fc.assert(property, { seed: 6, numRuns: 300 });
});

Deno.test("dequantize() is refused between sizes that differ", async () => {
  const memory = new TrialMemory(1);
  const input = memory.tensor("u7", { height: 1, width: 2, channels: 3 });
  const output = memory.tensor("f32", { height: 2, width: 1, channels: 3 });
  const trial = memory.trial<DequantizeOp>({ op: "dequantize", input, output });
  await assert.rejects(assertSameBits(dequantize, trial), /another size/);
});
