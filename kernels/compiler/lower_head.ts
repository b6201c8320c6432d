import {
  anchorExpTable,
  anchorTable,
  distributionExpTable,
  sigmoidTable,
} from "../detection_tables.ts";
import type { HeadLevel, Pair, PlanOp, PlanPort, TensorIndex } from "../plan.ts";
import { RECORD_WORDS } from "../plan.ts";
import { spatialAxes } from "./layout.ts";
import { LOGITS } from "./logits.ts";
import type { Lowering } from "./lowering.ts";
import type { AnchorHead, DistributionHead } from "./options.ts";
import type { Numbers } from "./plan_builder.ts";

export type Head = AnchorHead | DistributionHead;

/** Candidates that suppression looks at. */
const CANDIDATES = 512;
const RECORDS: Numbers = { type: "i32", scale: 1, zero: 0 };
/** Channels of a picture. */
const MOST_COLOURS = 4;
/** Overlaps are in 1/128. */
const OVERLAP_STEPS = 128;

/** The values at which a head cuts its network. */
export function headValues({ levels }: Head): string[] {
  return levels.flatMap(({ scores, boxes }) => [scores, boxes]);
}

/** Ends the plan in detections; returns their port. */
export function lowerHead(lowering: Lowering, head: Head): PlanPort {
  const candidates = records(lowering, "candidates", CANDIDATES);
  const detections = records(lowering, "detections", head.maxDetections);
  lowering.builder.op(decodeOp(lowering, head, candidates));
  lowering.builder.op({
    op: "suppress",
    input: candidates,
    output: detections,
    limit: Math.round(head.maxOverlap * OVERLAP_STEPS),
  });
  return { name: "detections", tensor: detections, shape: [head.maxDetections + 1, RECORD_WORDS] };
}

/** Room for a count and that many records. */
function records(lowering: Lowering, name: string, limit: number): TensorIndex {
  const shape = [limit + 1, RECORD_WORDS];
  return lowering.port(name, lowering.freshPort(shape, RECORDS)).tensor ?? 0;
}

function decodeOp(lowering: Lowering, head: Head, output: TensorIndex): PlanOp {
  const { constants } = lowering.builder;
  const inputSize = inputSizeOf(lowering);
  const common = {
    output,
    threshold: thresholdOf(head.minScore),
    sigmoid: constants.add(sigmoidTable()),
    inputSize,
  };
  if (head.kind === "distribution") {
    return {
      ...common,
      op: "decode_distribution",
      levels: head.levels.map((level) => ({ ...logits(lowering, level), stride: level.stride })),
      bins: head.bins,
      exp: constants.add(distributionExpTable()),
    };
  }
  return {
    ...common,
    op: "decode_anchors",
    levels: head.levels.map((level) => ({
      ...logits(lowering, level),
      anchorsPerCell: level.anchorsPerCell,
      anchors: constants.add(anchorTable(level.anchors.map(toAnchor), inputSize)),
    })),
    classes: head.classes,
    firstClass: head.firstClass,
    divisor: head.centreScale,
    exp: constants.add(anchorExpTable(head.sizeScale)),
  };
}

function toAnchor([x, y, width, height]: readonly [number, number, number, number]) {
  return { x, y, width, height };
}

function logits(lowering: Lowering, level: { scores: string; boxes: string }): HeadLevel {
  const tensorOf = (name: string) =>
    lowering.operand(name, spatialAxes(lowering.shape(name))).tensor;
  return { scores: tensorOf(level.scores), boxes: tensorOf(level.boxes) };
}

/** [height, width] of the picture, whose channels are the second axis, or the last. */
function inputSizeOf(lowering: Lowering): Pair {
  const [, second, third, last] = lowering.shape(lowering.graph.inputs[0]);
  return second <= MOST_COLOURS ? [third, last] : [second, third];
}

/** The smallest logit in 1/32 whose sigmoid is the score or above. */
function thresholdOf(score: number): number {
  return Math.ceil(Math.log(score / (1 - score)) / LOGITS.scale);
}
