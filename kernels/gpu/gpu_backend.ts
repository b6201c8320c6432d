import type { Plan } from "../plan.ts";
import type { Backend } from "../plan_engine.ts";
import type { TileChoice } from "./gpu_op.ts";
import { GpuPlan } from "./gpu_plan.ts";
import { lowerPlan } from "./lower_plan.ts";
import { Pipelines, type ShaderSources } from "./pipelines.ts";

export interface GpuBackendOptions {
  readonly device: GPUDevice;
  readonly sources: ShaderSources;
  /** Else what the language has: `hasPackedDot`. */
  readonly packedDot?: boolean;
  /** Else by the cost model alone. */
  readonly tiles?: TileChoice;
}

/** Takes the way that the cost model thinks the fastest. */
const BY_COST: TileChoice = { choose: (_layer, [likely]) => likely };

/** WGSL on a device that stays the caller's. Of int8 plans the same bits as every other backend. */
export class GpuBackend implements Backend {
  readonly name: string;
  readonly #device: GPUDevice;
  readonly #pipelines: Pipelines;
  readonly #tiles: TileChoice;
  readonly #packedDot: boolean;

  constructor({ device, sources, packedDot = hasPackedDot(), tiles = BY_COST }: GpuBackendOptions) {
    this.name = `fieldmesh gpu, ${packedDot ? "packed" : "plain"} dot`;
    this.#device = device;
    this.#pipelines = new Pipelines(device, sources, packedDot);
    this.#tiles = tiles;
    this.#packedDot = packedDot;
  }

  /** Throws "Cannot load the plan: …" when the device refuses a shader, or is too small for the plan. */
  async prepare(plan: Plan): Promise<GpuPlan> {
    try {
      const lowered = lowerPlan(plan, { tiles: this.#tiles, packedDot: this.#packedDot });
      return await GpuPlan.prepare(this.#device, this.#pipelines, { plan, lowered });
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`Cannot load the plan: the GPU does not take it (${why})`, { cause });
    }
  }
}

export function hasPackedDot(): boolean {
  return navigator.gpu.wgslLanguageFeatures.has("packed_4x8_integer_dot_product");
}
