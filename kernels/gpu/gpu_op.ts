import type { Plan, PlanOp } from "../plan.ts";

/** A run of one shader over one item of a batch. */
export interface Dispatch {
  /** Its source in `kernels/`, without `.wgsl`: "table/table". */
  readonly shader: string;
  /** Become constants of the shader: a pipeline for each combination. */
  readonly constants?: Readonly<Record<string, number | boolean>>;
  /** Whether its products are packed dot products, where the language has them: left out, they are. */
  readonly packedDot?: boolean;
  /**
   * Whether invocations store to parts of the same 32-bit word. Else none stores to a word that another
   * touches.
   */
  readonly sharesWords: boolean;
  /** The members of the shader's `Params` after `item_bytes`, in order: 32-bit words, at most 63. */
  readonly params: readonly number[];
  /** x and y of the grid; z is the batch. None is run where one is 0. */
  readonly workgroups: readonly [number, number];
}

/** One op on a GPU: its shaders stand beside it, in `<op>.wgsl`. */
export interface GpuOp<T extends PlanOp> {
  /** Of an op that its `check` has passed. One after the other: each sees what those before it stored. */
  dispatches(op: T, memory: GpuLayout): Dispatch[];
  /** Bytes of scratch that an item of a batch needs; 0 if left out. */
  scratchBytes?(op: T, plan: Plan): number;
}

/** Where a plan lies in a GPU's buffers, and what the GPU can. */
export interface GpuLayout {
  readonly plan: Plan;
  /** Constants that only shaders read, made once under a name; returns their address in `data`, 16-byte aligned. */
  addConstants(name: string, make: () => Uint8Array | Int8Array | Int32Array): number;
  /** Whether the language has packed dot products, and they are wanted. */
  readonly packedDot: boolean;
  /** How a layer's work is parted, where there is a choice. */
  readonly tiles: TileChoice;
}

/** Names one of the ways to do a layer: by a cost model, or as this device was tuned. */
export interface TileChoice {
  choose<T extends { readonly name: string }>(layer: string, byCost: readonly T[]): T;
}

/** Stands for an address in `Params`: there is none. `NONE` in the shaders. */
export const NONE = 0xffffffff;
/** Invocations of a workgroup in shaders that use `lane_of`. */
export const LANES = 64;
const MAX_WORKGROUPS = 65535;

/** Workgroups for `count` invocations, as `lane_of` numbers them; the last ones may be too many. */
export function gridOf(count: number): [number, number] {
  const workgroups = Math.ceil(count / LANES);
  const rows = Math.ceil(workgroups / MAX_WORKGROUPS);
  return rows === 0 ? [0, 0] : [Math.ceil(workgroups / rows), rows];
}
