import type { Memory } from "./memory.ts";
import type { OpDefinition } from "./op_definition.ts";
import { OPS } from "./ops.ts";
import { type Plan, type PlanOp, SLACK_BYTES } from "./plan.ts";
import { type Backend, PlanEngine, type PlanEngineOptions } from "./plan_engine.ts";

/** Scalar TypeScript, slow and obvious: the oracle that all other backends are held to. */
export const referenceBackend: Backend = {
  name: "reference",
  prepare: (plan: Plan) => {
    const arena = arenaOf(plan.arenaBytes + SLACK_BYTES);
    const memory: Memory = { plan: { ...plan, data: plan.data.slice() }, arena };
    return Promise.resolve({
      arena: { buffer: arena, start: 0 },
      run: (end, frame, first = 0) => {
        memory.frame = frame;
        for (const op of plan.ops.slice(first, end)) definitionOf(op).reference(op, memory);
      },
    });
  },
};

export function referenceEngine(options?: PlanEngineOptions): PlanEngine {
  return new PlanEngine(referenceBackend, options);
}

function arenaOf(bytes: number): ArrayBuffer {
  try {
    return new ArrayBuffer(bytes);
  } catch (cause) {
    throw new Error(`Cannot load the plan: the device does not give it ${bytes} bytes`, { cause });
  }
}

function definitionOf(op: PlanOp): OpDefinition<PlanOp> {
  // The table holds for each name the definition for just that op, which the compiler cannot follow here.
  return OPS[op.op] as OpDefinition<PlanOp>;
}
