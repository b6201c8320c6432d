import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type ElementwiseTrial,
  elementwiseTrials,
  extremeTrials,
  runElementwiseTrial,
} from "../../tests/fixtures/elementwise_trial.ts";
import { assertSameBits } from "../../tests/fixtures/op_trial.ts";
import { Arena } from "../../tests/fixtures/trial_arena.ts";
import type { AddOp } from "../plan.ts";
import { add } from "./op.ts";

function run(trial: ElementwiseTrial): Promise<Uint8Array> {
  const [multiplierA, multiplierB] = trial.multipliers;
  return runElementwiseTrial(add, trial, (places) => ({
    op: "add",
    ...places,
    ...trial.numbers,
    multiplierA,
    multiplierB,
  }));
}

Deno.test("add() gives the same bits everywhere for any shape, broadcast and numbers", async () => {
  const property = fc.asyncProperty(elementwiseTrials, async (trial) => void await run(trial));
  await fc.assert(property, { seed: 7, numRuns: 300 });
});

Deno.test("add() holds at the ends of every number", async () => {
  for (const trial of extremeTrials()) await run(trial);
});

/** a is [10, 20, 127], b one pixel [1, 2, 3]; the op adds them as they are. */
function small(change: Partial<AddOp>): Promise<Uint8Array> {
  const arena = new Arena();
  const a = arena.add("u7", { height: 1, width: 2, channels: 3 });
  const b = arena.add("u7", { height: 1, width: 1, channels: 3 });
  const op: AddOp = {
    op: "add",
    ...{ a, b, output: a, multiplierA: 2, multiplierB: 4 },
    ...{ bias: 1, shift: 1, low: 0, high: 127, ...change },
  };
  const before = arena.filled(() => 0);
  before.set([10, 20, 127, 0, 0, 0], arena.tensors[a].offset);
  before.set([1, 2, 3], arena.tensors[b].offset);
  const data = new Uint8Array(256).fill(9);
  return assertSameBits(add, { op, tensors: arena.tensors, data, arena: before });
}

Deno.test("add() is a · multiplierA + b · multiplierB, shifted, clamped, looked up", async () => {
  assert.deepEqual([...(await small({})).subarray(16, 22)], [12, 24, 127, 2, 4, 6]);
  assert.deepEqual([...(await small({ low: 5, high: 12 })).subarray(16, 22)], [
    12,
    12,
    12,
    5,
    5,
    6,
  ]);
  assert.deepEqual([...(await small({ table: 0 })).subarray(16, 22)], [9, 9, 9, 9, 9, 9]);
});

Deno.test("add() is refused where it would leave its memory or has impossible numbers", async () => {
  const wrong: Partial<AddOp>[] = [
    { a: 1, b: 0 },
    { output: 1 },
    { a: 9 },
    { high: 128 },
    { low: 5, high: 4 },
    { shift: 32 },
    { multiplierA: 32768 },
    { multiplierB: -32769 },
    { table: 16 },
    { bias: 2 ** 31 },
  ];
  for (const op of wrong) await assert.rejects(small(op), JSON.stringify(op));
});
