import type { Frame, Tensors } from "../engine.ts";
import { goldenParts } from "../golden.ts";
import { frameHeaders, placeFrames } from "../image/gpu_frame.ts";
import { assertFrame, type Letterbox, letterboxOf } from "../image/sampling.ts";
import { bytesOf } from "../memory.ts";
import { type Plan, type PlanPort, SLACK_BYTES, type TensorIndex } from "../plan.ts";
import type { LoadedPlan } from "../plan_engine.ts";
import {
  type ArenaView,
  type CheckedInputs,
  checkInputs,
  denseBytes,
  readOutput,
} from "../plan_ports.ts";
import { GpuBuffers, PARAMS_BYTES } from "./gpu_buffers.ts";
import type { Dispatch } from "./gpu_op.ts";
import type { LoweredPlan } from "./lower_plan.ts";
import type { Pipelines } from "./pipelines.ts";
import { MAP_READ } from "./webgpu_flags.ts";
import { withinMemory } from "./within_memory.ts";

const ITEM_ALIGNMENT = 256;

/** A dispatch, of the plan's op number `op`. */
export interface Step {
  readonly op: number;
  readonly dispatch: Dispatch;
  readonly pipeline: GPUComputePipeline;
}

/** Has each dispatch in a pass of its own, to time it: see profile_plan.ts. */
export interface PassTimer {
  /** For the next pass, of the plan's op number `op`. */
  passOf(op: number): GPUComputePassDescriptor;
  /** Follows the last pass, in the same submission. */
  end(encoder: GPUCommandEncoder): void;
}

/** Bytes of one item's arena. */
interface Part {
  readonly item: number;
  readonly offset: number;
  readonly bytes: number;
}

/** Ops `first` to `end` − 1 on a batch, and what of the arena is wanted then. */
interface Run {
  readonly given: readonly CheckedInputs[];
  readonly first: number;
  readonly end: number;
  readonly parts: readonly Part[];
  readonly timer?: PassTimer;
}

interface Copy {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  /** Where in the staging buffer the item's arena would begin. */
  readonly start: number;
}

/**
 * A plan in a GPU's buffers. A batch is one submission: inputs are written, each op is a dispatch for all
 * items, and of the arena only what is asked for comes back. Once warm, nothing is created any more.
 */
export class GpuPlan implements LoadedPlan {
  readonly #device: GPUDevice;
  readonly #plan: Omit<Plan, "data">;
  readonly #steps: readonly Step[];
  readonly #itemBytes: number;
  readonly #buffers: GpuBuffers;
  /** Ends the wait for an answer that a lost device does not give. */
  #abort: (why: Error) => void = () => {};
  #lost: Error | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    device: GPUDevice,
    { plan, steps, layout, lowered }: {
      readonly plan: Plan;
      readonly steps: readonly Step[];
      readonly layout: GPUBindGroupLayout;
      readonly lowered: LoweredPlan;
    },
  ) {
    this.#device = device;
    const { data: _, ...header } = plan;
    this.#plan = header;
    this.#steps = steps;
    this.#itemBytes = roundUp(plan.arenaBytes + SLACK_BYTES, ITEM_ALIGNMENT);
    this.#buffers = new GpuBuffers(device, { layout, lowered, itemBytes: this.#itemBytes });
    device.lost.then(({ message }) => {
      this.#lost = new Error(`it was lost: ${message || "it does not say why"}`);
      this.#abort(this.#lost);
    });
  }

  /** Throws when the device refuses a shader, or has not the memory. */
  static async prepare(
    device: GPUDevice,
    pipelines: Pipelines,
    { plan, lowered }: { readonly plan: Plan; readonly lowered: LoweredPlan },
  ): Promise<GpuPlan> {
    const dispatches = lowered.dispatches.flatMap((all, op) =>
      all.map((dispatch) => ({ op, dispatch }))
    );
    const steps = await Promise.all(dispatches.map(async ({ op, dispatch }) => {
      return { op, dispatch, pipeline: await pipelines.of(dispatch) };
    }));
    assertGrids(dispatches.map(({ dispatch }) => dispatch), device.limits);
    const layout = pipelines.bindGroupLayout;
    const made = await withinMemory(
      device,
      () => new GpuPlan(device, { plan, steps, layout, lowered }),
    );
    try {
      await made.#buffers.forBatch({ items: 1, frameBytes: 0, stagingBytes: 0 });
    } catch (cause) {
      made.dispose();
      throw cause;
    }
    return made;
  }

  async answer(batch: readonly Tensors[]): Promise<Tensors[]> {
    if (batch.length === 0) return [];
    const given = batch.map((inputs) => this.#check(inputs));
    const ports = this.#plan.outputs.filter(({ tensor }) => tensor !== undefined);
    const parts = given.flatMap((_, item) =>
      ports.map(({ tensor = 0 }) => this.#partOf(tensor, item))
    );
    const views = await this.#run({ given, first: 0, end: this.#plan.ops.length, parts });
    return given.map((_, item) => this.#outputs(ports, views.slice(item * ports.length)));
  }

  async tell(inputs: Tensors): Promise<Uint8Array[]> {
    const told: Uint8Array[] = [];
    let [first, given] = [0, this.#check(inputs)];
    for (const { ops: end, tensors } of goldenParts(this.#plan)) {
      const parts = tensors.map((tensor) => this.#partOf(tensor, 0));
      const views = await this.#run({ given: [given], first, end, parts });
      told.push(...views.map((view, at) => denseBytes(this.#plan, view, tensors[at])));
      [first, given] = [end, { tensors: [] }];
    }
    return told;
  }

  /** Runs ops `first` to `end` − 1 on an arena and returns it, for those who hold ops to other backends. */
  async runOps(arena: Uint8Array, first: number, end: number, frame?: Frame): Promise<Uint8Array> {
    const words = new Int32Array(roundUp(arena.length, 4) / 4);
    new Uint8Array(words.buffer).set(arena);
    const given = { tensors: [{ offset: 0, data: words }], ...frame && { frame } };
    const parts = [{ item: 0, offset: 0, bytes: words.byteLength }];
    const [{ buffer }] = await this.#run({ given: [given], first, end, parts });
    return new Uint8Array(buffer, 0, arena.length);
  }

  /** Runs one item; resolves when the GPU is done. */
  async time(inputs: Tensors, timer: PassTimer): Promise<void> {
    const { ops: end } = this.size;
    const parts = [{ item: 0, offset: 0, bytes: 4 }];
    await this.#run({ given: [this.#check(inputs)], first: 0, end, parts, timer });
  }

  get size(): { readonly ops: number; readonly dispatches: number } {
    return { ops: this.#plan.ops.length, dispatches: this.#steps.length };
  }

  dispose(): void {
    this.#buffers.dispose();
  }

  /** Throws "Cannot run: …" of what no backend takes. */
  #check(inputs: Tensors): CheckedInputs {
    const checked = checkInputs(this.#plan, inputs);
    if (checked.frame) this.#boxOf(checked.frame);
    return checked;
  }

  #partOf(tensor: TensorIndex, item: number): Part {
    const { offset } = this.#plan.tensors[tensor];
    return { item, offset, bytes: bytesOf(this.#plan.tensors[tensor]) };
  }

  #boxOf(frame: Frame): Letterbox {
    const op = this.#plan.ops.find((op) => op.op === "image");
    if (!op) throw new Error("Cannot run: the network takes no frame");
    const box = letterboxOf(frame, this.#plan.tensors[op.output], op.fit);
    assertFrame(frame, box);
    return box;
  }

  #outputs(ports: readonly PlanPort[], views: readonly ArenaView[]): Tensors {
    return Object.fromEntries(
      ports.map((port, at) => [port.name, readOutput(this.#plan, views[at], port)]),
    );
  }

  /** Views of the arena that hold the parts asked for, in their order. One batch at a time. */
  #run(run: Run): Promise<ArenaView[]> {
    const result = this.#turn.then(() => this.#submit(run));
    this.#turn = result.catch(() => {}); // the caller has the failure
    return result;
  }

  async #submit(run: Run): Promise<ArenaView[]> {
    const { given, parts } = run;
    const { placed, bytes: frameBytes } = placeFrames(given.flatMap(({ frame }) => frame ?? []));
    const copies = this.#copies(parts);
    const stagingBytes = copies.reduce((sum, { bytes }) => sum + bytes, 0);
    const pool = await this.#buffers.forBatch({ items: given.length, frameBytes, stagingBytes });
    this.#device.pushErrorScope("validation");
    this.#write(pool.frames, 0, frameHeaders(placed, (frame) => this.#boxOf(frame)));
    for (const { frame, at } of placed) this.#write(pool.frames, at, frame.data);
    given.forEach(({ tensors }, item) => {
      for (const { offset, data } of tensors) {
        this.#write(pool.arena, item * this.#itemBytes + offset, data);
      }
    });
    const encoder = this.#device.createCommandEncoder();
    this.#encode(encoder, pool.group, run);
    for (const { from, to, bytes } of copies) {
      encoder.copyBufferToBuffer(pool.arena, from, pool.staging, to, bytes);
    }
    this.#device.queue.submit([encoder.finish()]);
    const refused = this.#device.popErrorScope();
    const buffer = await this.#readBack(pool.staging, stagingBytes, refused);
    return copies.map(({ start }) => ({ buffer, start }));
  }

  /** What the GPU has put into the staging buffer. Throws "Cannot run: …" where it did not come so far. */
  async #readBack(
    staging: GPUBuffer,
    bytes: number,
    refused: Promise<GPUError | null>,
  ): Promise<ArrayBuffer> {
    const mapped = staging.mapAsync(MAP_READ, 0, bytes);
    try {
      const [error] = await this.#unlessLost(Promise.all([refused, mapped]));
      if (error) throw new Error(error.message);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`Cannot run: the GPU gives no answer (${why})`, { cause });
    }
    const buffer = staging.getMappedRange(0, bytes).slice(0);
    staging.unmap();
    return buffer;
  }

  /** `Promise.race` with the loss of the device would keep every frame's promises until then. */
  #unlessLost<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#abort = reject;
      if (this.#lost) reject(this.#lost);
      work.then(resolve, reject);
    });
  }

  #write(
    buffer: GPUBuffer,
    at: number,
    { buffer: source, byteOffset, byteLength }: ArrayBufferView,
  ): void {
    if (byteLength === 0) return;
    this.#device.queue.writeBuffer(buffer, at, source as ArrayBuffer, byteOffset, byteLength);
  }

  #encode(encoder: GPUCommandEncoder, group: GPUBindGroup, run: Run): void {
    const { given, first, end, timer } = run;
    const shared = timer ? undefined : encoder.beginComputePass();
    this.#steps.forEach(({ op, pipeline, dispatch: { workgroups: [x, y] } }, index) => {
      if (op < first || op >= end || x === 0 || y === 0) return;
      const pass = shared ?? encoder.beginComputePass(timer?.passOf(op));
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group, [index * PARAMS_BYTES]);
      pass.dispatchWorkgroups(x, y, given.length);
      if (timer) pass.end();
    });
    shared?.end();
    timer?.end(encoder);
  }

  /** Whole words. */
  #copies(parts: readonly Part[]): Copy[] {
    let to = 0;
    return parts.map(({ item, offset, bytes: wanted }) => {
      const first = offset - offset % 4;
      const bytes = roundUp(offset + wanted - first, 4);
      const copy = { from: item * this.#itemBytes + first, to, bytes, start: to - first };
      to += bytes;
      return copy;
    });
  }
}

function assertGrids(
  dispatches: readonly Dispatch[],
  { maxComputeWorkgroupsPerDimension: most }: GPUSupportedLimits,
): void {
  const large = dispatches.find(({ workgroups }) => Math.max(...workgroups) > most);
  if (large) throw new Error(`${large.shader} needs ${large.workgroups} workgroups of ${most}`);
}

function roundUp(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}
