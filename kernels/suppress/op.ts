import {
  type Box,
  type Candidate,
  checkRecords,
  isWithin,
  readRecords,
  writeRecords,
} from "../detection_candidates.ts";
import type { OpDefinition } from "../op_definition.ts";
import type { SuppressOp } from "../plan.ts";

/** Of `limit`: all of the union. */
const WHOLE = 128;

export const suppress: OpDefinition<SuppressOp> = {
  check(op, checker) {
    checkRecords(op.input, checker);
    checkRecords(op.output, checker);
    checker.require(isWithin(op.limit, 0, WHOLE), `limit ${op.limit}`);
  },
  reference(op, memory) {
    const kept: Candidate[] = [];
    for (const candidate of readRecords(memory, op.input)) {
      const isHidden = kept.some((better) =>
        better.class === candidate.class && isTooAlike(better, candidate, op.limit)
      );
      if (!isHidden) kept.push(candidate);
    }
    writeRecords(kept, memory, op.output);
  },
  record({ input, output, limit }, { plan, arena }) {
    const [from, to] = [plan.tensors[input], plan.tensors[output]];
    return [arena + from.offset, from.width - 1, arena + to.offset, to.width - 1, limit];
  },
};

/** Unsigned 32 bits: enough for boxes that a decoder has cut at the input's edges, defined for any others. */
function isTooAlike(a: Box, b: Box, limit: number): boolean {
  const width = (Math.min(a.right >> 1, b.right >> 1) - Math.max(a.left >> 1, b.left >> 1)) | 0;
  const height = (Math.min(a.bottom >> 1, b.bottom >> 1) - Math.max(a.top >> 1, b.top >> 1)) | 0;
  if (width <= 0 || height <= 0) return false;
  const shared = Math.imul(width, height);
  const union = (areaOf(a) + areaOf(b) - shared) >>> 0;
  return (Math.imul(shared, WHOLE / 2) >>> 0) > (Math.imul(union >>> 1, limit) >>> 0);
}

/** 1/64 square pixel */
function areaOf({ left, top, right, bottom }: Box): number {
  return Math.imul((right >> 1) - (left >> 1), (bottom >> 1) - (top >> 1));
}
