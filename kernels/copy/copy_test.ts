import assert from "node:assert/strict";
import fc from "fast-check";
import { assertSameBits } from "../../tests/fixtures/op_trial.ts";
import { TrialMemory } from "../../tests/fixtures/trial_memory.ts";
import type { CopyOp, PlanType } from "../plan.ts";
import { type Axis, reachOf } from "./axes.ts";
import { copy } from "./op.ts";

interface Box {
  readonly seed: number;
  readonly type: PlanType;
  readonly axes: readonly Axis[];
  readonly hasTable: boolean;
  /** Elements of the tensors before and after what the box reaches. */
  readonly margin: number;
}

/** The box in tensors that it just fits into. */
function run({ seed, type, axes, hasTable, margin }: Box): Promise<Uint8Array> {
  const memory = new TrialMemory(seed);
  const isEmpty = axes.some(({ size }) => size === 0);
  const sides = (["from", "to"] as const).map((side) => {
    const { low, high } = isEmpty ? { low: 0, high: 0 } : reachOf(axes, side, 0);
    const channels = high - low + 1 + 2 * margin;
    return { start: margin - low, tensor: memory.tensor(type, { height: 1, width: 1, channels }) };
  });
  const table = hasTable && type === "u7"
    ? {
      table: memory.constant(Uint8Array.from({ length: 128 }, (_, at) => (at * 37 + seed) & 127)),
    }
    : {};
  memory.constant(new Uint8Array(128).fill(9)); // so that an index beyond the table finds no 0
  const op: CopyOp = {
    op: "copy",
    input: sides[0].tensor,
    output: sides[1].tensor,
    size: axes.map(({ size }) => size),
    from: sides[0].start,
    fromStrides: axes.map(({ from }) => from),
    to: sides[1].start,
    toStrides: axes.map(({ to }) => to),
    ...table,
  };
  return assertSameBits(copy, memory.trial(op));
}

const types = fc.constantFrom<PlanType>("u7", "u7", "i16", "i32", "f32");

/** Sizes, gaps and signs of axes; strides follow such that no element is written twice. */
const looseAxes = fc.array(
  fc.record({
    size: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 40 })),
    gap: fc.oneof(fc.constant(0), fc.nat(3)),
    isBackward: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.boolean()),
    isRepeated: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.boolean()),
    order: fc.nat(100),
  }),
  { maxLength: 6 },
).filter((axes) => axes.reduce((product, { size }) => product * Math.max(size, 1), 1) < 4000);

const anyAxes: fc.Arbitrary<Axis[]> = looseAxes.map((loose) => {
  const read = [...loose].sort((a, b) => a.order - b.order);
  const stridesOf = (sorted: typeof loose) => {
    let reach = 1;
    return new Map(sorted.map((axis) => {
      const stride = reach + axis.gap;
      reach = stride * Math.max(axis.size, 1);
      return [axis, stride];
    }));
  };
  const [from, to] = [stridesOf(read), stridesOf(loose)];
  return loose.map((axis) => ({
    size: axis.size,
    from: axis.isRepeated ? 0 : (from.get(axis) ?? 0) * (axis.isBackward ? -1 : 1),
    to: to.get(axis) ?? 0,
  })).sort((a, b) => a.from - b.from);
});

Deno.test("copy() moves the same bits everywhere for any box", async () => {
  const boxes = fc.record({
    seed: fc.nat(),
    type: types,
    axes: anyAxes,
    hasTable: fc.boolean(),
    margin: fc.nat(3),
  });
  await fc.assert(fc.asyncProperty(boxes, async (box) => void await run(box)), {
    seed: 3,
    numRuns: 600,
  });
});

/** A transpose of rows × columns. */
function transpose(rows: number, columns: number): Axis[] {
  return [{ size: rows, from: columns, to: 1 }, { size: columns, from: 1, to: rows }];
}

Deno.test("copy() turns planes of all sizes around its squares", async () => {
  for (const type of ["u7", "i16", "f32"] as const) {
    for (const rows of [1, 3, 4, 5, 31, 32, 33, 67]) {
      for (const columns of [2, 4, 7, 32, 65]) {
        const axes = transpose(rows, columns);
        await run({ seed: rows, type, axes, hasTable: columns === 7, margin: 1 });
      }
    }
  }
});

Deno.test("copy() moves rows of all lengths around its vectors", async () => {
  for (const type of ["u7", "i16", "i32"] as const) {
    for (const size of [1, 2, 3, 15, 16, 17, 127, 128, 129, 511, 512, 513]) {
      const axes = [{ size: 3, from: size + 2, to: size + 5 }, { size, from: 1, to: 1 }];
      await run({ seed: size, type, axes, hasTable: size % 2 === 1, margin: 2 });
    }
  }
});

Deno.test("copy() puts channels last", async () => {
  const memory = new TrialMemory(1);
  const shape = { height: 1, width: 1, channels: 6 };
  let next = 0;
  const input = memory.tensor("u7", shape, () => next++);
  const output = memory.tensor("u7", shape);
  const box = { size: [2, 3], from: 0, fromStrides: [3, 1], to: 0, toStrides: [1, 2] };
  const trial = memory.trial<CopyOp>({ op: "copy", input, output, ...box });
  const arena = await assertSameBits(copy, trial);
  const { offset } = trial.tensors[output];
  assert.deepEqual([...arena.subarray(offset, offset + 6)], [0, 3, 1, 4, 2, 5]);
});

Deno.test("copy() is refused where it would leave a tensor, or write an element twice", async () => {
  const memory = new TrialMemory(1);
  const shape = { height: 2, width: 2, channels: 3, after: 1 };
  const input = memory.tensor("u7", shape);
  const output = memory.tensor("u7", shape);
  const floats = memory.tensor("f32", shape);
  const good = { size: [3, 5], from: 0, fromStrides: [5, 1], to: 14, toStrides: [-5, -1] };
  const base: CopyOp = { op: "copy", input, output, ...good };
  const attempt = (change: Partial<CopyOp>) =>
    assertSameBits(copy, memory.trial({ ...base, ...change }));
  await attempt({});
  await assert.rejects(attempt({ from: 1 }), /leaves t0: 1 to 15/);
  await assert.rejects(attempt({ from: -1 }), /leaves t0/);
  await assert.rejects(attempt({ to: 15 }), /leaves t1/);
  await assert.rejects(attempt({ to: 13 }), /leaves t1/);
  await assert.rejects(attempt({ size: [-3, -5] }), /negative/);
  await assert.rejects(attempt({ size: [3] }), /one box/);
  await assert.rejects(attempt({ toStrides: [-4, -1] }), /twice/);
  await assert.rejects(attempt({ toStrides: [-5, 0] }), /twice/);
  await assert.rejects(attempt({ output: floats }), /tensor/);
  await assert.rejects(attempt({ table: 0 }), /data/);
  await assert.rejects(attempt({ size: [2 ** 53 - 1, 5], fromStrides: [0, 1] }), /leaves t1/);
});
