import type { ArenaPlan } from "./arena_plan.ts";
import type { Engine, Tensors } from "./engine.ts";
import { goldenInputs, hashOf } from "./golden.ts";
import { isNear } from "./near.ts";
import type { Plan } from "./plan.ts";
import { decodePlan } from "./plan_file.ts";

/** A plan in some backend's memory. */
export interface LoadedPlan {
  /** The outputs for each item of a batch: what it would give alone. Throws `Error("Cannot run: …")`. */
  answer(batch: readonly Tensors[]): Tensors[] | Promise<Tensors[]>;
  /** The bytes of the plan's golden parts (golden.ts), in order. */
  tell(inputs: Tensors): Uint8Array[] | Promise<Uint8Array[]>;
  /** Frees what the collector would not. */
  dispose(): void;
}

export interface Backend {
  readonly name: string;
  /** Puts a checked plan into memory of its own. It does not keep `plan.data`. */
  prepare(plan: Plan): Promise<LoadedPlan>;
}

/** A backend whose memory is the program's own. */
export interface ArenaBackend extends Backend {
  prepare(plan: Plan): Promise<ArenaPlan>;
}

export interface PlanEngineOptions {
  /**
   * Whether this device has proven before that this backend gives the plan's known answer. Without it, or
   * when it says no, `load` asks the question, which takes one or two runs.
   */
  readonly isProven?: (plan: Plan["golden"]) => boolean | Promise<boolean>;
  /** Told when the answer was right. */
  readonly onProven?: (plan: Plan["golden"]) => void | Promise<void>;
  /**
   * Answers the question of an fp32 plan for a backend whose floats are its own (a GPU's): the two must be
   * within `NEAR` of each other, where else the bits must be the known ones.
   */
  readonly oracle?: Backend;
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
    const plan = await decodePlan(bytes);
    const memory = await this.#backend.prepare(plan);
    try {
      await this.#prove(plan, memory);
      this.#assertUsable();
    } catch (cause) {
      memory.dispose();
      throw cause;
    }
    this.#loaded?.memory.dispose();
    const { data: _, ...header } = plan;
    this.#loaded = { plan: header, memory };
  }

  async run(inputs: Tensors): Promise<Tensors> {
    const [outputs] = await this.runBatch([inputs]);
    return outputs;
  }

  runBatch(batch: readonly Tensors[]): Promise<Tensors[]> {
    // Not async: whoever runs twice in a row gets each answer before the arena is used again.
    try {
      this.#assertUsable();
      if (!this.#loaded) throw new Error("Cannot run: no network is loaded");
      return Promise.resolve(this.#loaded.memory.answer(batch));
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
    this.#loaded?.memory.dispose();
    this.#loaded = undefined;
    return Promise.resolve();
  }

  async #prove(plan: Plan, memory: LoadedPlan): Promise<void> {
    const { golden } = plan;
    if (await this.#options.isProven?.(golden)) return;
    const told = await ask({ plan, memory });
    if (!await this.#isRight(plan, told)) {
      throw new Error(
        `Cannot load the plan: ${this.#backend.name} does not give its known answer on this device`,
      );
    }
    await this.#options.onProven?.(golden);
  }

  async #isRight(plan: Plan, told: Told): Promise<boolean> {
    const { oracle } = this.#options;
    const { input, output } = await hashesOf(told);
    if (input !== plan.golden.input) return false;
    if (!oracle || plan.precision === "int8") return output === plan.golden.output;
    const memory = await oracle.prepare(plan);
    const known = await ask({ plan, memory });
    memory.dispose();
    const isKnown = (await hashesOf(known)).output === plan.golden.output;
    return isKnown && known.parts.every((part, at) => isNear(told.parts[at], part));
  }

  #assertUsable(): void {
    if (this.#disposed) throw new Error("Cannot use the engine: it was disposed");
  }
}

/** A plan's question and what a backend says to it, as bytes. */
interface Told {
  readonly asked: readonly Uint8Array[];
  readonly parts: readonly Uint8Array[];
}

/** A plan that its own question does not fit, such as one of a frame's size, is one that cannot be loaded. */
async function ask({ plan, memory }: Loaded): Promise<Told> {
  try {
    const inputs = goldenInputs(plan);
    const asked = plan.inputs.map(({ name }) => bytesOf(inputs[name].data));
    return { asked, parts: await memory.tell(inputs) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot load the plan: it cannot answer its question (${why})`, { cause });
  }
}

/** What a backend says to the plan's question: hashes of the question and of the answer. */
export async function goldenAnswer(loaded: Loaded): Promise<{ input: string; output: string }> {
  return await hashesOf(await ask(loaded));
}

async function hashesOf({ asked, parts }: Told): Promise<{ input: string; output: string }> {
  return { input: await hashOf(asked), output: await hashOf(parts) };
}

function bytesOf(data: Tensors[string]["data"]): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
