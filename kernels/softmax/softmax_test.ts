import assert from "node:assert/strict";
import fc from "fast-check";
import { assertSameBits } from "../../tests/fixtures/op_trial.ts";
import { Arena, type Shape } from "../../tests/fixtures/trial_arena.ts";
import { noise } from "../../tests/fixtures/trial_memory.ts";
import { softmaxExpTable } from "../detection_tables.ts";
import type { SoftmaxOp } from "../plan.ts";
import { softmax } from "./op.ts";

interface Trial {
  readonly shape: Shape;
  readonly gaps: readonly [number, number];
  readonly inPlace: boolean;
  readonly seed: number;
  readonly data: Uint8Array;
}

function run({ shape, gaps, inPlace, seed, data }: Trial): Promise<Uint8Array> {
  const arena = new Arena();
  const input = arena.add("u7", shape, { gap: gaps[0] });
  const output = inPlace ? input : arena.add("u7", shape, { gap: gaps[1] });
  const op: SoftmaxOp = { op: "softmax", input, output, exp: 0 };
  return assertSameBits(softmax, { op, tensors: arena.tensors, data, arena: arena.noise(seed) });
}

Deno.test("softmax() gives the same bits everywhere for any shape and table", async () => {
  const trials = fc.record({
    shape: fc.record({ height: fc.nat(3), width: fc.nat(4), channels: fc.nat(50) }),
    gaps: fc.tuple(fc.nat(3), fc.nat(3)),
    inPlace: fc.boolean(),
    seed: fc.integer(),
    data: fc.oneof(
      fc.double({ min: 0, max: 2, noNaN: true }).map(softmaxExpTable),
      fc.integer().map((seed) => {
        const next = noise(seed);
        return Uint8Array.from({ length: 256 }, () => next() | 1);
      }),
    ),
  });
  const property = fc.asyncProperty(trials, async (trial) => void await run(trial));
  await fc.assert(property, { seed: 10, numRuns: 200 });
});

Deno.test("softmax() finds the largest wherever it is", async () => {
  for (const channels of [1, 15, 16, 17, 33]) {
    for (let peak = 0; peak < channels; peak++) {
      const arena = new Arena();
      const input = arena.add("u7", { height: 1, width: 1, channels });
      const before = arena.filled(() => 0);
      before[arena.tensors[input].offset + peak] = 127;
      const op: SoftmaxOp = { op: "softmax", input, output: input, exp: 0 };
      const data = softmaxExpTable(0.5);
      const after = await assertSameBits(softmax, {
        op,
        tensors: arena.tensors,
        data,
        arena: before,
      });
      assert.deepEqual(after, before);
    }
  }
});

Deno.test("softmax() gives the same bits everywhere for many pixels of few and many channels", async () => {
  for (const channels of [3, 4, 32, 33, 256, 257]) {
    for (const gap of [0, 3]) {
      const shape = { height: 11, width: 13, channels };
      const data = softmaxExpTable(0.05);
      await run({ shape, gaps: [0, gap], inPlace: false, seed: channels, data });
    }
  }
});

Deno.test("softmax() of 65536 channels does not overflow", async () => {
  const shape = { height: 1, width: 1, channels: 65536 };
  const data = new Uint8Array(256).fill(255);
  await run({ shape, gaps: [0, 0], inPlace: false, seed: 1, data });
});

Deno.test("softmax() is within one step of the real one", async () => {
  const shape = { height: 1, width: 1, channels: 9 };
  const before = new Arena();
  before.add("u7", shape);
  const values = [...before.noise(5).subarray(16, 25)];
  const arena = await run({
    shape,
    gaps: [0, 0],
    inPlace: true,
    seed: 5,
    data: softmaxExpTable(0.05),
  });
  const shares = values.map((value) => Math.exp(value * 0.05));
  const sum = shares.reduce((total, share) => total + share, 0);
  shares.forEach((share, at) =>
    assert.ok(Math.abs(arena[16 + at] - 127 * share / sum) < 0.6, `${arena[16 + at]}`)
  );
});

Deno.test("softmax() is refused with a sum that could be 0, or too many channels", async () => {
  const shape = { height: 1, width: 1, channels: 2 };
  const base = { shape, gaps: [0, 0] as const, inPlace: false, seed: 1 };
  await assert.rejects(run({ ...base, data: new Uint8Array(256) }), /begins with 0/);
  await assert.rejects(run({ ...base, data: new Uint8Array(255).fill(1) }));
  const large = { height: 1, width: 1, channels: 65537 };
  await assert.rejects(
    run({ ...base, shape: large, data: new Uint8Array(256).fill(1) }),
    /channels/,
  );
});
