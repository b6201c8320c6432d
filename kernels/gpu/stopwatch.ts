/** How long dispatches take on a GPU. */
import { BUFFER_USAGE, MAP_READ } from "./webgpu_flags.ts";

/** Encodes what is to be timed. */
export type Work = (pass: GPUComputePassEncoder) => void;

export interface Stopwatch {
  /** By the GPU's own clock; else by the caller's, from submission to the news that it is done. */
  readonly isExact: boolean;
  /** Milliseconds of each, one after the other. */
  time(works: readonly Work[]): Promise<number[]>;
  dispose(): void;
}

/** Nanoseconds, u64. */
const TIMESTAMP_BYTES = 8;
const NS_PER_MS = 1e6;
const { COPY_DST, COPY_SRC, MAP_READ: READ_BY_MAP, QUERY_RESOLVE } = BUFFER_USAGE;

/** At most `most` works at a time. */
export function stopwatchOf(device: GPUDevice, most: number, nowMs: () => number): Stopwatch {
  return device.features.has("timestamp-query")
    ? new GpuClock(device, most)
    : new CallersClock(device, nowMs);
}

/** All works are one submission, each a pass between two timestamps. */
class GpuClock implements Stopwatch {
  readonly isExact = true;
  readonly #device: GPUDevice;
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #staging: GPUBuffer;

  constructor(device: GPUDevice, most: number) {
    const size = most * 2 * TIMESTAMP_BYTES;
    this.#device = device;
    this.#queries = device.createQuerySet({ type: "timestamp", count: most * 2 });
    this.#resolved = device.createBuffer({ size, usage: QUERY_RESOLVE | COPY_SRC });
    this.#staging = device.createBuffer({ size, usage: READ_BY_MAP | COPY_DST });
  }

  async time(works: readonly Work[]): Promise<number[]> {
    const bytes = works.length * 2 * TIMESTAMP_BYTES;
    const encoder = this.#device.createCommandEncoder();
    works.forEach((work, at) => {
      const pass = encoder.beginComputePass({
        timestampWrites: {
          querySet: this.#queries,
          beginningOfPassWriteIndex: at * 2,
          endOfPassWriteIndex: at * 2 + 1,
        },
      });
      work(pass);
      pass.end();
    });
    encoder.resolveQuerySet(this.#queries, 0, works.length * 2, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#staging, 0, bytes);
    this.#device.queue.submit([encoder.finish()]);
    await this.#staging.mapAsync(MAP_READ, 0, bytes);
    const clock = new BigUint64Array(this.#staging.getMappedRange(0, bytes).slice(0));
    this.#staging.unmap();
    // A device may set its clock back in between.
    return works.map((_, at) => Math.max(0, Number(clock[at * 2 + 1] - clock[at * 2])) / NS_PER_MS);
  }

  dispose(): void {
    this.#queries.destroy();
    this.#resolved.destroy();
    this.#staging.destroy();
  }
}

/** Each work is a submission. */
class CallersClock implements Stopwatch {
  readonly isExact = false;
  readonly #device: GPUDevice;
  readonly #nowMs: () => number;

  constructor(device: GPUDevice, nowMs: () => number) {
    this.#device = device;
    this.#nowMs = nowMs;
  }

  async time(works: readonly Work[]): Promise<number[]> {
    const times: number[] = [];
    for (const work of works) times.push(await this.#timeOne(work));
    return times;
  }

  dispose(): void {}

  async #timeOne(work: Work): Promise<number> {
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    work(pass);
    pass.end();
    const commands = encoder.finish();
    const start = this.#nowMs();
    this.#device.queue.submit([commands]);
    await this.#device.queue.onSubmittedWorkDone();
    return this.#nowMs() - start;
  }
}
