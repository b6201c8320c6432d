import assert from "node:assert/strict";
import fc from "fast-check";
import {
  randomLogits,
  readDetections,
  recordsShape,
  writeLogits,
} from "../../tests/fixtures/detections.ts";
import { assertSameBits } from "../../tests/fixtures/op_trial.ts";
import { Arena } from "../../tests/fixtures/trial_arena.ts";
import { noise } from "../../tests/fixtures/trial_memory.ts";
import { distributionExpTable, sigmoidTable } from "../detection_tables.ts";
import type { DecodeDistributionOp } from "../plan.ts";
import { decodeDistribution } from "./op.ts";

const SIGMOID_BYTES = 2048;
const DATA = Uint8Array.from([...sigmoidTable(), ...distributionExpTable()]);

interface Trial {
  readonly grids: readonly {
    readonly height: number;
    readonly width: number;
    readonly cell: number;
  }[];
  readonly classes: number;
  readonly bins: number;
  readonly limit: number;
  readonly gaps: readonly [number, number];
  readonly threshold: number;
  readonly logit: () => number;
  readonly change?: Partial<DecodeDistributionOp>;
  readonly data?: Uint8Array;
}

async function run(trial: Trial) {
  const { grids, classes, bins, limit, gaps, threshold, logit } = trial;
  const arena = new Arena();
  const levels = grids.map(({ height, width, cell }) => ({
    scores: arena.add("i16", { height, width, channels: classes }, { gap: gaps[0] }),
    boxes: arena.add("i16", { height, width, channels: 4 * bins }, { gap: gaps[1] }),
    stride: cell,
  }));
  const output = arena.add("i32", recordsShape(limit));
  const op: DecodeDistributionOp = {
    ...{ op: "decode_distribution", output, threshold, levels, bins },
    ...{ sigmoid: 0, exp: SIGMOID_BYTES, inputSize: [160, 320] },
    ...trial.change,
  };
  const before = arena.noise(1);
  for (const { scores, boxes } of levels) {
    for (const index of [scores, boxes]) writeLogits(before, arena.tensors[index], logit);
  }
  const data = trial.data ?? DATA;
  const whole = { op, tensors: arena.tensors, data, arena: before };
  return readDetections(await assertSameBits(decodeDistribution, whole), arena.tensors[output]);
}

Deno.test("decode_distribution() gives the same bits everywhere for any heads", async () => {
  const grid = fc.record({
    height: fc.nat(4),
    width: fc.nat(5),
    cell: fc.constantFrom(1, 8, 16, 32, 64),
  });
  const trials = fc.record({
    grids: fc.array(grid, { minLength: 1, maxLength: 3 }),
    classes: fc.constantFrom(1, 2, 7, 8, 9, 15, 16, 17, 80),
    bins: fc.constantFrom(1, 2, 8, 11),
    limit: fc.constantFrom(0, 1, 2, 5, 100),
    gaps: fc.tuple(fc.nat(3), fc.nat(3)),
    threshold: fc.constantFrom(-32768, -60, 0, 40, 100, 32767),
    logit: fc.tuple(fc.integer(), fc.constantFrom(2, 50, 120), fc.constantFrom(7, 1e9))
      .map((drawn) => randomLogits(...drawn)),
    data: fc.oneof(fc.constant(DATA), fc.integer().map(randomShares)),
  });
  const property = fc.asyncProperty(trials, async (trial) => void await run(trial));
  await fc.assert(property, { seed: 13, numRuns: 300 });
});

/** Not falling, with something in its last entries, as no exp has. */
function randomShares(seed: number): Uint8Array {
  const next = noise(seed);
  const shares = Uint16Array.from({ length: 512 }, () => 1 + next() % 32768);
  return Uint8Array.from([...sigmoidTable(), ...new Uint8Array(shares.buffer)]);
}

const ONE_CELL = { grids: [{ height: 1, width: 1, cell: 32 }], gaps: [0, 0] as const, limit: 3 };

Deno.test("decode_distribution() takes the first of the best classes and centres the box", async () => {
  const logits = [3, 9, 9, ...Array(8).fill(0)]; // 3 classes, 4 sides of 2 bins
  let at = 0;
  const [found, ...others] = await run({
    ...{ ...ONE_CELL, classes: 3, bins: 2, threshold: 9 },
    logit: () => logits[at++],
  });
  assert.equal(others.length, 0);
  const score = Math.round(32768 / (1 + Math.exp(-9 / 32)));
  const box = { left: 0, top: 0, right: 512, bottom: 512 }; // centre 16, each side half a cell away
  assert.deepEqual(found, { class: 1, score, ...box, order: 0 });
  at = 0;
  const none = await run({
    ...{ ...ONE_CELL, classes: 3, bins: 2, threshold: 10 },
    logit: () => logits[at++],
  });
  assert.deepEqual(none, []);
});

Deno.test("decode_distribution() keeps the best in order, and cuts boxes at the input", async () => {
  const grids = [{ height: 5, width: 10, cell: 32 }, { height: 3, width: 5, cell: 64 }];
  const found = await run({
    ...{ grids, classes: 80, bins: 7, limit: 20, gaps: [0, 3] },
    ...{ threshold: 30, logit: randomLogits(3, 200, 1e9) },
  });
  assert.equal(found.length, 20);
  found.slice(1).forEach((next, index) => {
    const before = found[index];
    const isOrdered = next.score < before.score ||
      (next.score === before.score && next.order > before.order);
    assert.ok(isOrdered, JSON.stringify([before, next]));
  });
  for (const { left, top, right, bottom } of found) {
    assert.ok(left >= 0 && left < right && right <= 320 * 16);
    assert.ok(top >= 0 && top < bottom && bottom <= 160 * 16);
  }
});

Deno.test("decode_distribution() is within 1/1000 and 0.1 pixel of floating point", async () => {
  const { classes, bins, cell } = { classes: 5, bins: 11, cell: 32 };
  const logits: number[] = [];
  const random = randomLogits(4, 150, 1e9);
  const found = await run({
    grids: [{ height: 5, width: 10, cell }],
    ...{ classes, bins, limit: 50, gaps: [0, 0], threshold: -32768 },
    logit: () => logits[logits.push(random()) - 1],
  });
  assert.ok(found.length > 45);
  for (const { order, score, ...box } of found) {
    const scores = logits.slice(order * classes, (order + 1) * classes);
    assert.ok(Math.abs(score / 32768 - 1 / (1 + Math.exp(-Math.max(...scores) / 32))) < 1e-3);
    const start = 50 * classes + order * 4 * bins;
    const sides = [0, 1, 2, 3].map((side) => {
      const shares = logits.slice(start + side * bins, start + (side + 1) * bins)
        .map((logit) => Math.exp(logit / 32));
      const sum = shares.reduce((total, share) => total + share, 0);
      return cell * shares.reduce((total, share, bin) => total + share * bin, 0) / sum;
    });
    const [x, y] = [(order % 10 + 0.5) * cell, (Math.floor(order / 10) + 0.5) * cell];
    const real = [x - sides[0], y - sides[1], x + sides[2], y + sides[3]];
    [box.left, box.top, box.right, box.bottom].forEach((edge, index) => {
      const cut = Math.min(Math.max(real[index], 0), index % 2 ? 160 : 320);
      assert.ok(Math.abs(edge / 16 - cut) < 0.1, `${edge / 16} ${cut}`);
    });
  }
});

Deno.test("decode_distribution() is exact where its sums need all 32 bits", async () => {
  const data = DATA.slice().fill(255, SIGMOID_BYTES); // all shares 65535
  await run({
    ...{ ...ONE_CELL, classes: 1, bins: 11, threshold: -32768, data },
    logit: randomLogits(5, 100, 3),
    grids: [{ height: 2, width: 2, cell: 74 }],
  });
});

Deno.test("decode_distribution() is refused where numbers would not fit or memory ends", async () => {
  const base = { ...ONE_CELL, classes: 3, bins: 2, threshold: 0, logit: () => 5 };
  const wrong: Partial<DecodeDistributionOp>[] = [
    { inputSize: [1024, 320] },
    { inputSize: [0, 320] },
    { threshold: 32768 },
    { bins: 3 },
    { levels: [] },
    { levels: [{ scores: 0, boxes: 1, stride: 0 }] },
    { levels: [{ scores: 0, boxes: 1, stride: 1025 }] },
    { levels: [{ scores: 0, boxes: 2, stride: 8 }] },
    { output: 0 },
    { sigmoid: 1024 + 16 },
    { exp: 2048 + 16 },
  ];
  for (const change of wrong) {
    await assert.rejects(run({ ...base, change }), JSON.stringify(change));
  }
  const noShares = DATA.slice().fill(0, SIGMOID_BYTES);
  await assert.rejects(run({ ...base, data: noShares }), /begins with 0/);
  const grids = [{ height: 1, width: 1, cell: 75 }];
  const large = DATA.slice().fill(255, SIGMOID_BYTES);
  await assert.rejects(run({ ...base, grids, bins: 11, data: large }), /32 bits/);
});
