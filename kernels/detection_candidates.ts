/** The records that detectors write (plan.ts, `RECORD_WORDS`), for the oracle. `detection_candidates.as.ts` for Wasm. */
import { elementsOf, type Memory, tensorOf } from "./memory.ts";
import type { Checker } from "./op_definition.ts";
import {
  type DecodeAnchorsOp,
  type DecodeDistributionOp,
  type HeadLevel,
  type Pair,
  type PlanTensor,
  RECORD_WORDS,
  type TensorIndex,
} from "./plan.ts";
import { type Addresses, dataAddress } from "./records.ts";
import { clamp } from "./requantize.ts";

/** Logits of which the sigmoid table knows the score, and its index of the logit 0. */
const LOGITS = 1024;
const LOGIT_ORIGIN = 512;
/** 1/16 input pixel. */
const STEPS_A_PIXEL = 16;
/**
 * Areas in 1/8 pixel are then at most 8184² < 2^26, and the products by 64 and 128 that `suppress`
 * compares below 2^32.
 */
const MAX_INPUT_SIZE = 1023;
const MAX_LEVELS = 16;

/** 1/16 input pixel. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Candidate extends Box {
  readonly class: number;
  /** 1/32768 */
  readonly score: number;
  readonly order: number;
}

type DecodeOp = DecodeDistributionOp | DecodeAnchorsOp;

/** What both ways to decode have: output, threshold, score table, input size, levels of one grid each. */
export function checkDecode(op: DecodeOp, checker: Checker): void {
  const { require } = checker;
  checkRecords(op.output, checker);
  require(isWithin(op.threshold, -32768, 32767), `threshold ${op.threshold}`);
  checker.data(op.sigmoid, LOGITS * 2);
  require(op.inputSize.every((size) => isWithin(size, 1, MAX_INPUT_SIZE)), "the input's size");
  require(op.levels.length >= 1 && op.levels.length <= MAX_LEVELS, `${op.levels.length} levels`);
  for (const level of op.levels) {
    const scores = checker.tensor(level.scores, "i16");
    const boxes = checker.tensor(level.boxes, "i16");
    const isSame = scores.height === boxes.height && scores.width === boxes.width;
    require(isSame, "scores and boxes are of different grids");
  }
}

/** That a tensor can hold records. */
export function checkRecords(index: TensorIndex, checker: Checker): PlanTensor {
  const tensor = checker.tensor(index, "i32");
  const { height, width, channels, stride } = tensor;
  const isRecords = height === 1 && width >= 1 && channels === RECORD_WORDS &&
    stride === RECORD_WORDS;
  checker.require(isRecords, `tensor ${index} has not the shape of detections`);
  return tensor;
}

export function isWithin(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}

/** Words 0..6 of a decoder's record, as `detection_candidates.as.ts` names them. */
export function decodeRecord(op: DecodeOp, addresses: Addresses): number[] {
  const { plan, arena } = addresses;
  const output = plan.tensors[op.output];
  return [
    arena + output.offset,
    output.width - 1,
    op.threshold,
    dataAddress(addresses, op.sigmoid),
    dataAddress(addresses, op.exp),
    op.inputSize[1] * STEPS_A_PIXEL,
    op.inputSize[0] * STEPS_A_PIXEL,
  ];
}

/** Of a level: scores and boxes of the pixels of its grid, as arrays. */
export function readLevel(level: HeadLevel, memory: Memory): readonly LevelCell[] {
  const { height, width } = tensorOf(memory, level.scores);
  const [scores, boxes] = [level.scores, level.boxes].map((index) => {
    const { stride, channels } = tensorOf(memory, index);
    const elements = elementsOf(memory, index);
    return (pixel: number) => [...elements.subarray(pixel * stride, pixel * stride + channels)];
  });
  return Array.from({ length: height * width }, (_, pixel) => ({
    x: pixel % width,
    y: Math.floor(pixel / width),
    scores: scores(pixel),
    boxes: boxes(pixel),
  }));
}

export interface LevelCell {
  readonly x: number;
  readonly y: number;
  /** Logits, 1/32. */
  readonly scores: readonly number[];
  readonly boxes: readonly number[];
}

/** The place of a logit in tables of 1024 entries. */
export function logitIndex(logit: number): number {
  return clamp(logit + LOGIT_ORIGIN, 0, LOGITS - 1);
}

/** The part of a box inside the input, [height, width] pixels; undefined where there is none. */
export function cutBox({ left, top, right, bottom }: Box, [height, width]: Pair): Box | undefined {
  const cut = {
    left: clamp(left, 0, width * STEPS_A_PIXEL),
    top: clamp(top, 0, height * STEPS_A_PIXEL),
    right: clamp(right, 0, width * STEPS_A_PIXEL),
    bottom: clamp(bottom, 0, height * STEPS_A_PIXEL),
  };
  return cut.left < cut.right && cut.top < cut.bottom ? cut : undefined;
}

/** Best first: by score, then by order. As many as the tensor has room for; what is left of it is 0. */
export function writeBest(
  candidates: readonly Candidate[],
  memory: Memory,
  output: TensorIndex,
): void {
  const best = candidates.toSorted((a, b) => b.score - a.score || a.order - b.order);
  writeRecords(best, memory, output);
}

/** In the order given. */
export function writeRecords(
  candidates: readonly Candidate[],
  memory: Memory,
  output: TensorIndex,
): void {
  const elements = elementsOf(memory, output);
  const kept = candidates.slice(0, tensorOf(memory, output).width - 1);
  elements.fill(0);
  elements[0] = kept.length;
  kept.forEach((one, index) => {
    const { left, top, right, bottom } = one;
    const words = [one.class, one.score, left, top, right, bottom, one.order, 0];
    elements.set(words, (1 + index) * RECORD_WORDS);
  });
}

/** As many as the tensor says it has, but no more than it has room for. */
export function readRecords(memory: Memory, input: TensorIndex): Candidate[] {
  const elements = elementsOf(memory, input);
  const count = clamp(elements[0], 0, tensorOf(memory, input).width - 1);
  return Array.from({ length: count }, (_, index) => {
    const start = (1 + index) * RECORD_WORDS;
    const [kind, score, left, top, right, bottom, order] = elements.subarray(start, start + 7);
    return { class: kind, score, left, top, right, bottom, order };
  });
}
