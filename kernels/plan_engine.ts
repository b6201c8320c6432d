import type { Engine, Frame, Tensors } from "./engine.ts";
import { goldenInputs, goldenParts, hashOf } from "./golden.ts";
import type { Plan } from "./plan.ts";
import { decodePlan } from "./plan_file.ts";
import { type ArenaView, denseBytes, readOutputs, writeInputs } from "./plan_ports.ts";

/** A plan in some backend's memory. */
export interface LoadedPlan {
  readonly arena: ArenaView;
  /** Runs the ops from `first`, 0 by default, up to `end`. A frame is fed before. */
  run(end: number, frame?: Frame, first?: number): void;
}

export interface Backend {
  readonly name: string;
  /** Puts a checked plan into memory of its own. It does not keep `plan.data`. */
  prepare(plan: Plan): Promise<LoadedPlan>;
}

export interface PlanEngineOptions {
  /**
   * Whether this device has proven before that this backend gives the plan's known answer. Without it, or
   * when it says no, `load` asks the question, which takes one or two runs.
   */
  readonly isProven?: (plan: Plan["golden"]) => boolean | Promise<boolean>;
  /** Told when the answer was right. */
  readonly onProven?: (plan: Plan["golden"]) => void | Promise<void>;
}

export interface Loaded {
  readonly plan: Omit<Plan, "data">;
  readonly memory: LoadedPlan;
}

/** Runs compiled plans on a backend: bit for bit what every other backend gives. */
export class PlanEngine implements Engine {
  readonly #backend: Backend;
  readonly #options: PlanEngineOptions;
  #loaded: Loaded | undefined;
  #disposed = false;

  constructor(backend: Backend, options: PlanEngineOptions = {}) {
    this.#backend = backend;
    this.#options = options;
  }

  get name(): string {
    return this.#backend.name;
  }

  /** Takes the place of the plan before; one that is refused, or answers wrongly, leaves that in its place. */
  async load(bytes: Uint8Array): Promise<void> {
    this.#assertUsable();
    const { data, ...plan } = await decodePlan(bytes);
    const loaded = { plan, memory: await this.#backend.prepare({ ...plan, data }) };
    await this.#prove(loaded);
    this.#assertUsable();
    this.#loaded = loaded;
  }

  run(inputs: Tensors): Promise<Tensors> {
    // Not async: whoever runs twice in a row gets each answer before the arena is used again.
    try {
      this.#assertUsable();
      if (!this.#loaded) throw new Error("Cannot run: no network is loaded");
      return Promise.resolve(answer(this.#loaded, inputs));
    } catch (cause) {
      return Promise.reject(cause);
    }
  }

  /** Of the plan that is loaded. */
  get plan(): Omit<Plan, "data"> | undefined {
    return this.#loaded?.plan;
  }

  /** Its memory, for those who measure it. */
  get memory(): LoadedPlan | undefined {
    return this.#loaded?.memory;
  }

  dispose(): Promise<void> {
    this.#disposed = true;
    this.#loaded = undefined;
    return Promise.resolve();
  }

  async #prove(loaded: Loaded): Promise<void> {
    const { golden } = loaded.plan;
    if (await this.#options.isProven?.(golden)) return;
    const { input, output } = await ask(loaded);
    if (input !== golden.input || output !== golden.output) {
      throw new Error(
        `Cannot load the plan: ${this.#backend.name} does not give its known answer on this device`,
      );
    }
    await this.#options.onProven?.(golden);
  }

  #assertUsable(): void {
    if (this.#disposed) throw new Error("Cannot use the engine: it was disposed");
  }
}

function answer({ plan, memory }: Loaded, inputs: Tensors): Tensors {
  const frame = writeInputs(plan, memory.arena, inputs);
  memory.run(plan.ops.length, frame);
  return readOutputs(plan, memory.arena);
}

/** A plan that its own question does not fit, such as one of a frame's size, is one that cannot be loaded. */
async function ask(loaded: Loaded): Promise<{ input: string; output: string }> {
  try {
    return await goldenAnswer(loaded);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot load the plan: it cannot answer its question (${why})`, { cause });
  }
}

/** What a backend says to the plan's question: hashes of the question and of the answer. */
export async function goldenAnswer(
  { plan, memory }: Loaded,
): Promise<{ input: string; output: string }> {
  const inputs = goldenInputs(plan);
  const asked = plan.inputs.map(({ name }) => bytesOf(inputs[name].data));
  const told = tellParts({ plan, memory }, writeInputs(plan, memory.arena, inputs));
  return { input: await hashOf(asked), output: await hashOf(told) };
}

/** Runs a plan whose inputs are written; the bytes of its golden parts, in order. */
export function tellParts({ plan, memory }: Loaded, frame: Frame | undefined): Uint8Array[] {
  let done = 0;
  return goldenParts(plan).flatMap(({ ops, tensors }) => {
    memory.run(ops, done === 0 ? frame : undefined, done);
    done = ops;
    return tensors.map((index) => denseBytes(plan, memory.arena, index));
  });
}

function bytesOf(data: Tensors[string]["data"]): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
