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
import type { MulOp } from "../plan.ts";
import { mul } from "./op.ts";

function run(trial: ElementwiseTrial): Promise<Uint8Array> {
  return runElementwiseTrial(mul, trial, (places) => ({
    op: "mul",
    ...places,
    ...trial.numbers,
    multiplier: trial.multipliers[0],
  }));
}

Deno.test("mul() gives the same bits everywhere for any shape, broadcast and numbers", async () => {
  const property = fc.asyncProperty(elementwiseTrials, async (trial) => void await run(trial));
  await fc.assert(property, { seed: 8, numRuns: 300 });
});

Deno.test("mul() holds at the ends of every number", async () => {
  for (const trial of extremeTrials()) await run(trial);
});

/** a is [10, 20, 127] and zeros with zero point 10, b one channel [3, 0] with zero point 1. */
function small(change: Partial<MulOp>): Promise<Uint8Array> {
  const arena = new Arena();
  const a = arena.add("u7", { height: 1, width: 2, channels: 3 }, { zero: 10 });
  const b = arena.add("u7", { height: 1, width: 2, channels: 1 }, { zero: 1 });
  const op: MulOp = {
    op: "mul",
    ...{ a, b, output: a, multiplier: 2 },
    ...{ bias: 50 * 8, shift: 3, low: 0, high: 127, ...change },
  };
  const before = arena.filled(() => 0);
  before.set([10, 20, 127, 0, 0, 12], arena.tensors[a].offset);
  before.set([3, 0], arena.tensors[b].offset);
  return assertSameBits(mul, {
    op,
    tensors: arena.tensors,
    data: new Uint8Array(0),
    arena: before,
  });
}

Deno.test("mul() multiplies what stands above the zero points", async () => {
  assert.deepEqual([...(await small({})).subarray(16, 22)], [50, 55, 108, 52, 52, 49]);
});

Deno.test("mul() is refused where it would leave its memory or has impossible numbers", async () => {
  const wrong: Partial<MulOp>[] = [{ a: 1, b: 0 }, { multiplier: 40000 }, { table: 0 }, { b: -1 }];
  for (const op of wrong) await assert.rejects(small(op), JSON.stringify(op));
});
