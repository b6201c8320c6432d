import assert from "node:assert/strict";
import fc from "fast-check";
import { anyFloat, everydayFloat } from "../../tests/fixtures/any_float.ts";
import { assertSameBits } from "../../tests/fixtures/op_trial.ts";
import { TrialMemory } from "../../tests/fixtures/trial_memory.ts";
import { softmaxF32 } from "./op.ts";

const gap = fc.nat(3);

Deno.test("softmax_f32() gives the same bits everywhere for any value and view", async () => {
  const trials = fc.record({
    seed: fc.integer(),
    shape: fc.record({ height: fc.nat(3), width: fc.nat(4), channels: fc.nat(21) }),
    input: fc.record({ before: gap, after: gap }),
    output: fc.record({ before: gap, after: gap }),
    inPlace: fc.boolean(),
    float: fc.constantFrom(anyFloat, everydayFloat),
  });
  const property = fc.asyncProperty(trials, async (trial) => {
    const memory = new TrialMemory(trial.seed);
    const input = memory.tensor("f32", { ...trial.shape, ...trial.input }, trial.float);
    const output = trial.inPlace
      ? input
      : memory.tensor("f32", { ...trial.shape, ...trial.output });
    await assertSameBits(softmaxF32, memory.trial({ op: "softmax_f32", input, output }));
  });
  await fc.assert(property, { seed: 12, numRuns: 300 });
});

Deno.test("softmax_f32() is within a few roundings of the real one", async () => {
  const memory = new TrialMemory(2);
  const values: number[] = [];
  const shape = { height: 1, width: 1, channels: 91 };
  const input = memory.tensor("f32", shape, (random) => {
    values.push(everydayFloat(random));
    return values[values.length - 1];
  });
  const trial = memory.trial({ op: "softmax_f32", input, output: input } as const);
  const arena = await assertSameBits(softmaxF32, trial);
  const view = new DataView(arena.buffer, arena.byteOffset + trial.tensors[input].offset);
  const powers = values.map(Math.exp);
  const sum = powers.reduce((total, power) => total + power, 0);
  powers.forEach((power, channel) => {
    const share = view.getFloat32(4 * channel, true);
    assert.ok(Math.abs(share * sum / power - 1) < 1e-6, `${share} for ${power / sum}`);
  });
});

Deno.test("softmax_f32() is refused between sizes that differ", async () => {
  const memory = new TrialMemory(1);
  const input = memory.tensor("f32", { height: 1, width: 2, channels: 3 });
  const output = memory.tensor("f32", { height: 1, width: 2, channels: 4 });
  const trial = memory.trial({ op: "softmax_f32", input, output } as const);
  await assert.rejects(assertSameBits(softmaxF32, trial), /another size/);
});
