/** What a plan file may do to an engine: be refused, or run. */
import assert from "node:assert/strict";
import type { Tensors } from "../../kernels/engine.ts";
import { goldenInputs } from "../../kernels/golden.ts";
import type { OpDefinition } from "../../kernels/op_definition.ts";
import { OPS } from "../../kernels/ops.ts";
import type { Plan, PlanOp } from "../../kernels/plan.ts";
import type { Backend, LoadedPlan } from "../../kernels/plan_engine.ts";
import { decodePlan } from "../../kernels/plan_file.ts";
import { writeInputs } from "../../kernels/plan_ports.ts";
import { workOf } from "../../kernels/plan_work.ts";
import { referenceBackend } from "../../kernels/reference_engine.ts";
import { noise } from "../fixtures/trial_memory.ts";

/** `heavy`: sound, but with more to do than a small plan should; it is not run. */
export type Fate = "refused" | "ran" | "ran on wasm" | "heavy";

/** Steps (plan_work.ts) that the Wasm kernels take in a part of a second, and the oracle as well. */
const WASM_STEPS = 2 ** 28;
const REFERENCE_STEPS = 2 ** 23;
const NOISE = 0xa5;
/** Of the arena; beyond it is as new. */
const NOISY_BYTES = 65536;
const ALIGNMENT = 64;

/**
 * Throws where a file is neither refused in words nor runs, on the oracle and all backends given, inside its
 * own memory.
 */
export async function tryPlan(file: Uint8Array, backends: readonly Backend[]): Promise<Fate> {
  const plan = await unlessRefused(() => decodePlan(file));
  if (!plan) return "refused";
  const work = plan.ops.reduce((sum, op) => sum + workOf(op, plan.tensors), 0);
  if (work > WASM_STEPS) return "heavy";
  const inputs = goldenInputs(plan);
  for (const backend of backends) {
    const memory = await unlessRefused(() => backend.prepare(plan));
    if (!memory || !runInside(plan, memory, inputs)) return "refused";
  }
  if (work > REFERENCE_STEPS) return "ran on wasm";
  const ran = await unlessRefused(async () => {
    run(plan, await referenceBackend.prepare(plan), inputs);
    return true;
  });
  return ran ? "ran" : "refused";
}

/** Undefined where it was refused, in words. */
async function unlessRefused<T>(load: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await load();
  } catch (cause) {
    return assertRefusal(cause);
  }
}

function assertRefusal(cause: unknown): undefined {
  if (!(cause instanceof Error) || cause.constructor !== Error) throw cause;
  assert.match(cause.message, /^Cannot (load the plan|run): ./);
}

function run(plan: Plan, memory: LoadedPlan, inputs: Tensors): void {
  const arena = new Uint8Array(memory.arena.buffer, memory.arena.start, plan.arenaBytes);
  const next = noise(1);
  for (let at = 0; at < Math.min(arena.length, NOISY_BYTES); at++) arena[at] = next() & 127;
  memory.run(plan.ops.length, writeInputs(plan, memory.arena, inputs));
}

/** Whether it ran; whatever belongs neither to the arena nor to working space must stay as it is. */
function runInside(plan: Plan, memory: LoadedPlan, inputs: Tensors): boolean {
  const { buffer, start } = memory.arena;
  const all = new Uint8Array(buffer);
  const scratchBytes = Math.max(0, ...plan.ops.map((op) => scratchOf(op, plan)));
  const scratch = start - Math.ceil((scratchBytes + ALIGNMENT) / ALIGNMENT) * ALIGNMENT;
  all.fill(NOISE, scratch, start);
  all.fill(NOISE, start + plan.arenaBytes);
  const others = {
    "before the working space": all.subarray(0, scratch),
    "behind the working space": all.subarray(scratch + scratchBytes, start),
    "behind the arena": all.subarray(start + plan.arenaBytes),
  };
  const before = Object.values(others).map((part) => part.slice());
  try {
    run(plan, memory, inputs);
  } catch (cause) {
    assertRefusal(cause); // a frame that is too large for the plan: only a frame shows that
    return false;
  }
  Object.entries(others).forEach(([where, part], index) => {
    const at = firstDifference(part, before[index]);
    assert.equal(at, -1, `byte ${at} ${where} was written`);
  });
  assert.equal(memory.arena.buffer.byteLength, all.length, "the memory grew");
  return true;
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return at;
  return -1;
}

function scratchOf(op: PlanOp, plan: Plan): number {
  // The table holds for each name the definition for just that op, which the compiler cannot follow here.
  const definition = OPS[op.op] as OpDefinition<PlanOp>;
  return definition.scratchBytes?.(op, plan) ?? 0;
}
