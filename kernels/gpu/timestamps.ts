/** The GPU's own clock, at the beginning and end of passes. Creates nothing after its constructor. */
import { BUFFER_USAGE, MAP_READ } from "./webgpu_flags.ts";

/** Most in a query set, of all devices. */
const MAX_QUERIES = 4096;
/** Nanoseconds, u64. */
const TIMESTAMP_BYTES = 8;
const NS_PER_MS = 1e6;
const { COPY_DST, COPY_SRC, MAP_READ: READ_BY_MAP, QUERY_RESOLVE } = BUFFER_USAGE;

export class Timestamps {
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #staging: GPUBuffer;

  /** For up to `passes` at a time. The device must have been opened with the feature "timestamp-query". */
  constructor(device: GPUDevice, passes: number) {
    const count = Math.max(1, passes) * 2;
    if (count > MAX_QUERIES) {
      throw new RangeError(`Cannot time ${passes} passes: they are too many`);
    }
    const size = count * TIMESTAMP_BYTES;
    this.#queries = device.createQuerySet({ type: "timestamp", count });
    this.#resolved = device.createBuffer({ size, usage: QUERY_RESOLVE | COPY_SRC });
    this.#staging = device.createBuffer({ size, usage: READ_BY_MAP | COPY_DST });
  }

  /** How to begin the pass of that number, from 0 on. */
  pass(at: number): GPUComputePassDescriptor {
    return {
      timestampWrites: {
        querySet: this.#queries,
        beginningOfPassWriteIndex: at * 2,
        endOfPassWriteIndex: at * 2 + 1,
      },
    };
  }

  /** After the last pass, in the same commands. */
  resolve(encoder: GPUCommandEncoder, passes: number): void {
    if (passes === 0) return;
    encoder.resolveQuerySet(this.#queries, 0, passes * 2, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#staging, 0, bytesOf(passes));
  }

  /** Milliseconds of each pass, once the commands were submitted. */
  async read(passes: number): Promise<number[]> {
    const bytes = bytesOf(passes);
    await this.#staging.mapAsync(MAP_READ, 0, bytes);
    const clock = new BigUint64Array(this.#staging.getMappedRange(0, bytes).slice(0));
    this.#staging.unmap();
    // A device may set its clock back in between.
    return Array.from(
      { length: passes },
      (_, at) => Math.max(0, Number(clock[at * 2 + 1] - clock[at * 2])) / NS_PER_MS,
    );
  }

  dispose(): void {
    this.#queries.destroy();
    this.#resolved.destroy();
    this.#staging.destroy();
  }
}

function bytesOf(passes: number): number {
  return passes * 2 * TIMESTAMP_BYTES;
}
