/** A plan as what a GPU does for it: dispatches, and the constants that only shaders read. */
import type { Plan, PlanOp } from "../plan.ts";
import { SLACK_BYTES } from "../plan.ts";
import type { Dispatch, GpuOp, TileChoice } from "./gpu_op.ts";
import { GPU_OPS } from "./gpu_ops.ts";

export interface LoweredPlan {
  /** By op of the plan. */
  readonly dispatches: readonly (readonly Dispatch[])[];
  /** The plan's constants and, behind them, the shaders' own. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Of one item of a batch. */
  readonly scratchBytes: number;
}

const ALIGNMENT = 16;

export interface LoweringOptions {
  readonly tiles: TileChoice;
  /** Whether the language has packed dot products, and they are wanted. */
  readonly packedDot: boolean;
}

export function lowerPlan(plan: Plan, { tiles, packedDot }: LoweringOptions): LoweredPlan {
  const lowering = new Lowering(plan, packedDot);
  const dispatches = plan.ops.map((op) => lowering.dispatches(op, tiles));
  return lowering.finish(dispatches);
}

/** Lowers one op after the other, also several ways, to one set of constants. */
export class Lowering {
  readonly #plan: Plan;
  readonly #packedDot: boolean;
  readonly #constants: Constants;

  constructor(plan: Plan, packedDot: boolean) {
    this.#plan = plan;
    this.#packedDot = packedDot;
    this.#constants = new Constants(plan.data);
  }

  dispatches(op: PlanOp, tiles: TileChoice): Dispatch[] {
    return definitionOf(op).dispatches(op, {
      plan: this.#plan,
      tiles,
      packedDot: this.#packedDot,
      addConstants: (name, make) => this.#constants.add(name, make),
    });
  }

  /** With the constants of all that was lowered. */
  finish(dispatches: readonly (readonly Dispatch[])[]): LoweredPlan {
    const scratch = this.#plan.ops.map((op) =>
      definitionOf(op).scratchBytes?.(op, this.#plan) ?? 0
    );
    const data = this.#constants.bytes();
    return { dispatches, data, scratchBytes: Math.max(0, ...scratch) };
  }
}

function definitionOf(op: PlanOp): GpuOp<PlanOp> {
  // The table holds for each name the definition for just that op, which the compiler cannot follow here.
  return GPU_OPS[op.op] as GpuOp<PlanOp>;
}

class Constants {
  readonly #parts: { readonly at: number; readonly bytes: Uint8Array }[];
  readonly #places = new Map<string, number>();
  #end: number;

  constructor(first: Uint8Array) {
    this.#parts = [{ at: 0, bytes: first }];
    this.#end = first.length;
  }

  add(name: string, make: () => Uint8Array | Int8Array | Int32Array): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const made = make();
    const at = Math.ceil(this.#end / ALIGNMENT) * ALIGNMENT;
    const bytes = new Uint8Array(made.buffer, made.byteOffset, made.byteLength);
    this.#parts.push({ at, bytes });
    this.#places.set(name, at);
    this.#end = at + bytes.length;
    return at;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(Math.ceil((this.#end + SLACK_BYTES) / ALIGNMENT) * ALIGNMENT);
    for (const { at, bytes } of this.#parts) whole.set(bytes, at);
    return whole;
  }
}
