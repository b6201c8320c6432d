import {
  addLevels,
  candidateBytes,
  candidateDispatches,
  type CandidateRoom,
  headWords,
} from "../gpu/candidates.ts";
import { type GpuLayout, type GpuOp, gridOf } from "../gpu/gpu_op.ts";
import type { DecodeAnchorsOp, Plan } from "../plan.ts";

/** `CLASSES_AT_ONCE` and `divisor` of `decode_anchors.wgsl`. */
const CLASSES_AT_ONCE = 8;
const OFFSET_STEPS = 32;

export const decodeAnchorsGpu: GpuOp<DecodeAnchorsOp> = {
  dispatches(op, memory) {
    const { classes, firstClass, divisor } = op;
    const room = roomOf(op, memory.plan);
    return candidateDispatches(op, memory, {
      room,
      decode: {
        shader: "decode_anchors/decode_anchors",
        params: [
          ...[addLevels(memory, levelsOf(op, memory)), op.levels.length],
          ...[room.boxes, classes, firstClass, divisor * OFFSET_STEPS],
        ],
        workgroups: gridOf(room.boxes * Math.ceil((classes - firstClass) / CLASSES_AT_ONCE)),
      },
    });
  },
  scratchBytes: (op, plan) => candidateBytes(roomOf(op, plan)),
};

function roomOf(op: DecodeAnchorsOp, plan: Plan): CandidateRoom {
  const anchors = op.levels.reduce((sum, level) => sum + anchorsOf(level, plan), 0);
  const candidates = anchors * (op.classes - op.firstClass);
  const limit = plan.tensors[op.output].width - 1;
  return { candidates, boxes: anchors, ordersPerBox: op.classes, limit };
}

type Level = DecodeAnchorsOp["levels"][number];

function anchorsOf({ scores, anchorsPerCell }: Level, { tensors }: Plan): number {
  return tensors[scores].height * tensors[scores].width * anchorsPerCell;
}

/** As `decode_anchors.wgsl` names them. */
function levelsOf({ levels }: DecodeAnchorsOp, { plan }: GpuLayout): number[][] {
  let first = 0;
  return levels.map((level) => {
    const { scores, boxes, anchorsPerCell, anchors } = level;
    const heads = [...headWords(plan, scores), ...headWords(plan, boxes)];
    const words = [first, ...heads, anchorsPerCell, anchors];
    first += anchorsOf(level, plan);
    return words;
  });
}
