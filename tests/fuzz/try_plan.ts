/** What a plan file may do to an engine: be refused, or run. */
import assert from "node:assert/strict";
import type { ArenaPlan } from "../../kernels/arena_plan.ts";
import type { Tensors } from "../../kernels/engine.ts";
import { goldenInputs } from "../../kernels/golden.ts";
import type { GpuBackend } from "../../kernels/gpu/gpu_backend.ts";
import type { OpDefinition } from "../../kernels/op_definition.ts";
import { OPS } from "../../kernels/ops.ts";
import type { Plan, PlanOp } from "../../kernels/plan.ts";
import type { ArenaBackend } from "../../kernels/plan_engine.ts";
import { decodePlan } from "../../kernels/plan_file.ts";
import { writeInputs } from "../../kernels/plan_ports.ts";
import { workOf } from "../../kernels/plan_work.ts";
import { referenceBackend } from "../../kernels/reference_engine.ts";
import { WasmPlan } from "../../kernels/wasm_engine.ts";
import { noise } from "../fixtures/trial_memory.ts";
import { assertSteps, type OpStep, type Prepared, runInLockstep, usedBytes } from "./lockstep.ts";
import { pick } from "./mutate_bytes.ts";

/** `heavy`: sound, but with more to do than a small plan should; it is not run. */
export type Fate = "refused" | "ran" | "ran on wasm" | "heavy";

/** The backends to try a plan on, beside the oracle. */
export interface Engines {
  readonly wasm: readonly ArenaBackend[];
  readonly gpu?: readonly GpuBackend[];
}

/** Steps (plan_work.ts) that the Wasm kernels take in a part of a second, and the oracle as well. */
const WASM_STEPS = 2 ** 28;
const REFERENCE_STEPS = 2 ** 23;
/** Of the arena that tensors lie in: more takes the comparing longer than the running. */
const USED_BYTES = 2 ** 22;
/** What lies around the plan must not matter. */
const NOISES = [0xa5, 0x3c] as const;
/** Of the arena; beyond it is as new. */
const NOISY_BYTES = 65536;
const ALIGNMENT = 64;
/** As bits: 0, −0, infinities, NaN in forms that arithmetic gives and in others, the least and the greatest. */
const ODD_FLOATS = [
  ...[0, 0x80000000, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7fc12345, 0x7f812345],
  ...[0xff812345, 1, 0x80000001, 0x007fffff, 0x7f7fffff, 0xff7fffff],
];
const ONE_IN_ODD = 16;

/**
 * Throws where a file is neither refused in words nor runs inside its own memory: on all backends given, and
 * on the oracle, with the same bits.
 */
export async function tryPlan(file: Uint8Array, { wasm, gpu = [] }: Engines): Promise<Fate> {
  const plan = await unlessRefused(() => decodePlan(file));
  if (!plan) return "refused";
  const work = plan.ops.reduce((sum, op) => sum + workOf(op, plan.tensors), 0);
  if (work > WASM_STEPS || usedBytes(plan) > USED_BYTES) return "heavy";
  const inputs = goldenInputs(plan);
  const isLight = work <= REFERENCE_STEPS;
  const prepared: Prepared[] = [];
  for (const backend of isLight ? [...wasm, referenceBackend] : wasm) {
    const memory = await unlessRefused(() => backend.prepare(plan));
    if (!memory || (memory instanceof WasmPlan && !runsInside(plan, memory, inputs))) {
      return "refused";
    }
    prepared.push({ name: backend.name, memory });
  }
  const runs = [inputs, oddInputs(inputs)].map((each) => runInLockstep(plan, prepared, each));
  await Promise.all(gpu.map((backend) => runOnGpu(plan, backend, runs)));
  return isLight ? "ran" : "ran on wasm";
}

async function runOnGpu(plan: Plan, backend: GpuBackend, runs: readonly OpStep[][]): Promise<void> {
  const memory = await backend.prepare(plan);
  try {
    for (const steps of runs) await assertSteps(plan, { name: backend.name, memory }, steps);
  } finally {
    memory.dispose();
  }
}

/** With some floats that arithmetic stumbles over, NaN of any payload among them. */
function oddInputs(inputs: Tensors): Tensors {
  const next = noise(2);
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, data }]) => {
      if (!(data instanceof Float32Array)) return [name, { shape, data }];
      const words = new Uint32Array(data.slice().buffer);
      const isOdd = () => next() % ONE_IN_ODD === 0;
      words.forEach((_, at) => words[at] = isOdd() ? pick(ODD_FLOATS, next) : words[at]);
      return [name, { shape, data: new Float32Array(words.buffer) }];
    }),
  );
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

function run(plan: Plan, memory: ArenaPlan, inputs: Tensors): void {
  const arena = new Uint8Array(memory.arena.buffer, memory.arena.start, usedBytes(plan));
  const next = noise(1);
  for (let at = 0; at < Math.min(arena.length, NOISY_BYTES); at++) arena[at] = next() & 127;
  memory.run(plan.ops.length, writeInputs(plan, memory.arena, inputs));
}

/** Whether it ran: neither reading nor writing what belongs neither to the arena nor to working space. */
function runsInside(plan: Plan, memory: ArenaPlan, inputs: Tensors): boolean {
  const { buffer, start } = memory.arena;
  const arena = new Uint8Array(buffer, start, usedBytes(plan));
  try {
    const [first, second] = NOISES.map((byte) => {
      runAmid(byte, plan, memory, inputs);
      return arena.slice();
    });
    const at = firstDifference(first, second);
    assert.equal(at, -1, `byte ${at} of the arena depends on what lies outside`);
    return true;
  } catch (cause) {
    assertRefusal(cause); // a frame that is too large for the plan: only a frame shows that
    return false;
  }
}

/** Runs with `byte` in working space and wherever nothing of the plan lies. What a plan may not write must stay. */
function runAmid(byte: number, plan: Plan, memory: ArenaPlan, inputs: Tensors): void {
  const { buffer, start } = memory.arena;
  const all = new Uint8Array(buffer);
  const scratchBytes = Math.max(0, ...plan.ops.map((op) => scratchOf(op, plan)));
  const scratch = start - Math.ceil((scratchBytes + ALIGNMENT) / ALIGNMENT) * ALIGNMENT;
  all.fill(byte, scratch, start);
  all.fill(byte, start + plan.arenaBytes);
  const others = {
    "before the working space": all.subarray(0, scratch),
    "behind the working space": all.subarray(scratch + scratchBytes, start),
    "behind the arena": all.subarray(start + plan.arenaBytes),
  };
  const before = Object.values(others).map((part) => part.slice());
  run(plan, memory, inputs);
  Object.entries(others).forEach(([where, part], index) => {
    const at = firstDifference(part, before[index]);
    assert.equal(at, -1, `byte ${at} ${where} was written`);
  });
  assert.equal(memory.arena.buffer.byteLength, all.length, "the memory grew");
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
