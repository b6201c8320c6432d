import assert from "node:assert/strict";
import fc from "fast-check";
import { assertSameBits } from "../../tests/fixtures/op_trial.ts";
import { TrialMemory } from "../../tests/fixtures/trial_memory.ts";
import type { FillOp, PlanTensor, PlanType } from "../plan.ts";
import { fill } from "./op.ts";

const anyValue: fc.Arbitrary<{ type: PlanType; value: number }> = fc.oneof(
  fc.record({ type: fc.constant<PlanType>("u7"), value: fc.nat(127) }),
  fc.record({
    type: fc.constant<PlanType>("i16"),
    value: fc.integer({ min: -32768, max: 32767 }),
  }),
  fc.record({ type: fc.constant<PlanType>("i32"), value: fc.integer() }),
  fc.record({
    type: fc.constant<PlanType>("f32"),
    value: fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(-0, 1e39, -1e39)),
  }),
);

Deno.test("fill() writes the same bits everywhere, and no neighbour's", async () => {
  const trials = fc.record({
    seed: fc.integer(),
    what: anyValue,
    height: fc.nat(3),
    width: fc.nat(4),
    channels: fc.nat(70),
    before: fc.nat(2),
    after: fc.nat(2),
  });
  const property = fc.asyncProperty(trials, async ({ seed, what, ...shape }) => {
    const memory = new TrialMemory(seed);
    const output = memory.tensor(what.type, shape);
    await assertSameBits(fill, memory.trial({ op: "fill", output, value: what.value }));
  });
  await fc.assert(property, { seed: 4, numRuns: 300 });
});

/** Each pixel is one of a GPU's invocations: more of them than 65,535 workgroups of 64 have. */
Deno.test("fill() fills more pixels than one row of a GPU's workgroups", async () => {
  const shape = { height: 2048, width: 2049, channels: 1, stride: 2 };
  const output: PlanTensor = { name: "t", type: "u7", offset: 0, ...shape, scale: 1, zero: 0 };
  const arena = new Uint8Array(2048 * 2049 * 2).fill(0xa5);
  const op: FillOp = { op: "fill", output: 0, value: 99 };
  await assertSameBits(fill, { op, tensors: [output], data: new Uint8Array(0), arena });
});

Deno.test("fill() is refused a value that the type does not have", async () => {
  const shape = { height: 1, width: 1, channels: 3 };
  for (
    const [type, value] of [["u7", 128], ["u7", 0.5], ["i16", 32768], ["i32", 2 ** 31]] as const
  ) {
    const memory = new TrialMemory(1);
    const output = memory.tensor(type, shape);
    const trial = memory.trial({ op: "fill", output, value } as const);
    await assert.rejects(assertSameBits(fill, trial), /no value of/);
  }
});
