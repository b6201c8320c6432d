import {
  addLevels,
  candidateBytes,
  candidateDispatches,
  type CandidateRoom,
  headWords,
} from "../gpu/candidates.ts";
import { type GpuLayout, type GpuOp, gridOf } from "../gpu/gpu_op.ts";
import type { DecodeDistributionOp, Plan } from "../plan.ts";

export const decodeDistributionGpu: GpuOp<DecodeDistributionOp> = {
  dispatches(op, memory) {
    const room = roomOf(op, memory.plan);
    return candidateDispatches(op, memory, {
      room,
      decode: {
        shader: "decode_distribution/decode_distribution",
        params: [
          addLevels(memory, levelsOf(op, memory)),
          op.levels.length,
          room.candidates,
          op.bins,
        ],
        workgroups: gridOf(room.candidates),
      },
    });
  },
  scratchBytes: (op, plan) => candidateBytes(roomOf(op, plan)),
};

function roomOf({ levels, output }: DecodeDistributionOp, { tensors }: Plan): CandidateRoom {
  const cells = levels.reduce(
    (sum, { scores }) => sum + tensors[scores].height * tensors[scores].width,
    0,
  );
  return { candidates: cells, boxes: cells, ordersPerBox: 1, limit: tensors[output].width - 1 };
}

/** As `decode_distribution.wgsl` names them. */
function levelsOf({ levels }: DecodeDistributionOp, { plan }: GpuLayout): number[][] {
  let first = 0;
  return levels.map(({ scores, boxes, stride }) => {
    const { height, width, channels } = plan.tensors[scores];
    const words = [first, ...headWords(plan, scores), channels];
    first += height * width;
    return [...words, ...headWords(plan, boxes), width, stride];
  });
}
