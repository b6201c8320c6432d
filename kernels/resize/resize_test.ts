import fc from "fast-check";
import assert from "node:assert/strict";
import { assertSameBits, type OpTrial } from "../../tests/fixtures/op_trial.ts";
import { TrialMemory } from "../../tests/fixtures/trial_memory.ts";
import type { Pair, ResizeOp } from "../plan.ts";
import { resize } from "./op.ts";

type Entry = readonly [first: number, second: number, share: number];

interface Case {
  readonly type: "u7" | "f32";
  readonly input: Pair;
  readonly rows: readonly Entry[];
  readonly columns: readonly Entry[];
  readonly channels: number;
  readonly before: number;
  readonly after: number;
  readonly seed: number;
}

/** Entries of any order, often the same ones again. */
function entries(size: number): fc.Arbitrary<Entry[]> {
  const position = fc.nat(size - 1);
  const share = fc.oneof(fc.nat(128), fc.constantFrom(0, 0, 1, 32, 96, 127, 128));
  return fc.array(fc.tuple(position, position, share), { maxLength: 9 });
}

const anyCase: fc.Arbitrary<Case> = fc.tuple(
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 1, max: 6 }),
).chain(([height, width]) =>
  fc.record({
    type: fc.constantFrom("u7", "f32"),
    input: fc.constant([height, width] as const),
    rows: entries(height),
    columns: entries(width),
    channels: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(3, 4, 5, 15, 16, 17)),
    before: fc.integer({ min: 0, max: 5 }),
    after: fc.integer({ min: 0, max: 5 }),
    seed: fc.integer(),
  })
);

/** Nearest neighbour: all shares are 0. */
const repeatingCase = anyCase.map((given): Case => ({
  ...given,
  rows: given.rows.map(([first, second]) => [first, second, 0]),
  columns: given.columns.map(([first, second]) => [first, second, 0]),
}));

function trialOf({ type, input, rows, columns, channels, before, after, seed }: Case) {
  const memory = new TrialMemory(seed);
  const valueAt = (bits: number) =>
    type === "u7" ? (bits & 128 ? bits & 127 : 127) : bits % 5 ? (bits / 2 ** 20) - 2000 : -0;
  const size = { height: rows.length, width: columns.length };
  const trial: OpTrial<ResizeOp> = memory.trial({
    op: "resize",
    input: memory.tensor(
      type,
      { height: input[0], width: input[1], channels, before, after },
      valueAt,
    ),
    output: memory.tensor(type, { ...size, channels, before, after }),
    rows: memory.constant(Int16Array.from(rows.flat())),
    columns: memory.constant(Int16Array.from(columns.flat())),
  });
  return trial;
}

/** ONNX's half-pixel linear and nearest (floor) at twice the size. */
function doubled(size: number, kind: "linear" | "nearest"): Entry[] {
  return Array.from({ length: size * 2 }, (_, place): Entry => {
    const first = Math.max(0, Math.floor(place / 2 - 0.25));
    if (kind === "nearest") return [place >> 1, place >> 1, 0];
    return [first, Math.min(size - 1, first + 1), place === 0 ? 0 : place % 2 ? 32 : 96];
  });
}

Deno.test("resize gives the oracle's bits for any tables, sizes and views", async () => {
  const property = fc.asyncProperty(anyCase, async (given) => {
    await assertSameBits(resize, trialOf(given));
  });
  await fc.assert(property, { seed: 4024, numRuns: 400 });
});

Deno.test("resize gives the oracle's bits where it only repeats pixels", async () => {
  const property = fc.asyncProperty(repeatingCase, async (given) => {
    await assertSameBits(resize, trialOf(given));
  });
  await fc.assert(property, { seed: 4025, numRuns: 200 });
});

Deno.test("resize doubles, at all channels around a vector's lanes", async () => {
  for (const type of ["u7", "f32"] as const) {
    for (const kind of ["linear", "nearest"] as const) {
      for (const channels of [0, 1, 3, 4, 5, 15, 16, 17, 31, 32, 33]) {
        const [rows, columns] = [doubled(5, kind), doubled(4, kind)];
        const given = { type, input: [5, 4], rows, columns, channels } as const;
        await assertSameBits(
          resize,
          trialOf({ ...given, before: 0, after: channels % 2, seed: 3 }),
        );
      }
    }
  }
});

Deno.test("resize gives not-a-number one form where it computes, and keeps its bits where it copies", async () => {
  for (const [shareDown, shareAcross] of [[0, 0], [0, 64], [64, 0], [64, 128]]) {
    const memory = new TrialMemory(9);
    const floats = (height: number, width: number) => ({ height, width, channels: 5 });
    const trial = memory.trial<ResizeOp>({
      op: "resize",
      input: memory.tensor("f32", floats(2, 2)),
      output: memory.tensor("f32", floats(1, 1)),
      rows: memory.constant(Int16Array.of(0, 1, shareDown)),
      columns: memory.constant(Int16Array.of(0, 1, shareAcross)),
    });
    const words = new Uint32Array(trial.arena.buffer, trial.tensors[0].offset, 20);
    const odd = [0x7f800000, 0xff800000, 0xffc00000, 0x7fc12345, 0x7f812345];
    words.forEach((_, place) => words[place] = odd[(place * 3 + (place >> 2)) % odd.length]);
    const arena = await assertSameBits(resize, trial);
    const results = new Uint32Array(arena.slice().buffer, trial.tensors[1].offset, 5);
    const isCopy = shareDown === 0 && shareAcross === 0;
    assert.deepEqual(isCopy, results.every((word, channel) => word === words[channel]));
  }
});

Deno.test("resize has the value that was reckoned by hand", async () => {
  const rows: Entry[] = [[0, 1, 32]];
  const columns: Entry[] = [[0, 1, 96]];
  let next = 0;
  const memory = new TrialMemory(1);
  const op: ResizeOp = {
    op: "resize",
    input: memory.tensor(
      "u7",
      { height: 2, width: 2, channels: 1 },
      () => [10, 50, 100, 127][next++],
    ),
    output: memory.tensor("u7", { height: 1, width: 1, channels: 1 }),
    rows: memory.constant(Int16Array.from(rows.flat())),
    columns: memory.constant(Int16Array.from(columns.flat())),
  };
  const trial = memory.trial(op);
  const arena = await assertSameBits(resize, trial);
  // 40 above, 120.25 below: a quarter of the way is 60.06
  assert.equal(arena[trial.tensors[op.output].offset], 60);
});

Deno.test("resize refuses tables that leave the input or the data", async () => {
  const given: Case = {
    type: "u7",
    input: [3, 3],
    rows: [[0, 1, 64]],
    columns: [[2, 2, 0]],
    channels: 2,
    before: 0,
    after: 0,
    seed: 1,
  };
  const wrongEntries: Entry[] = [[3, 0, 0], [0, 3, 0], [-1, 0, 0], [0, -1, 1], [0, 0, 129], [
    0,
    0,
    -1,
  ]];
  for (const entry of wrongEntries) {
    const bad = [[0, 0, 0], entry] as const;
    await assert.rejects(assertSameBits(resize, trialOf({ ...given, rows: bad })));
    await assert.rejects(assertSameBits(resize, trialOf({ ...given, columns: bad })));
  }
  const { op, ...rest } = trialOf(given);
  const wrong: Partial<ResizeOp>[] = [{ output: 9 }, { rows: rest.data.length }, { columns: 8 }];
  for (const change of wrong) {
    await assert.rejects(assertSameBits(resize, { op: { ...op, ...change }, ...rest }));
  }
});
