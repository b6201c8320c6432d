/** Where a plan's time on a GPU goes. */
import type { Tensors } from "../engine.ts";
import type { GpuPlan, PassTimer } from "./gpu_plan.ts";
import { BUFFER_USAGE, MAP_READ } from "./webgpu_flags.ts";

/** Most in a query set, of all devices. */
const MAX_QUERIES = 4096;
/** Nanoseconds, u64. */
const TIMESTAMP_BYTES = 8;
const NS_PER_MS = 1e6;
const { COPY_DST, COPY_SRC, MAP_READ: READ_BY_MAP, QUERY_RESOLVE } = BUFFER_USAGE;

/**
 * Times each op by the GPU's own clock. Each dispatch is a pass of its own meanwhile, so that the sum is more
 * than a real run takes. Creates nothing after its constructor.
 */
export class PlanProfiler {
  readonly #plan: GpuPlan;
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #staging: GPUBuffer;

  private constructor(device: GPUDevice, plan: GpuPlan) {
    const count = Math.max(1, plan.size.dispatches) * 2;
    if (count > MAX_QUERIES) {
      throw new RangeError(`Cannot profile the plan: ${count / 2} dispatches are too many`);
    }
    const size = count * TIMESTAMP_BYTES;
    this.#plan = plan;
    this.#queries = device.createQuerySet({ type: "timestamp", count });
    this.#resolved = device.createBuffer({ size, usage: QUERY_RESOLVE | COPY_SRC });
    this.#staging = device.createBuffer({ size, usage: READ_BY_MAP | COPY_DST });
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
    const clock = await this.#read(passes.length * 2);
    const times = Array.from({ length: this.#plan.size.ops }, () => 0);
    passes.forEach((op, pass) => {
      const ns = Number(clock[pass * 2 + 1] - clock[pass * 2]);
      times[op] += Math.max(0, ns) / NS_PER_MS; // a device may set its clock back in between
    });
    return times;
  }

  dispose(): void {
    this.#queries.destroy();
    this.#resolved.destroy();
    this.#staging.destroy();
  }

  /** Notes the op of each pass. */
  #timer(passes: number[]): PassTimer {
    return {
      passOf: (op) => {
        const first = passes.length * 2;
        passes.push(op);
        return {
          timestampWrites: {
            querySet: this.#queries,
            beginningOfPassWriteIndex: first,
            endOfPassWriteIndex: first + 1,
          },
        };
      },
      end: (encoder) => {
        const count = passes.length * 2;
        if (count === 0) return;
        encoder.resolveQuerySet(this.#queries, 0, count, this.#resolved, 0);
        const bytes = count * TIMESTAMP_BYTES;
        encoder.copyBufferToBuffer(this.#resolved, 0, this.#staging, 0, bytes);
      },
    };
  }

  async #read(count: number): Promise<BigUint64Array> {
    const bytes = count * TIMESTAMP_BYTES;
    await this.#staging.mapAsync(MAP_READ, 0, bytes);
    const clock = new BigUint64Array(this.#staging.getMappedRange(0, bytes).slice(0));
    this.#staging.unmap();
    return clock;
  }
}
