/** How long dispatches take on a GPU. */
import { Timestamps } from "./timestamps.ts";

/** Encodes what is to be timed. */
export type Work = (pass: GPUComputePassEncoder) => void;

export interface Stopwatch {
  /** By the GPU's own clock; else by the caller's, from submission to the news that it is done. */
  readonly isExact: boolean;
  /** Milliseconds of each, one after the other. */
  time(works: readonly Work[]): Promise<number[]>;
  dispose(): void;
}

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
  readonly #timestamps: Timestamps;

  constructor(device: GPUDevice, most: number) {
    this.#device = device;
    this.#timestamps = new Timestamps(device, most);
  }

  async time(works: readonly Work[]): Promise<number[]> {
    const encoder = this.#device.createCommandEncoder();
    works.forEach((work, at) => {
      const pass = encoder.beginComputePass(this.#timestamps.pass(at));
      work(pass);
      pass.end();
    });
    this.#timestamps.resolve(encoder, works.length);
    this.#device.queue.submit([encoder.finish()]);
    return await this.#timestamps.read(works.length);
  }

  dispose(): void {
    this.#timestamps.dispose();
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
