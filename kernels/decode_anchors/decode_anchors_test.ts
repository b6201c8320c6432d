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
import { anchorExpTable, sigmoidTable } from "../detection_tables.ts";
import type { DecodeAnchorsOp } from "../plan.ts";
import { decodeAnchors } from "./op.ts";

const TABLE_BYTES = 2048;

/** centre x, centre y, width, height in 1/16 pixel */
type Anchor = readonly [number, number, number, number];

interface Trial {
  readonly grids: readonly {
    readonly height: number;
    readonly width: number;
    readonly perCell: number;
  }[];
  readonly anchor: () => Anchor;
  readonly classes: number;
  readonly firstClass: number;
  readonly divisor: number;
  readonly limit: number;
  readonly gaps: readonly [number, number];
  readonly threshold: number;
  readonly logit: () => number;
  readonly exp?: Uint8Array;
  readonly change?: Partial<DecodeAnchorsOp>;
}

function caseOf(trial: Trial) {
  const { grids, classes, firstClass, divisor, limit, gaps, threshold, logit } = trial;
  const arena = new Arena();
  const data = [...sigmoidTable(), ...trial.exp ?? anchorExpTable(5)];
  const levels = grids.map(({ height, width, perCell }) => {
    const shape = { height, width };
    const anchors = data.length;
    const words = Array.from({ length: height * width * perCell }, trial.anchor).flat();
    data.push(...new Uint8Array(Int32Array.from(words).buffer));
    return {
      scores: arena.add("i16", { ...shape, channels: perCell * classes }, { gap: gaps[0] }),
      boxes: arena.add("i16", { ...shape, channels: perCell * 4 }, { gap: gaps[1] }),
      anchorsPerCell: perCell,
      anchors,
    };
  });
  const output = arena.add("i32", recordsShape(limit));
  const op: DecodeAnchorsOp = {
    ...{ op: "decode_anchors", output, threshold, levels, classes, firstClass, divisor },
    ...{ sigmoid: 0, exp: TABLE_BYTES, inputSize: [300, 200] },
    ...trial.change,
  };
  const before = arena.noise(1);
  for (const { scores, boxes } of levels) {
    for (const index of [scores, boxes]) writeLogits(before, arena.tensors[index], logit);
  }
  return { op, tensors: arena.tensors, data: Uint8Array.from(data), arena: before };
}

async function run(trial: Trial) {
  const made = caseOf(trial);
  const output = made.tensors[made.op.output];
  return readDetections(await assertSameBits(decodeAnchors, made), output);
}

function randomAnchors(seed: number): () => Anchor {
  const next = noise(seed);
  const centre = () => next() % 5000 - 100;
  const size = () => [0, 1, 32767, next() % 32768, next() % 3000, next() % 3000][next() % 6];
  return () => [centre(), centre(), size(), size()];
}

Deno.test("decode_anchors() gives the same bits everywhere for any heads and anchors", async () => {
  const grid = fc.record({
    height: fc.nat(3),
    width: fc.nat(4),
    perCell: fc.integer({ min: 1, max: 6 }),
  });
  const trials = fc.record({
    grids: fc.array(grid, { minLength: 1, maxLength: 3 }),
    anchor: fc.integer().map(randomAnchors),
    classes: fc.constantFrom(1, 2, 7, 8, 9, 16, 17, 24),
    firstClass: fc.nat(1),
    divisor: fc.constantFrom(1, 3, 10, 1000),
    limit: fc.constantFrom(0, 1, 5, 300),
    gaps: fc.tuple(fc.nat(3), fc.nat(3)),
    threshold: fc.constantFrom(-32768, 0, 40, 32767),
    logit: fc.tuple(fc.integer(), fc.constantFrom(5, 60), fc.constantFrom(5, 1e9))
      .map((drawn) => randomLogits(...drawn)),
    exp: fc.constantFrom(anchorExpTable(5), anchorExpTable(1), new Uint8Array(2048).fill(255)),
  }).map((trial) => ({ ...trial, firstClass: Math.min(trial.firstClass, trial.classes - 1) }));
  const property = fc.asyncProperty(trials, async (trial) => void await run(trial));
  await fc.assert(property, { seed: 14, numRuns: 300 });
});

const ONE: Omit<Trial, "logit"> = {
  grids: [{ height: 1, width: 1, perCell: 1 }],
  anchor: () => [1600, 800, 320, 160],
  ...{ classes: 3, firstClass: 1, divisor: 10, limit: 9, gaps: [0, 0], threshold: 16 },
};

Deno.test("decode_anchors() reports every class but the background, boxes as y, x, h, w", async () => {
  const logits = [500, 16, 32, /* y, x, h, w */ 320, -160, 0, 111];
  let at = 0;
  const found = await run({ ...ONE, logit: () => logits[at++] });
  // y: 1 / 10 · 160... = 800 + 160; x: 1600 − 160; w: 320 · e^(111 / 160) = 640.4
  const box = { left: 1440 - 320, top: 960 - 80, right: 1440 + 320, bottom: 960 + 80 };
  const score = (logit: number) => Math.round(32768 / (1 + Math.exp(-logit / 32)));
  assert.deepEqual(found, [
    { class: 2, score: score(32), ...box, order: 2 },
    { class: 1, score: score(16), ...box, order: 1 },
  ]);
});

Deno.test("decode_anchors() rounds half up on both sides of 0", async () => {
  // 1/320 of an anchor of 160: half a sixteenth of a pixel
  for (const [offset, left] of [[1, 801], [-1, 800], [3, 802], [-3, 799]]) {
    const logits = [0, 99, 0, 0, offset, 0, 0];
    let at = 0;
    const anchor = (): Anchor => [880, 800, 160, 160];
    const [found] = await run({ ...ONE, anchor, logit: () => logits[at++] });
    assert.equal(found.left, left);
  }
});

/** 12,960 candidates. */
function many(): Omit<Trial, "logit" | "limit"> {
  const grids = [{ height: 12, width: 15, perCell: 3 }, { height: 6, width: 6, perCell: 5 }];
  const next = noise(11);
  const side = () => 64 + next() % 900;
  const anchor = (): Anchor => [next() % 3200, next() % 4800, side(), side()];
  return { ...ONE, grids, anchor, classes: 19, threshold: -32768, gaps: [1, 0] };
}

Deno.test("decode_anchors() keeps the best of thousands, however few or many", async () => {
  const findWith = (limit: number) => run({ ...many(), limit, logit: randomLogits(7, 300, 1e9) });
  const all = await findWith(13000);
  assert.ok(all.length > 9000, `${all.length}`);
  for (const limit of [0, 1, 512, 1024, 1025, 3000, all.length - 1, all.length]) {
    assert.deepEqual(await findWith(limit), all.slice(0, limit));
  }
});

Deno.test("decode_anchors() keeps the first of thousands that are equally good", async () => {
  for (const limit of [1, 255, 1500, 3500]) {
    const found = await run({ ...many(), limit, logit: () => 0 });
    const orders = Array.from({ length: limit }, (_, at) => Math.floor(at / 18) * 19 + at % 18 + 1);
    assert.deepEqual(found.map(({ order }) => order), orders);
    await run({ ...many(), limit, logit: randomLogits(8, 1, 1e9) });
  }
});

Deno.test("decode_anchors() decodes a batch as one by one", async () => {
  const trials = [300, 2, 0, 40, 300].map((spread, seed) =>
    caseOf({ ...many(), limit: 700, threshold: 20, logit: randomLogits(seed, spread, 1e9) })
  );
  await assertSameBatch(decodeAnchors, trials);
});

Deno.test("decode_anchors() is within 1/1000 and 0.1 pixel of floating point", async () => {
  const logits: number[] = [];
  const random = randomLogits(6, 60, 1e9);
  const next = noise(9);
  const anchors: Anchor[] = [];
  const anchor = (): Anchor => [next() % 3200, next() % 4800, 64 + next() % 900, 64 + next() % 900];
  const found = await run({
    ...{ ...ONE, classes: 2, limit: 300, threshold: -32768 },
    grids: [{ height: 5, width: 6, perCell: 6 }],
    anchor: () => anchors[anchors.push(anchor()) - 1],
    logit: () => logits[logits.push(random()) - 1],
  });
  assert.ok(found.length > 150);
  for (const { order, score, ...edges } of found) {
    assert.ok(Math.abs(score / 32768 - 1 / (1 + Math.exp(-logits[order] / 32))) < 1e-3);
    const place = order >> 1;
    const [x, y, width, height] = anchors[place].map((sixteenths) => sixteenths / 16);
    const [dy, dx, dh, dw] = logits.slice(360 + place * 4).map((logit) => logit / 32);
    const [centreX, centreY] = [x + dx / 10 * width, y + dy / 10 * height];
    const [halfX, halfY] = [width * Math.exp(dw / 5) / 2, height * Math.exp(dh / 5) / 2];
    const real = [centreX - halfX, centreY - halfY, centreX + halfX, centreY + halfY];
    [edges.left, edges.top, edges.right, edges.bottom].forEach((edge, index) => {
      const cut = Math.min(Math.max(real[index], 0), index % 2 ? 300 : 200);
      assert.ok(Math.abs(edge / 16 - cut) < 0.1, `${edge / 16} ${cut}`);
    });
  }
});

Deno.test("decode_anchors() is refused where numbers would not fit or memory ends", async () => {
  const base = { ...ONE, logit: () => 5 };
  const level = { scores: 0, boxes: 1, anchorsPerCell: 1, anchors: 4096 };
  const wrong: Partial<DecodeAnchorsOp>[] = [
    { inputSize: [300, 1024] },
    { firstClass: 3 },
    { firstClass: -1 },
    { classes: 4 },
    { divisor: 0 },
    { divisor: 1001 },
    { levels: [{ ...level, anchors: 4096 + 16 }] },
    { levels: [{ ...level, anchorsPerCell: 2 }] },
    { levels: [{ ...level, boxes: 0 }] },
    { levels: Array(17).fill(level) },
    { exp: 4096 },
  ];
  for (const change of wrong) {
    await assert.rejects(run({ ...base, change }), JSON.stringify(change));
  }
  for (const anchor of [[0, 0, 32768, 1], [0, 0, -1, 1], [2 ** 21, 0, 1, 1]] as const) {
    await assert.rejects(run({ ...base, anchor: () => anchor }), /an anchor/);
  }
});
