import fc from "fast-check";
import { anyActivation } from "../../tests/fixtures/any_activation.ts";
import { anyFloat } from "../../tests/fixtures/any_float.ts";
import { assertSameBits } from "../../tests/fixtures/op_trial.ts";
import { TrialMemory } from "../../tests/fixtures/trial_memory.ts";
import type { UnaryF32Op } from "../plan.ts";
import { unaryF32 } from "./op.ts";

const gap = fc.nat(3);
const trials = fc.record({
  seed: fc.integer(),
  shape: fc.record({ height: fc.nat(4), width: fc.nat(4), channels: fc.nat(18) }),
  input: fc.record({ before: gap, after: gap }),
  output: fc.record({ before: gap, after: gap }),
  inPlace: fc.boolean(),
  activation: anyActivation,
});

Deno.test("unary_f32() gives the same bits everywhere for any value and view", async () => {
  const property = fc.asyncProperty(trials, async (trial) => {
    const memory = new TrialMemory(trial.seed);
    const input = memory.tensor("f32", { ...trial.shape, ...trial.input }, anyFloat);
    const output = trial.inPlace
      ? input
      : memory.tensor("f32", { ...trial.shape, ...trial.output });
    const activation = trial.activation(memory, trial.shape.channels);
    const op: UnaryF32Op = { op: "unary_f32", input, output, activation };
    await assertSameBits(unaryF32, memory.trial(op));
  });
  await fc.assert(property, { seed: 1, numRuns: 400 });
});

for (const kind of ["exp", "sigmoid", "tanh", "silu"] as const) {
  Deno.test(`unary_f32() ${kind} gives the same bits all over the floats`, async () => {
    const memory = new TrialMemory(5);
    let bits = 0;
    const view = new DataView(new ArrayBuffer(4));
    const shape = { height: 64, width: 64, channels: 16 };
    const input = memory.tensor("f32", shape, () => {
      view.setUint32(0, bits);
      bits += 65537; // every exponent and sign
      return view.getFloat32(0);
    });
    const op: UnaryF32Op = { op: "unary_f32", input, output: input, activation: { kind } };
    await assertSameBits(unaryF32, memory.trial(op));
  });
}
