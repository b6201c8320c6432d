/** What is found out of a GPU before it answers alone: that it gives the same bits, and whether it is faster. */

export type Processor = "gpu" | "wasm";

/** Medians of runs that alternate, ms for an item. */
export interface Times {
  readonly gpuMs: number;
  readonly wasmMs: number;
}

/** "check": both answer, and the answers are compared; the GPU's is not timed. */
export type TrialStep = "check" | Processor;

/** A GPU is slow at first: memory, the last of its compiling, its clock. */
const CHECKS = 3;
const RUNS = 9;
/** A GPU that gains less than this costs more than it gives: it heats and drains. */
const WORTH_IT_BELOW = 0.9;

export class EngineTrial {
  readonly measures: boolean;
  #checks = 0;
  readonly #ms = { gpu: [] as number[], wasm: [] as number[] };

  constructor({ measures }: { readonly measures: boolean }) {
    this.measures = measures;
  }

  /** What the next frame is for; null when all is known. */
  get next(): TrialStep | null {
    if (this.#checks < CHECKS) return "check";
    const { gpu, wasm } = this.#ms;
    if (!this.measures || wasm.length === RUNS) return null;
    return gpu.length === wasm.length ? "gpu" : "wasm";
  }

  checked(): void {
    this.#checks++;
  }

  took(processor: Processor, ms: number): void {
    this.#ms[processor].push(ms);
  }

  /** Null unless it measures, and has. */
  get times(): Times | null {
    const { gpu, wasm } = this.#ms;
    if (wasm.length < RUNS) return null;
    return { gpuMs: medianOf(gpu), wasmMs: medianOf(wasm) };
  }
}

export function worthIt({ gpuMs, wasmMs }: Times): boolean {
  return gpuMs <= wasmMs * WORTH_IT_BELOW;
}

/** NaN of none. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
