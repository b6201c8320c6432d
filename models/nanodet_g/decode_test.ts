import assert from "node:assert/strict";
import fc from "fast-check";
import type { Tensors } from "../../kernels/engine.ts";
import { MIN_SCORE } from "./compile_options.ts";
import { decode as decodeAt } from "./decode.ts";
import { BINS, STRIDES } from "./grid.ts";
import { LABELS } from "./labels.ts";

const INPUT_SIZE = 416;
const decode = (outputs: Tensors) => decodeAt(outputs, INPUT_SIZE);
const CAT = LABELS.indexOf("cat");
const DOG = LABELS.indexOf("dog");

/** One cell that sees something: bins (0..10) left, up, right and down of its centre. */
interface Sight {
  readonly stride: number;
  readonly column: number;
  readonly row: number;
  readonly label: number;
  readonly score: number;
  readonly bins: readonly [number, number, number, number];
}

function outputs(...sights: readonly Sight[]): Tensors {
  const tensors = STRIDES.flatMap((stride) => {
    const cells = (INPUT_SIZE / stride) ** 2;
    const scores = new Float32Array(cells * LABELS.length);
    const boxes = new Float32Array(cells * 4 * BINS);
    for (const sight of sights.filter((one) => one.stride === stride)) mark(sight, scores, boxes);
    return [
      [`scores_${stride}`, { data: scores, shape: [1, cells, LABELS.length] }],
      [`boxes_${stride}`, { data: boxes, shape: [1, cells, 4 * BINS] }],
    ] as const;
  });
  return Object.fromEntries(tensors);
}

function mark(sight: Sight, scores: Float32Array, boxes: Float32Array): void {
  const cell = sight.row * INPUT_SIZE / sight.stride + sight.column;
  scores[cell * LABELS.length + sight.label] = sight.score;
  // A bin this far above the others holds the whole distribution.
  sight.bins.forEach((bin, side) => boxes[(cell * 4 + side) * BINS + bin] = 60);
}

function pixels(box: { x: number; y: number; width: number; height: number }): number[] {
  return [box.x, box.y, box.width, box.height].map((v) => Math.round(v * INPUT_SIZE * 1e4) / 1e4);
}

const SIGHT: Sight = {
  stride: 16,
  column: 10,
  row: 5,
  label: CAT,
  score: 0.75,
  bins: [2, 1, 3, 4],
};

Deno.test("decode() measures from the cell's centre in strides", () => {
  const [found, ...others] = decode(outputs(SIGHT));
  assert.deepEqual(others, []);
  assert.equal(found.label, "cat");
  assert.equal(found.score, 0.75);
  assert.deepEqual(pixels(found.box), [168 - 32, 88 - 16, 5 * 16, 5 * 16]);
});

Deno.test("decode() takes the mean of a distribution, not its peak", () => {
  const flat = outputs({ ...SIGHT, bins: [0, 0, 0, 0] });
  const { data } = flat.boxes_16;
  data.fill(7);
  assert.deepEqual(pixels(decode(flat)[0].box), [168 - 80, 88 - 80, 160, 160]);
});

Deno.test("decode() stays finite for the largest and smallest numbers", () => {
  for (const extreme of [3e38, -3e38]) {
    const tensors = outputs(SIGHT);
    tensors.boxes_16.data.fill(extreme);
    assert.deepEqual(pixels(decode(tensors)[0].box), [88, 8, 160, 160]);
  }
});

Deno.test("decode() cuts boxes at the frame's edges", () => {
  const corner = { ...SIGHT, stride: 32, column: 0, row: 12, bins: [10, 10, 10, 10] } as const;
  assert.deepEqual(pixels(decode(outputs(corner))[0].box), [0, 400 - 320, 16 + 320, 416 - 80]);
});

Deno.test("decode() reports from each grid, best first, all within the frame", () => {
  const anySight = fc.record({
    stride: fc.constantFrom(...STRIDES),
    column: fc.nat(12),
    row: fc.nat(12),
    label: fc.nat(LABELS.length - 1),
    score: fc.double({ min: MIN_SCORE, max: 1, noNaN: true }),
    bins: fc.tuple(
      fc.nat(10),
      fc.nat(10),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 10 }),
    ),
  });
  fc.assert(
    fc.property(fc.array(anySight, { minLength: 1, maxLength: 6 }), (sights) => {
      const found = decode(outputs(...sights));
      assert.ok(found.length > 0);
      assert.ok(found.every(({ score }, k) => k === 0 || found[k - 1].score >= score));
      for (const { box } of found) {
        assert.ok(box.x >= 0 && box.y >= 0 && box.width > 0 && box.height > 0);
        assert.ok(box.x + box.width <= 1 && box.y + box.height <= 1);
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("decode() reports a cell once, by its best class", () => {
  const found = decode(outputs(SIGHT, { ...SIGHT, label: DOG, score: 0.8 }));
  assert.deepEqual(found.map(({ label }) => label), ["dog"]);
});

Deno.test("decode() makes one of neighbouring cells that see one object", () => {
  const neighbour = { ...SIGHT, column: 11, score: 0.6, bins: [3, 1, 2, 4] } as const;
  assert.deepEqual(decode(outputs(SIGHT, neighbour)).map(({ score }) => score), [0.75]);
});

Deno.test("decode() leaves out what is below the least score, empty, or not a number", () => {
  const weak = Math.fround(MIN_SCORE - 0.001);
  assert.deepEqual(decode(outputs({ ...SIGHT, score: weak })), []);
  assert.deepEqual(decode(outputs({ ...SIGHT, bins: [0, 0, 0, 0] })), []);
  assert.deepEqual(decode(outputs({ ...SIGHT, score: NaN })), []);
  assert.deepEqual(decode(outputs()), []);
});

Deno.test("decode() refuses outputs that are missing or of another size, and names them", () => {
  const { boxes_32: _, ...without } = outputs(SIGHT);
  assert.throws(() => decode(without), /boxes_32/);
  const short = { data: new Float32Array(80), shape: [1, 1, 80] };
  assert.throws(() => decode({ ...outputs(SIGHT), scores_8: short }), /scores_8/);
});
