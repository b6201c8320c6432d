/** A plan op by op on several engines, each op on the same memory: what it must write, and what it must not. */
import assert from "node:assert/strict";
import type { ArenaPlan } from "../../kernels/arena_plan.ts";
import type { Frame, Tensors } from "../../kernels/engine.ts";
import type { GpuPlan } from "../../kernels/gpu/gpu_plan.ts";
import { bytesOf } from "../../kernels/memory.ts";
import { ELEMENT_BYTES, type Plan, type PlanOp, type PlanTensor } from "../../kernels/plan.ts";
import { writeInputs } from "../../kernels/plan_ports.ts";

/** A plan in the memory of a backend. */
export interface Prepared<T = ArenaPlan> {
  readonly name: string;
  readonly memory: T;
}

interface Stepper extends Prepared {
  readonly arena: Uint8Array;
}

/** An op of a run: the arena before and after it. */
export interface OpStep {
  readonly index: number;
  readonly frame?: Frame;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Fails where an op writes anything but its output's own elements, or where backends come to other bits. */
export function runInLockstep(plan: Plan, all: readonly Prepared[], inputs: Tensors): OpStep[] {
  const [first, ...others] = all.map((prepared): Stepper => {
    const { buffer, start } = prepared.memory.arena;
    return { ...prepared, arena: new Uint8Array(buffer, start, usedBytes(plan)) };
  });
  const frame = writeInputs(plan, first.memory.arena, inputs);
  return plan.ops.map((op, index) => {
    for (const other of others) other.arena.set(first.arena);
    const before = first.arena.slice();
    const given = op.op === "image" ? frame : undefined;
    for (const stepper of [first, ...others]) {
      stepper.memory.run(index + 1, given, index);
      assertWritesOutput(stepper, { before, op, output: plan.tensors[op.output] });
    }
    for (const other of others) assertSame(first, other, `op ${index} (${op.op})`);
    return { index, before, after: first.arena.slice(), ...given && { frame: given } };
  });
}

/**
 * Fails where a GPU makes something else of an op than the steps, or writes anything but its output's own
 * elements. Floats are its own: `near.ts` says how far they may be.
 */
export async function assertSteps(
  plan: Plan,
  { name, memory }: Prepared<GpuPlan>,
  steps: readonly OpStep[],
): Promise<void> {
  for (const { index, before, after, frame } of steps) {
    const op = plan.ops[index];
    const output = plan.tensors[op.output];
    const arena = await memory.runOps(before, index, index + 1, frame);
    assertWritesOutput({ name, arena }, { before, op, output });
    if (output.type === "f32") continue;
    assertSame({ name: "the oracle", arena: after }, { name, arena }, `op ${index} (${op.op})`);
  }
}

/** What a backend left. */
type Left = Pick<Stepper, "name" | "arena">;

/** The part of the arena that has tensors. */
export function usedBytes({ tensors }: Plan): number {
  return tensors.reduce((most, tensor) => Math.max(most, tensor.offset + bytesOf(tensor)), 0);
}

function assertSame(one: Left, other: Left, what: string): void {
  for (let at = 0; at < one.arena.length; at++) {
    if (one.arena[at] === other.arena[at]) continue;
    const values = `${one.arena[at]} on ${one.name}, ${other.arena[at]} on ${other.name}`;
    assert.fail(`${what} leaves byte ${at} of the arena as ${values}`);
  }
}

interface Step {
  readonly before: Uint8Array;
  readonly op: PlanOp;
  readonly output: PlanTensor;
}

function assertWritesOutput({ name, arena }: Left, { before, op, output }: Step): void {
  for (let at = 0; at < arena.length; at++) {
    if (arena[at] === before[at] || isOwn(output, at)) continue;
    assert.fail(`${name}: ${op.op} wrote byte ${at}, which is not of its output ${output.name}`);
  }
}

/** Whether a byte of the arena is one of the tensor's elements, not between them. */
function isOwn(tensor: PlanTensor, at: number): boolean {
  const element = Math.floor((at - tensor.offset) / ELEMENT_BYTES[tensor.type]);
  return element >= 0 && at < tensor.offset + bytesOf(tensor) &&
    element % tensor.stride < tensor.channels;
}
