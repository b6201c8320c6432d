import type { LoweredPlan } from "./lower_plan.ts";
import { BUFFER_USAGE } from "./webgpu_flags.ts";
import { withinMemory } from "./within_memory.ts";

/** From one dispatch's parameters to the next's: what every device allows. */
export const PARAMS_BYTES = 256;
/** WebGPU binds no empty buffer. */
const LEAST_BYTES = 256;
const { COPY_DST, COPY_SRC, MAP_READ, STORAGE, UNIFORM } = BUFFER_USAGE;

/** What a batch needs. */
export interface BatchSize {
  readonly items: number;
  readonly frameBytes: number;
  readonly stagingBytes: number;
}

/** Those of a batch, as large as the largest so far. */
interface Pool extends BatchSize {
  readonly arena: GPUBuffer;
  readonly scratch: GPUBuffer;
  readonly frames: GPUBuffer;
  readonly staging: GPUBuffer;
  /** Binds all but `staging`. */
  readonly group: GPUBindGroup;
}

/** All buffers of a plan. Nothing is created for a batch that is no larger than one before. */
export class GpuBuffers {
  readonly #device: GPUDevice;
  readonly #layout: GPUBindGroupLayout;
  readonly #itemBytes: number;
  readonly #scratchBytes: number;
  readonly #data: GPUBuffer;
  readonly #params: GPUBuffer;
  #pool: Pool | undefined;

  /** Sizes are those of one item of a batch. */
  constructor(
    device: GPUDevice,
    { layout, itemBytes, lowered }: {
      readonly layout: GPUBindGroupLayout;
      readonly itemBytes: number;
      readonly lowered: LoweredPlan;
    },
  ) {
    this.#device = device;
    this.#layout = layout;
    this.#itemBytes = itemBytes;
    this.#scratchBytes = lowered.scratchBytes;
    this.#data = this.#filled("constants", STORAGE, lowered.data);
    this.#params = this.#filled("parameters", UNIFORM, paramBytes(lowered, itemBytes));
  }

  /** Throws "Cannot run: …" when the GPU has not the memory; what was there is there still. */
  async forBatch(size: BatchSize): Promise<Pool> {
    const before = this.#pool;
    if (before && holds(before, size)) return before;
    const items = Math.max(size.items, before?.items ?? 1);
    const frameBytes = Math.max(size.frameBytes, before?.frameBytes ?? LEAST_BYTES);
    const stagingBytes = Math.max(size.stagingBytes, before?.stagingBytes ?? LEAST_BYTES);
    const pool = await withinMemory(
      this.#device,
      () => this.#create({ items, frameBytes, stagingBytes }),
    );
    destroyPool(before);
    return this.#pool = pool;
  }

  dispose(): void {
    destroyPool(this.#pool);
    this.#data.destroy();
    this.#params.destroy();
  }

  #create(size: BatchSize): Pool {
    const { items, frameBytes, stagingBytes } = size;
    const arena = this.#empty("arena", STORAGE | COPY_SRC | COPY_DST, items * this.#itemBytes);
    const scratch = this.#empty("scratch", STORAGE, items * this.#scratchBytes);
    const frames = this.#empty("frames", STORAGE | COPY_DST, frameBytes);
    const staging = this.#empty("staging", MAP_READ | COPY_DST, stagingBytes);
    const bound = [arena, this.#data, this.#params, frames, scratch];
    const group = this.#device.createBindGroup({
      layout: this.#layout,
      entries: bound.map((buffer, binding) => ({
        binding,
        resource: { buffer, ...buffer === this.#params && { size: PARAMS_BYTES } },
      })),
    });
    return { ...size, arena, scratch, frames, staging, group };
  }

  #empty(label: string, usage: GPUBufferUsageFlags, bytes: number): GPUBuffer {
    const size = Math.max(LEAST_BYTES, Math.ceil(bytes / 4) * 4);
    return this.#device.createBuffer({ label, usage, size });
  }

  #filled(label: string, usage: GPUBufferUsageFlags, bytes: Uint8Array<ArrayBuffer>): GPUBuffer {
    const buffer = this.#empty(label, usage | COPY_DST, bytes.length);
    if (bytes.length > 0) this.#device.queue.writeBuffer(buffer, 0, bytes);
    return buffer;
  }
}

function holds(pool: Pool, { items, frameBytes, stagingBytes }: BatchSize): boolean {
  return pool.items >= items && pool.frameBytes >= frameBytes && pool.stagingBytes >= stagingBytes;
}

function destroyPool(pool: Pool | undefined): void {
  for (const buffer of [pool?.arena, pool?.scratch, pool?.frames, pool?.staging]) buffer?.destroy();
}

/** Each dispatch's words, `item_bytes` first. */
function paramBytes({ dispatches }: LoweredPlan, itemBytes: number): Uint8Array<ArrayBuffer> {
  const all = dispatches.flat();
  const words = new Uint32Array(Math.max(1, all.length) * PARAMS_BYTES / 4);
  all.forEach(({ shader, params }, index) => {
    if (params.length >= PARAMS_BYTES / 4) throw new Error(`${shader} has too many parameters`);
    words.set([itemBytes, ...params], index * PARAMS_BYTES / 4);
  });
  return new Uint8Array(words.buffer);
}
