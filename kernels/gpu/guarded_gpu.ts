import type { Engine, Tensors } from "../engine.ts";
import { medianOf } from "../engine_trial.ts";
import { type GpuFailure, gpuFailureOf, GpuProblem } from "./gpu_failure.ts";

/** A GPU with a plan loaded, whose known answer it has given. */
export interface OpenGpu {
  readonly engine: Engine;
  /** Resolves when the GPU is of no use any more. */
  readonly ended: Promise<GpuFailure>;
  /** Gives back all that it holds of the GPU. */
  dispose(): void;
}

export interface Clock {
  /** Monotonic, ms. */
  readonly nowMs: () => number;
  /** Runs it once after so long, unless what is returned was called. */
  readonly after: (ms: number, run: () => void) => () => void;
}

/** The first runs compile. Nobody waits for them: see `EngineTrial`. */
const FIRST_WITHIN_MS = 60_000;
const FIRST = 3;
const TIMED = 9;
/** A healthy GPU that others use too may be this much slower for a moment. */
const LATE_TIMES = 20;
const LATE_LEAST_MS = 1000;
/** A source of frames that is not answered for 8 s counts as gone: see the worker's `Watcher`. */
const LATE_MOST_MS = 5000;
/** An answer that came while this thread was busy is read before it is called late. */
const GRACE_MS = 50;

/** Answers in bounded time: with outputs, or with why there are none. */
export class GuardedGpu {
  readonly #gpu: OpenGpu;
  readonly #clock: Clock;
  #times: number[] = [];
  #runs = 0;
  #end: GpuFailure | undefined;
  /** Of the run under way. */
  #giveUp: ((failure: GpuFailure) => void) | undefined;

  constructor(gpu: OpenGpu, clock: Clock) {
    this.#gpu = gpu;
    this.#clock = clock;
    this.ended.then((failure) => {
      this.#end = failure;
      this.#giveUp?.(failure);
    });
  }

  get name(): string {
    return this.#gpu.engine.name;
  }

  get ended(): Promise<GpuFailure> {
    return this.#gpu.ended;
  }

  /** One at a time. Throws `GpuProblem`; what it gave up may go on until `dispose`. */
  async run(batch: readonly Tensors[]): Promise<Tensors[]> {
    const given = Promise.withResolvers<never>();
    given.promise.catch(() => {}); // whoever waits below is told
    this.#giveUp = (failure) => given.reject(new GpuProblem(failure));
    if (this.#end) this.#giveUp(this.#end);
    const cancel = this.#whenLate(this.#limitMs, this.#giveUp);
    const start = this.#clock.nowMs();
    try {
      const outputs = await Promise.race([given.promise, this.#gpu.engine.runBatch(batch)]);
      if (this.#end) throw new GpuProblem(this.#end); // what came was made by a device that had failed
      this.#count(this.#clock.nowMs() - start);
      return outputs;
    } catch (thrown) {
      throw new GpuProblem(this.#end ?? gpuFailureOf(thrown), { cause: thrown });
    } finally {
      cancel();
      this.#giveUp = undefined;
    }
  }

  dispose(): void {
    this.#gpu.dispose();
  }

  get #limitMs(): number {
    if (this.#runs < FIRST) return FIRST_WITHIN_MS;
    const usual = medianOf(this.#times);
    return Math.min(LATE_MOST_MS, Math.max(LATE_LEAST_MS, usual * LATE_TIMES));
  }

  #whenLate(limitMs: number, giveUp: (failure: GpuFailure) => void): () => void {
    const { after } = this.#clock;
    const late = () => giveUp({ kind: "late", message: `no answer within ${limitMs} ms` });
    let cancel = after(limitMs, () => cancel = after(GRACE_MS, late));
    return () => cancel();
  }

  #count(ms: number): void {
    this.#runs++;
    this.#times = [...this.#times, ms].slice(-TIMED);
  }
}
