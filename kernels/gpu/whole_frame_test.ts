/** A frame's whole way on a GPU, from pixels to detections, through networks of one layer made by hand. */
import assert from "node:assert/strict";
import { gpuTest } from "../../tests/fixtures/gpu_only.ts";
import { trialBackend } from "../../tests/fixtures/gpu_trial.ts";
import { tinyPlan } from "../../tests/fixtures/tiny_plan.ts";
import { noise, TrialMemory } from "../../tests/fixtures/trial_memory.ts";
import { checkPlan } from "../check_plan.ts";
import { packConv } from "../conv/pack.ts";
import { anchorExpTable, distributionExpTable, sigmoidTable } from "../detection_tables.ts";
import type { Tensors } from "../engine.ts";
import {
  type ConvOp,
  type DecodeAnchorsOp,
  type DecodeDistributionOp,
  type HeadLevel,
  type ImageOp,
  type Plan,
  RECORD_WORDS,
  type SuppressOp,
  type TensorIndex,
} from "../plan.ts";
import { referenceBackend } from "../reference_engine.ts";

const SIZE = { height: 48, width: 64 };
const INPUT_SIZE = [SIZE.height, SIZE.width] as const;
/** Input pixels from cell to cell. */
const CELL = 4;
const GRID = { height: SIZE.height / CELL, width: SIZE.width / CELL };
const CLASSES = 5;
const BINS = 3;
const ANCHORS_PER_CELL = 2;
const CANDIDATES = 90;
const DETECTIONS = 90;

type Kind = "distribution" | "anchors";

/** The memory of a plan as it is made, and random numbers. */
class Network {
  readonly memory = new TrialMemory(1);
  readonly next = noise(2);
  readonly image: TensorIndex;
  readonly imageOp: ImageOp;

  constructor() {
    this.image = this.memory.tensor("u7", { ...SIZE, channels: 3, after: 1, zero: 50 });
    const table = Uint8Array.from({ length: 3 * 256 }, (_, entry) => (entry & 255) >> 1);
    this.imageOp = {
      ...{ op: "image", output: this.image, fit: "letterbox" },
      ...{ order: [2, 1, 0], table: this.memory.constant(table), fill: [0, 128, 255] },
    };
  }

  /** A convolution whose windows are the cells, to logits of a few units. */
  head(channels: number): ConvOp {
    const shape = {
      ...{ outputs: channels, kernel: [CELL, CELL] as const },
      ...{ inputsPerGroup: 3, groups: 1 },
    };
    const weights = Int8Array.from(
      { length: channels * CELL * CELL * 3 },
      () => this.next() % 255 - 127,
    );
    const bias = Int32Array.from({ length: channels }, () => this.next() % 8192 - 4096);
    return {
      ...{ op: "conv", input: this.image },
      output: this.memory.tensor("i16", { ...GRID, channels }),
      ...{ kernel: shape.kernel, stride: shape.kernel, dilation: [1, 1], padding: [0, 0] },
      ...{ upsample: [1, 1], groups: 1, shift: 5, low: 0, high: 127, zero: 0 },
      weights: this.memory.constant(packConv({ ...shape, weights })),
      bias: this.memory.constant(bias),
      multiplier: this.memory.constant(new Int16Array(channels).fill(2000)),
    };
  }

  records(limit: number): TensorIndex {
    return this.memory.tensor("i32", { height: 1, width: 1 + limit, channels: RECORD_WORDS });
  }

  distribution(output: TensorIndex, level: HeadLevel): DecodeDistributionOp {
    return {
      ...{ op: "decode_distribution", output, threshold: 0, inputSize: INPUT_SIZE },
      sigmoid: this.memory.constant(sigmoidTable()),
      exp: this.memory.constant(distributionExpTable()),
      ...{ levels: [{ ...level, stride: CELL }], bins: BINS },
    };
  }

  anchors(output: TensorIndex, level: HeadLevel): DecodeAnchorsOp {
    const anchors = Array.from(
      { length: GRID.height * GRID.width * ANCHORS_PER_CELL },
      () => [this.next() % (SIZE.width * 16), this.next() % (SIZE.height * 16), 160, 96],
    );
    return {
      ...{ op: "decode_anchors", output, threshold: 0, inputSize: INPUT_SIZE },
      sigmoid: this.memory.constant(sigmoidTable()),
      exp: this.memory.constant(anchorExpTable(5)),
      levels: [{
        ...level,
        anchorsPerCell: ANCHORS_PER_CELL,
        anchors: this.memory.constant(Int32Array.from(anchors.flat())),
      }],
      ...{ classes: CLASSES, firstClass: 1, divisor: 10 },
    };
  }
}

function planOf(kind: Kind): Plan {
  const network = new Network();
  const isAnchors = kind === "anchors";
  const scores = network.head(isAnchors ? ANCHORS_PER_CELL * CLASSES : CLASSES);
  const boxes = network.head(isAnchors ? ANCHORS_PER_CELL * 4 : 4 * BINS);
  const [candidates, output] = [network.records(CANDIDATES), network.records(DETECTIONS)];
  const level = { scores: scores.output, boxes: boxes.output };
  const decode = network[kind](candidates, level);
  const suppress: SuppressOp = { op: "suppress", input: candidates, output, limit: 10 };
  const { tensors, data, arena } = network.memory.trial(suppress);
  const plan = tinyPlan({
    ...{ precision: "int8", tensors, data, arenaBytes: arena.length },
    ops: [network.imageOp, scores, boxes, decode, suppress],
    inputs: [{ name: "image", shape: [0, 0, 4] }],
    outputs: [{ name: "detections", tensor: output, shape: [1 + DETECTIONS, RECORD_WORDS] }],
  });
  checkPlan(plan);
  return plan;
}

function frameOf(width: number, height: number, seed: number): Tensors {
  const next = noise(seed);
  const data = Uint8Array.from({ length: width * height * 4 }, () => next() & 255);
  return { image: { data, shape: [height, width, 4] } };
}

const FRAMES = [
  frameOf(64, 48, 1),
  frameOf(7, 90, 2),
  frameOf(300, 200, 3),
  frameOf(1, 1, 4),
  frameOf(640, 33, 5),
];

for (const kind of ["distribution", "anchors"] as const) {
  for (const dot of ["packed", "plain"] as const) {
    gpuTest(`a batch of frames to detections, as one by one: ${kind}, ${dot} dot`, async () => {
      const plan = planOf(kind);
      const expected = await (await referenceBackend.prepare(plan)).answer(FRAMES);
      const counts = expected.map(({ detections }) => detections.data[0]);
      assert.ok(Math.min(...counts) > 0 && new Set(counts).size > 1, `${counts} detections`);
      const memory = await (await trialBackend(dot))?.prepare(plan);
      for (const items of [5, 1, 2, 5]) {
        assert.deepEqual(await memory?.answer(FRAMES.slice(0, items)), expected.slice(0, items));
      }
      for (const [at, frame] of FRAMES.entries()) {
        assert.deepEqual(await memory?.answer([frame]), [expected[at]]);
      }
      memory?.dispose();
    });
  }
}
