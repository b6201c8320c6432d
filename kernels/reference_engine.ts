import { ArenaPlan } from "./arena_plan.ts";
import type { Frame } from "./engine.ts";
import type { Memory } from "./memory.ts";
import type { OpDefinition } from "./op_definition.ts";
import { OPS } from "./ops.ts";
import { type Plan, type PlanOp, SLACK_BYTES } from "./plan.ts";
import { type ArenaBackend, PlanEngine, type PlanEngineOptions } from "./plan_engine.ts";

/** Scalar TypeScript, slow and obvious: the oracle that all other backends are held to. */
export const referenceBackend: ArenaBackend = {
  name: "reference",
  prepare: (plan) => Promise.resolve(new ReferencePlan(plan)),
};

class ReferencePlan extends ArenaPlan {
  override readonly arena: { readonly buffer: ArrayBuffer; readonly start: number };
  readonly #memory: Memory;

  constructor(plan: Plan) {
    super(plan);
    const arena = arenaOf(plan.arenaBytes + SLACK_BYTES);
    this.arena = { buffer: arena, start: 0 };
    this.#memory = { plan: { ...plan, data: plan.data.slice() }, arena };
  }

  override run(end: number, frame?: Frame, first = 0): void {
    this.#memory.frame = frame;
    for (const op of this.#memory.plan.ops.slice(first, end)) {
      definitionOf(op).reference(op, this.#memory);
    }
  }
}

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
