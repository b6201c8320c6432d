/** Where a plan's time on a GPU goes. */
import type { Tensors } from "../engine.ts";
import type { GpuPlan, PassTimer } from "./gpu_plan.ts";
import { Timestamps } from "./timestamps.ts";

/**
 * Times each op by the GPU's own clock. Each dispatch is a pass of its own meanwhile, so that the sum is more
 * than a real run takes. Creates nothing after its constructor.
 */
export class PlanProfiler {
  readonly #plan: GpuPlan;
  readonly #timestamps: Timestamps;

  private constructor(device: GPUDevice, plan: GpuPlan) {
    this.#plan = plan;
    this.#timestamps = new Timestamps(device, plan.size.dispatches);
  }

  /** Undefined where the device was opened without the feature "timestamp-query". */
  static of(device: GPUDevice, plan: GpuPlan): PlanProfiler | undefined {
    return device.features.has("timestamp-query") ? new PlanProfiler(device, plan) : undefined;
  }

  /**
   * Milliseconds of each op of the plan, in its order. Browsers round the clock, to 0.1 ms as a rule. One call
   * at a time. Throws "Cannot run: …".
   */
  async profile(inputs: Tensors): Promise<number[]> {
    const passes: number[] = [];
    await this.#plan.time(inputs, this.#timer(passes));
    const times = Array.from({ length: this.#plan.size.ops }, () => 0);
    (await this.#timestamps.read(passes.length)).forEach((ms, pass) => times[passes[pass]] += ms);
    return times;
  }

  dispose(): void {
    this.#timestamps.dispose();
  }

  /** Notes the op of each pass. */
  #timer(passes: number[]): PassTimer {
    return {
      passOf: (op) => this.#timestamps.pass(passes.push(op) - 1),
      end: (encoder) => this.#timestamps.resolve(encoder, passes.length),
    };
  }
}
