import type { Engine, Tensors } from "./engine.ts";
import { EngineTrial, type Processor, type Times, worthIt } from "./engine_trial.ts";
import type { NoGpu } from "./gpu/gpu_device.ts";
import {
  type GpuFailure,
  type GpuFailureKind,
  gpuFailureOf,
  GpuProblem,
} from "./gpu/gpu_failure.ts";
import { type Clock, GuardedGpu, type OpenGpu } from "./gpu/guarded_gpu.ts";

/** What the user wants: the faster of the two, or always this one. */
export type ProcessorMode = "auto" | Processor;

/** A GPU that may be tried on the plan. */
export interface FoundGpu {
  readonly name: string;
  /** What is remembered of it is remembered by this. */
  readonly id: string;
  readonly isSoftware: boolean;
  /** With the plan loaded and proven. Throws when the GPU fails at it. */
  open(): Promise<OpenGpu | AbsentGpu>;
}

export interface AbsentGpu {
  readonly absent: NoGpu;
  /** What was underneath, for a developer. */
  readonly message?: string;
}

/** What earlier runs found out of a plan on a GPU. */
export interface Remembered {
  readonly times?: Times;
  /** How often it did not take the plan, or answered wrongly. */
  readonly refusals?: number;
}

export interface ChosenEnginePorts extends Clock {
  readonly wasm: Engine;
  readonly mode: ProcessorMode;
  readonly findGpu: () => Promise<FoundGpu | AbsentGpu>;
  readonly recall: (gpu: string) => Promise<Remembered>;
  readonly remember: (gpu: string, found: Remembered) => Promise<void>;
  /** Whether a GPU's outputs are what they must be, where Wasm gave the others. */
  readonly isSame: (outputs: readonly Tensors[], expected: readonly Tensors[]) => boolean;
  /** ms since the epoch. */
  readonly dateMs: () => number;
  /** Of what nobody waits for. */
  readonly onFailure: (thrown: unknown) => void;
}

/** Why one of the two is in use. "forced": the user's word. "faster": it was measured. */
export type ChoiceReason =
  | "not-tried"
  | "forced"
  | "trying"
  | "measuring"
  | "faster"
  | "software"
  | NoGpu
  | GpuFailureKind;

export interface Choice {
  readonly mode: ProcessorMode;
  readonly inUse: Processor;
  readonly why: ChoiceReason;
  /** The GPU's name, once it was found and has one. */
  readonly gpu?: string;
  readonly times?: Times;
  /** When the GPU failed, and when it is tried again at the earliest, ms since the epoch. */
  readonly failedAt?: number;
  readonly retryAt?: number;
  /** What was underneath, for a developer. */
  readonly cause?: string;
}

/** An engine that has a choice of what it runs on. */
export interface ChoosingEngine extends Engine {
  readonly choice: Choice;
  prefer(mode: ProcessorMode): void;
}

export function isChoosing(engine: Engine): engine is ChoosingEngine {
  return "prefer" in engine && "choice" in engine;
}

interface Trying {
  readonly kind: "trying";
  readonly gpu: GuardedGpu;
  readonly trial: EngineTrial;
  /** A step of the trial is under way: who comes meanwhile is answered by Wasm. */
  isBusy: boolean;
}

/** Wasm answers in all but "using", and in a part of "trying". */
type State =
  | { readonly kind: "idle" }
  | { readonly kind: "opening" }
  | Trying
  | { readonly kind: "using"; readonly gpu: GuardedGpu; readonly since: number }
  | { readonly kind: "off"; readonly why: ChoiceReason }
  | {
    readonly kind: "failed";
    readonly why: NoGpu | GpuFailureKind;
    readonly at: number;
    readonly retryAt?: number;
    readonly cause?: string;
  };

/** Waits before the GPU is tried again, each time it has failed; then it is left alone. */
const RETRY_AFTER_MS = [60_000, 5 * 60_000, 30 * 60_000, 120 * 60_000];
/** A GPU that was of use for so long begins with the first wait again. */
const STEADY_MS = 30 * 60_000;
/** Nobody waits for it. A slow device compiles a network for minutes; what takes longer has hung. */
const OPENS_WITHIN_MS = 300_000;
const MOST_REFUSALS = 2;
/** With no frame for so long, the trial goes on with the last one. */
const IDLE_MS = 250;

/**
 * Wasm and, where it is there and faster, a GPU: one plan, the same bits. Wasm answers from the first frame on;
 * the GPU is looked for when that has been answered, and never waited for. A frame that the GPU fails is
 * answered by Wasm.
 */
export class ChosenEngine implements ChoosingEngine {
  readonly #ports: ChosenEnginePorts;
  #mode: ProcessorMode;
  #state: State = { kind: "idle" };
  #gpu: Pick<FoundGpu, "id" | "name"> | undefined;
  #remembered: Remembered = {};
  #isLoaded = false;
  /** Failures one after the other. */
  #failures = 0;
  #answers = 0;
  #underWay = 0;
  /** For the trial when no frame comes. */
  #last: readonly Tensors[] | undefined;
  #wasmTurn: Promise<unknown> = Promise.resolve();
  #cancelPause = () => {};

  constructor(ports: ChosenEnginePorts) {
    this.#ports = ports;
    this.#mode = ports.mode;
  }

  get name(): string {
    return this.#state.kind === "using" ? this.#state.gpu.name : this.#ports.wasm.name;
  }

  get choice(): Choice {
    const { times } = this.#remembered;
    return {
      mode: this.#mode,
      inUse: this.#state.kind === "using" ? "gpu" : "wasm",
      ...this.#why(),
      ...this.#gpu?.name && { gpu: this.#gpu.name },
      ...times && { times },
    };
  }

  /** The plan that `findGpu` opens a GPU with; none takes its place. */
  async load(plan: Uint8Array): Promise<void> {
    if (this.#isLoaded) throw new Error("Cannot load another plan: this engine was made for one");
    await this.#ports.wasm.load(plan);
    this.#isLoaded = true;
  }

  async run(inputs: Tensors): Promise<Tensors> {
    const [outputs] = await this.runBatch([inputs]);
    return outputs;
  }

  async runBatch(batch: readonly Tensors[]): Promise<Tensors[]> {
    this.#underWay++;
    try {
      const outputs = await this.#answer(batch);
      this.#answered(batch);
      return outputs;
    } finally {
      this.#underWay--;
    }
  }

  /** From the next frame on. Also tries anew what was given up. */
  prefer(mode: ProcessorMode): void {
    this.#mode = mode;
    this.#failures = 0;
    if (mode === "gpu" && this.#state.kind === "using") return;
    this.#forgetGpu();
    if (this.#answers > 0) this.#look();
  }

  async dispose(): Promise<void> {
    this.#forgetGpu();
    this.#state = { kind: "off", why: "not-tried" };
    await this.#ports.wasm.dispose();
  }

  #why(): Pick<Choice, "why" | "failedAt" | "retryAt" | "cause"> {
    const state = this.#state;
    switch (state.kind) {
      case "idle":
        return { why: this.#mode === "wasm" ? "forced" : "not-tried" };
      case "opening":
        return { why: "trying" };
      case "trying":
        return { why: state.trial.measures ? "measuring" : "trying" };
      case "using":
        return { why: this.#mode === "gpu" ? "forced" : "faster" };
      case "off":
        return { why: state.why };
      case "failed": {
        const { why, at: failedAt, retryAt, cause } = state;
        return {
          why,
          failedAt,
          ...retryAt !== undefined && { retryAt },
          ...cause !== undefined && { cause },
        };
      }
    }
  }

  #answer(batch: readonly Tensors[]): Promise<Tensors[]> {
    const state = this.#state;
    if (state.kind === "using") return this.#onGpu(state.gpu, batch);
    if (state.kind === "trying" && !state.isBusy) return this.#tryOn(state, batch);
    return this.#onWasm(batch);
  }

  #answered(batch: readonly Tensors[]): void {
    this.#answers++;
    if (this.#isDue) this.#look();
    const { kind } = this.#state;
    this.#last = kind === "opening" || kind === "trying" ? batch : undefined;
  }

  /** Whether the GPU is to be looked for, the first time or again. */
  get #isDue(): boolean {
    const state = this.#state;
    if (state.kind === "idle") return true;
    if (state.kind !== "failed" || state.retryAt === undefined) return false;
    return state.retryAt <= this.#ports.dateMs();
  }

  /** One after the other, whoever asks. */
  #onWasm(batch: readonly Tensors[]): Promise<Tensors[]> {
    const outputs = this.#wasmTurn.then(() => this.#ports.wasm.runBatch(batch));
    this.#wasmTurn = outputs.catch(() => {}); // the caller has the failure
    return outputs;
  }

  async #onGpu(gpu: GuardedGpu, batch: readonly Tensors[]): Promise<Tensors[]> {
    let failure: GpuFailure;
    try {
      return await gpu.run(batch);
    } catch (thrown) {
      failure = gpuFailureOf(thrown);
    }
    // Throws what no engine can run: that is not the GPU's failure.
    const outputs = await this.#onWasm(batch);
    this.#failed(gpu, failure);
    return outputs;
  }

  // ---------------------------------------------------------------- finding and opening

  /** Begins to look for the GPU, after what is under way has been told. */
  #look(): void {
    if (this.#mode === "wasm") return;
    const opening = { kind: "opening" } as const;
    this.#state = opening;
    this.#open(opening).catch((thrown) => {
      if (this.#state !== opening) return this.#ports.onFailure(thrown);
      const { kind, message } = gpuFailureOf(thrown);
      this.#fail(kind, message);
    });
  }

  async #open(opening: State): Promise<void> {
    await this.#pause(0);
    const isWanted = () => this.#state === opening;
    if (!isWanted()) return;
    const found = await this.#ports.findGpu();
    if (!isWanted()) return;
    if ("absent" in found) return this.#fail(found.absent, found.message);
    const remembered = await this.#ports.recall(found.id);
    if (!isWanted()) return;
    this.#gpu = found;
    this.#remembered = remembered;
    const against = this.#reasonAgainst(found);
    if (against) {
      this.#state = { kind: "off", why: against };
      return;
    }
    const gpu = await this.#within(OPENS_WITHIN_MS, found.open());
    if ("absent" in gpu) {
      if (isWanted()) this.#fail(gpu.absent, gpu.message);
      return;
    }
    if (!isWanted()) return gpu.dispose();
    this.#try(new GuardedGpu(gpu, this.#ports));
  }

  /** Why a GPU that is there is not even opened. */
  #reasonAgainst({ isSoftware }: FoundGpu): "software" | "refused" | "faster" | null {
    const { times, refusals = 0 } = this.#remembered;
    if (refusals >= MOST_REFUSALS) return "refused";
    if (this.#mode === "gpu") return null;
    if (isSoftware) return "software";
    return times && !worthIt(times) ? "faster" : null;
  }

  /** What comes too late is given back. */
  async #within<T extends OpenGpu | AbsentGpu>(ms: number, opening: Promise<T>): Promise<T> {
    const late = Promise.withResolvers<never>();
    const cancel = this.#ports.after(ms, () => {
      late.reject(new GpuProblem({ kind: "late", message: `it does not open within ${ms} ms` }));
      opening.then((gpu) => "absent" in gpu || gpu.dispose(), () => {}); // that it is late has been told
    });
    try {
      return await Promise.race([opening, late.promise]);
    } finally {
      cancel();
    }
  }

  // ---------------------------------------------------------------- trying

  #try(gpu: GuardedGpu): void {
    const measures = this.#mode === "auto" && this.#remembered.times === undefined;
    const trying: Trying = {
      kind: "trying",
      gpu,
      trial: new EngineTrial({ measures }),
      isBusy: false,
    };
    this.#state = trying;
    gpu.ended.then((failure) => this.#failed(gpu, failure));
    this.#goOnWhenIdle(trying).catch(this.#ports.onFailure);
  }

  async #tryOn(trying: Trying, batch: readonly Tensors[]): Promise<Tensors[]> {
    trying.isBusy = true;
    const { trial, gpu } = trying;
    const step = trial.next;
    if (step === "check") return await this.#check(trying, batch);
    const start = this.#ports.nowMs();
    try {
      const outputs = await (step === "gpu" ? this.#onGpu(gpu, batch) : this.#onWasm(batch));
      const ms = this.#ports.nowMs() - start;
      if (step && batch.length > 0) trial.took(step, ms / batch.length);
      return outputs;
    } finally {
      this.#free(trying);
    }
  }

  /** Wasm's answer; the GPU's is looked at when that has gone out. */
  async #check(trying: Trying, batch: readonly Tensors[]): Promise<Tensors[]> {
    try {
      const expected = await this.#onWasm(batch);
      void this.#checkGpu(trying, batch, expected); // never rejects
      return expected;
    } catch (thrown) {
      this.#free(trying);
      throw thrown;
    }
  }

  async #checkGpu(
    trying: Trying,
    batch: readonly Tensors[],
    expected: readonly Tensors[],
  ): Promise<void> {
    const { gpu, trial } = trying;
    try {
      const outputs = await gpu.run(batch);
      if (!this.#ports.isSame(outputs, expected)) {
        throw new GpuProblem({ kind: "wrong", message: "it does not give the bits of Wasm" });
      }
      trial.checked();
    } catch (thrown) {
      this.#failed(gpu, gpuFailureOf(thrown));
    }
    this.#free(trying);
  }

  #free(trying: Trying): void {
    trying.isBusy = false;
    this.#settle(trying);
  }

  /** The trial has come to its end: one of the two answers from now on. */
  #settle(trying: Trying): void {
    const { gpu, trial } = trying;
    if (this.#state !== trying || trial.next !== null) return;
    if (trial.times) this.#remember({ times: trial.times });
    const { times } = this.#remembered;
    if (this.#mode === "gpu" || (times && worthIt(times))) {
      this.#state = { kind: "using", gpu, since: this.#ports.dateMs() };
    } else {
      gpu.dispose();
      this.#state = { kind: "off", why: "faster" };
    }
    this.#last = undefined;
  }

  async #goOnWhenIdle(trying: Trying): Promise<void> {
    while (this.#state === trying) {
      const before = this.#answers;
      await this.#pause(IDLE_MS);
      const isIdle = this.#answers === before && this.#underWay === 0 && !trying.isBusy;
      if (this.#state === trying && isIdle && this.#last) await this.#tryOn(trying, this.#last);
    }
  }

  // ---------------------------------------------------------------- failing

  #failed(gpu: GuardedGpu, { kind, message }: GpuFailure): void {
    const state = this.#state;
    if ((state.kind !== "trying" && state.kind !== "using") || state.gpu !== gpu) return;
    gpu.dispose();
    if (state.kind === "using" && this.#ports.dateMs() - state.since >= STEADY_MS) {
      this.#failures = 0;
    }
    this.#fail(kind, message);
  }

  #fail(why: NoGpu | GpuFailureKind, cause?: string): void {
    if (why === "refused" || why === "wrong") {
      this.#remember({ refusals: (this.#remembered.refusals ?? 0) + 1 });
    }
    const at = this.#ports.dateMs();
    const { refusals = 0 } = this.#remembered;
    const isFinal = why === "no-webgpu" || refusals >= MOST_REFUSALS;
    const waitMs = isFinal ? undefined : RETRY_AFTER_MS[this.#failures++];
    this.#state = {
      kind: "failed",
      why,
      at,
      ...waitMs !== undefined && { retryAt: at + waitMs },
      ...cause !== undefined && { cause },
    };
  }

  #remember(found: Remembered): void {
    this.#remembered = { ...this.#remembered, ...found };
    if (!this.#gpu) return;
    this.#ports.remember(this.#gpu.id, this.#remembered).catch(this.#ports.onFailure);
  }

  #forgetGpu(): void {
    const state = this.#state;
    this.#state = { kind: "idle" };
    if (state.kind === "trying" || state.kind === "using") state.gpu.dispose();
    this.#cancelPause();
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#ports.after(ms, resolve);
      this.#cancelPause = () => {
        cancel();
        resolve();
      };
    });
  }
}
