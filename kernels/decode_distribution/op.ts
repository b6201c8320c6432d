import {
  type Candidate,
  checkDecode,
  cutBox,
  decodeRecord,
  isWithin,
  type LevelCell,
  logitIndex,
  readLevel,
  writeBest,
} from "../detection_candidates.ts";
import { constants, type Memory } from "../memory.ts";
import type { Checker, OpDefinition } from "../op_definition.ts";
import type { DecodeDistributionOp } from "../plan.ts";
import { tensorWords } from "../records.ts";

const EXP_ENTRIES = 512;
const SIGMOID_ENTRIES = 1024;
const SIDES = 4;
/** 1/16 input pixel. */
const STEPS_A_PIXEL = 16;
const MAX_STRIDE = 1024;
const MAX_BINS = 256;

export const decodeDistribution: OpDefinition<DecodeDistributionOp> = {
  check(op, checker) {
    const { require } = checker;
    checkDecode(op, checker);
    require(isWithin(op.bins, 1, MAX_BINS), `${op.bins} bins`);
    const most = largestShare(op, checker);
    for (const { scores, boxes, stride } of op.levels) {
      const { height, width, channels } = checker.tensor(scores, "i16");
      require(channels >= 1, "there are no classes");
      const ofBoxes = checker.tensor(boxes, "i16").channels;
      require(ofBoxes === SIDES * op.bins, `${ofBoxes} channels for 4 sides of ${op.bins} bins`);
      require(isWithin(stride, 1, MAX_STRIDE), `stride ${stride}`);
      // All shares alike: of Σ share · bin the most.
      const sum = most * op.bins * (op.bins - 1) / 2 * stride * STEPS_A_PIXEL + most * op.bins / 2;
      require(sum < 2 ** 32, `a distance may need more than 32 bits`);
      const reach = (2 * Math.max(height, width) + 2 * op.bins) * stride * STEPS_A_PIXEL;
      require(reach < 2 ** 31, "a box may need more than 32 bits");
    }
  },
  reference(op, memory) {
    const candidates: Candidate[] = [];
    let order = 0;
    for (const level of op.levels) {
      for (const cell of readLevel(level, memory)) {
        const found = decodeCell(op, memory, cell, level.stride);
        if (found) candidates.push({ ...found, order });
        order++;
      }
    }
    writeBest(candidates, memory, op.output);
  },
  record: (op, addresses) => [
    ...decodeRecord(op, addresses),
    op.bins,
    op.levels.length,
    ...op.levels.flatMap(({ scores, boxes, stride }) => [
      ...tensorWords(addresses, scores),
      ...tensorWords(addresses, boxes),
      stride,
    ]),
  ],
};

/** Of the exp table, whose first entry keeps sums from being 0. */
function largestShare(op: DecodeDistributionOp, { plan, data, require }: Checker): number {
  data(op.exp, EXP_ENTRIES * 2);
  const shares = new Uint16Array(plan.data.slice(op.exp, op.exp + EXP_ENTRIES * 2).buffer);
  require(shares[0] > 0, "the exp table begins with 0, so that a sum could be 0");
  return shares.reduce((most, share) => Math.max(most, share), 0);
}

function decodeCell(
  op: DecodeDistributionOp,
  memory: Memory,
  { x, y, scores, boxes }: LevelCell,
  stride: number,
): Omit<Candidate, "order"> | undefined {
  const best = Math.max(...scores);
  if (best < op.threshold) return undefined;
  const exp = constants(memory, op.exp, EXP_ENTRIES, Uint16Array);
  const [left, top, right, bottom] = [0, 1, 2, 3].map((side) =>
    distanceOf(boxes.slice(side * op.bins, (side + 1) * op.bins), exp, stride)
  );
  const [centreX, centreY] = [x, y].map((cell) => (2 * cell + 1) * stride * (STEPS_A_PIXEL / 2));
  const box = cutBox(
    {
      left: centreX - left,
      top: centreY - top,
      right: centreX + right,
      bottom: centreY + bottom,
    },
    op.inputSize,
  );
  const score = constants(memory, op.sigmoid, SIGMOID_ENTRIES, Uint16Array)[logitIndex(best)];
  return box && { class: scores.indexOf(best), score, ...box };
}

/** The mean bin under the softmax of their logits, times `stride`, in 1/16 pixel, rounded half up. */
function distanceOf(logits: readonly number[], exp: Uint16Array, stride: number): number {
  const peak = Math.max(...logits);
  const shares = logits.map((logit) => exp[Math.min(peak - logit, EXP_ENTRIES - 1)]);
  const sum = shares.reduce((total, share) => total + share, 0);
  const weighted = shares.reduce((total, share, bin) => total + share * bin, 0);
  return Math.floor((weighted * stride * STEPS_A_PIXEL + (sum >>> 1)) / sum);
}
