import assert from "node:assert/strict";
import fc from "fast-check";
import {
  randomLogits,
  readDetections,
  recordsShape,
  writeLogits,
} from "../../tests/fixtures/detections.ts";
import { assertSameBatch } from "../../tests/fixtures/gpu_batch.ts";
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

function caseOf(trial: Trial) {
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
  return { op, tensors: arena.tensors, data: trial.data ?? DATA, arena: before };
}

async function run(trial: Trial) {
  const made = caseOf(trial);
  const output = made.tensors[made.op.output];
  return readDetections(await assertSameBits(decodeDistribution, made), output);
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

/** 4000 cells: of one in seven the box is empty when the logits are far apart. */
const MANY = {
  grids: [{ height: 40, width: 80, cell: 4 }, { height: 20, width: 40, cell: 8 }],
  ...{ classes: 3, bins: 2, gaps: [0, 1] as const, threshold: -32768 },
};

Deno.test("decode_distribution() keeps the best of thousands, however few or many", async () => {
  const findWith = (limit: number) => run({ ...MANY, limit, logit: randomLogits(7, 300, 1e9) });
  const all = await findWith(5000);
  assert.ok(all.length > 3000 && all.length < 4000, `${all.length}`);
  for (const limit of [0, 1, 100, 1023, 1024, 1025, 2500, all.length - 1, all.length]) {
    assert.deepEqual(await findWith(limit), all.slice(0, limit));
  }
});

Deno.test("decode_distribution() keeps the first of thousands that are equally good", async () => {
  for (const limit of [1, 255, 1500, 3500]) {
    const found = await run({ ...MANY, limit, logit: () => 7 });
    assert.deepEqual(found.map(({ order }) => order), Array.from({ length: limit }, (_, at) => at));
    await run({ ...MANY, limit, logit: randomLogits(8, 1, 1e9) });
  }
});

Deno.test("decode_distribution() keeps the best where a GPU's round ends with a score", async () => {
  for (const [better, others] of [[100, 99], [100, -300]]) {
    let written = 0;
    const logit = () => written++ < 1024 * MANY.classes ? better : others;
    const found = await run({ ...MANY, limit: 3000, logit });
    assert.deepEqual(found.map(({ order }) => order), Array.from({ length: 3000 }, (_, at) => at));
  }
});

Deno.test("decode_distribution() orders by a score table that has no order", async () => {
  const next = noise(10);
  const scores = Uint16Array.from({ length: 1024 }, () => [0, 65535, 255, 256, next()][next() % 5]);
  const data = DATA.slice();
  data.set(new Uint8Array(scores.buffer));
  for (const limit of [300, 2500]) {
    await run({ ...MANY, limit, data, logit: randomLogits(9, 600, 1e9) });
  }
});

Deno.test("decode_distribution() decodes a batch as one by one", async () => {
  const trials = [300, 2, 0, 40, 300].map((spread, seed) =>
    caseOf({ ...MANY, limit: 700, threshold: 20, logit: randomLogits(seed, spread, 1e9) })
  );
  await assertSameBatch(decodeDistribution, trials);
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
