import assert from "node:assert/strict";
import fc from "fast-check";
import { assertSameBits } from "../../tests/fixtures/op_trial.ts";
import { Arena, type Shape } from "../../tests/fixtures/trial_arena.ts";
import { noise } from "../../tests/fixtures/trial_memory.ts";
import type { TableOp } from "../plan.ts";
import { table } from "./op.ts";

interface Trial {
  readonly shape: Shape;
  readonly gaps: readonly [number, number];
  readonly inPlace: boolean;
  readonly seed: number;
}

function run({ shape, gaps, inPlace, seed }: Trial): Promise<Uint8Array> {
  const arena = new Arena();
  const input = arena.add("u7", shape, { gap: gaps[0] });
  const output = inPlace ? input : arena.add("u7", shape, { gap: gaps[1] });
  const next = noise(seed);
  const data = Uint8Array.from({ length: 144 }, () => next() & 127);
  const op: TableOp = { op: "table", input, output, table: 16 };
  return assertSameBits(table, { op, tensors: arena.tensors, data, arena: arena.noise(seed) });
}

Deno.test("table() gives the same bits everywhere for any shape", async () => {
  const trials = fc.record({
    shape: fc.record({ height: fc.nat(4), width: fc.nat(5), channels: fc.nat(50) }),
    gaps: fc.oneof(fc.constant([0, 0] as const), fc.tuple(fc.nat(3), fc.nat(3))),
    inPlace: fc.boolean(),
    seed: fc.integer(),
  });
  const property = fc.asyncProperty(trials, async (trial) => void await run(trial));
  await fc.assert(property, { seed: 9, numRuns: 200 });
});

function all128(data: Uint8Array, change: Partial<TableOp> = {}): Promise<Uint8Array> {
  const arena = new Arena();
  const input = arena.add("u7", { height: 1, width: 1, channels: 128 });
  const smaller = arena.add("u7", { height: 1, width: 1, channels: 127 });
  assert.equal(smaller, 1);
  const op: TableOp = { op: "table", input, output: input, table: 0, ...change };
  let place = -arena.tensors[input].offset;
  return assertSameBits(table, {
    op,
    tensors: arena.tensors,
    data,
    arena: arena.filled(() => place++),
  });
}

Deno.test("table() looks up each of the 128 activations", async () => {
  const data = Uint8Array.from({ length: 128 }, (_, index) => (index * 37 + 11) & 127);
  const arena = await all128(data);
  assert.deepEqual(arena.subarray(16, 16 + 128), data);
});

Deno.test("table() is refused without its 128 entries of 7 bits", async () => {
  await assert.rejects(all128(new Uint8Array(127)));
  await assert.rejects(all128(new Uint8Array(128).fill(128)), /entries above 127/);
  await assert.rejects(all128(new Uint8Array(256), { table: 8 }));
  await assert.rejects(all128(new Uint8Array(128), { output: 1 }), /differ in shape/);
});
