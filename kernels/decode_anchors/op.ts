import {
  type Box,
  type Candidate,
  checkDecode,
  cutBox,
  decodeRecord,
  isWithin,
  logitIndex,
  readLevel,
  writeBest,
} from "../detection_candidates.ts";
import { constants } from "../memory.ts";
import type { Checker, OpDefinition } from "../op_definition.ts";
import type { DecodeAnchorsOp } from "../plan.ts";
import { dataAddress, tensorWords } from "../records.ts";

const EXP_ENTRIES = 1024;
const SIGMOID_ENTRIES = 1024;
const ANCHOR_BYTES = 16;
const ANCHOR_WORDS = 4;
const BOX_WORDS = 4;
/** Offsets are in 1/32. */
const OFFSET_STEPS = 32;
/** 1/16 pixel. 2 · offset · size and exp · size then stay below 2^31, each with what is added to round. */
const MAX_ANCHOR_SIZE = 32767;
const MAX_CENTRE = 2 ** 20;
const MAX_DIVISOR = 1000;
const MAX_PER_CELL = 1024;
const MAX_CLASSES = 65536;

export const decodeAnchors: OpDefinition<DecodeAnchorsOp> = {
  check(op, checker) {
    const { require } = checker;
    checkDecode(op, checker);
    checker.data(op.exp, EXP_ENTRIES * 2);
    require(isWithin(op.classes, 1, MAX_CLASSES), `${op.classes} classes`);
    require(isWithin(op.firstClass, 0, op.classes - 1), `first class ${op.firstClass}`);
    require(isWithin(op.divisor, 1, MAX_DIVISOR), `divisor ${op.divisor}`);
    const all = op.levels.reduce((sum, level) => sum + checkLevel(op, level, checker), 0);
    require(all * op.classes < 2 ** 31, "the order of a candidate may need more than 32 bits");
  },
  reference(op, memory) {
    const sigmoid = constants(memory, op.sigmoid, SIGMOID_ENTRIES, Uint16Array);
    const exp = constants(memory, op.exp, EXP_ENTRIES, Uint16Array);
    const candidates: Candidate[] = [];
    let before = 0;
    for (const level of op.levels) {
      readLevel(level, memory).forEach(({ scores, boxes }, cell) => {
        for (let inCell = 0; inCell < level.anchorsPerCell; inCell++) {
          const place = cell * level.anchorsPerCell + inCell;
          const anchor = constants(memory, level.anchors + place * ANCHOR_BYTES, 4, Int32Array);
          const offsets = boxes.slice(inCell * BOX_WORDS, (inCell + 1) * BOX_WORDS);
          const box = cutBox(boxOf(anchor, offsets, op.divisor, exp), op.inputSize);
          for (let one = op.firstClass; one < op.classes; one++) {
            const logit = scores[inCell * op.classes + one];
            if (!box || logit < op.threshold) continue;
            const score = sigmoid[logitIndex(logit)];
            candidates.push({ class: one, score, ...box, order: before * op.classes + one });
          }
          before++;
        }
      });
    }
    writeBest(candidates, memory, op.output);
  },
  record: (op, addresses) => [
    ...decodeRecord(op, addresses),
    op.classes,
    op.firstClass,
    op.divisor * OFFSET_STEPS,
    op.levels.length,
    ...op.levels.flatMap(({ scores, boxes, anchorsPerCell, anchors }) => [
      ...tensorWords(addresses, scores),
      ...tensorWords(addresses, boxes),
      anchorsPerCell,
      dataAddress(addresses, anchors),
    ]),
  ],
};

/** Returns the level's number of anchors. */
function checkLevel(
  { classes }: DecodeAnchorsOp,
  { scores, boxes, anchorsPerCell, anchors }: DecodeAnchorsOp["levels"][number],
  { plan, tensor, data, require }: Checker,
): number {
  require(isWithin(anchorsPerCell, 1, MAX_PER_CELL), `${anchorsPerCell} anchors a cell`);
  const { height, width, channels } = tensor(scores, "i16");
  require(channels === anchorsPerCell * classes, `${channels} channels of scores`);
  const ofBoxes = tensor(boxes, "i16").channels;
  require(ofBoxes === anchorsPerCell * BOX_WORDS, `${ofBoxes} channels of boxes`);
  const count = height * width * anchorsPerCell;
  data(anchors, count * ANCHOR_BYTES);
  const words = new Int32Array(plan.data.slice(anchors, anchors + count * ANCHOR_BYTES).buffer);
  const isPossible = words.every((word, index) =>
    index % ANCHOR_WORDS < 2
      ? isWithin(word, -MAX_CENTRE, MAX_CENTRE)
      : isWithin(word, 0, MAX_ANCHOR_SIZE)
  );
  require(isPossible, "an anchor lies too far outside or is too large");
  return count;
}

/** `anchor`: centre x, centre y, width, height; `offsets`: y, x, height, width in 1/32. */
function boxOf(
  anchor: Int32Array,
  offsets: readonly number[],
  divisor: number,
  exp: Uint16Array,
): Box {
  const [x, y, width, height] = anchor;
  const [dy, dx, dHeight, dWidth] = offsets;
  const boxWidth = (exp[logitIndex(dWidth)] * width + 1024) >> 11;
  const boxHeight = (exp[logitIndex(dHeight)] * height + 1024) >> 11;
  const left = x + moved(dx, width, divisor) - (boxWidth >> 1);
  const top = y + moved(dy, height, divisor) - (boxHeight >> 1);
  return { left, top, right: left + boxWidth, bottom: top + boxHeight };
}

/** offset · size / divisor, rounded half up. */
function moved(offset: number, size: number, divisor: number): number {
  const whole = divisor * OFFSET_STEPS;
  return Math.floor((2 * offset * size + whole) / (2 * whole));
}
