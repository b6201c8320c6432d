import { ArenaPlan } from "./arena_plan.ts";
import type { Frame } from "./engine.ts";
import { feedFrame } from "./image/feed_frame.ts";
import type { OpDefinition } from "./op_definition.ts";
import { OPS } from "./ops.ts";
import { type Plan, type PlanOp, SLACK_BYTES } from "./plan.ts";
import { type ArenaBackend, PlanEngine, type PlanEngineOptions } from "./plan_engine.ts";
import type { Addresses } from "./records.ts";
import { hasRelaxedSimd } from "./relaxed_simd.ts";

/** `relaxed` needs relaxed SIMD (Chrome 114, Firefox 146); `plain` runs wherever SIMD does. */
export type KernelBuild = "plain" | "relaxed";

export interface WasmBackendOptions {
  /** Reads the kernels of a build. Called once by a backend, at the first plan. */
  readonly readKernels: (build: KernelBuild) => Promise<ArrayBuffer | Uint8Array<ArrayBuffer>>;
  /** Else what the device can: see `hasRelaxedSimd`. */
  readonly build?: KernelBuild;
}

const PAGE_BYTES = 65536;
/** The kernels' own constants lie below; `program.as.ts` has only a few. */
const FIRST_ADDRESS = PAGE_BYTES;
/** Where vectors and cache lines begin. */
const ALIGNMENT = 64;
const MAX_MEMORY_BYTES = 2 ** 31;

interface Kernels {
  readonly heapBase: () => number;
  readonly run: (program: number, end: number) => void;
  readonly image_rows: (...words: number[]) => void;
}

/** AssemblyScript kernels, SIMD, one thread. A plan has one memory of fixed size: nothing grows in use. */
export class WasmBackend implements ArenaBackend {
  readonly name: string;
  readonly #build: KernelBuild;
  readonly #readKernels: WasmBackendOptions["readKernels"];
  #module: Promise<WebAssembly.Module> | undefined;

  constructor({ readKernels, build }: WasmBackendOptions) {
    this.#build = build ?? (hasRelaxedSimd() ? "relaxed" : "plain");
    this.#readKernels = readKernels;
    this.name = `fieldmesh wasm, ${this.#build} SIMD`;
  }

  async prepare(plan: Plan): Promise<WasmPlan> {
    this.#module ??= this.#compile().catch((cause) => {
      this.#module = undefined; // tried again by the next plan
      throw cause;
    });
    return new WasmPlan(plan, await this.#module);
  }

  async #compile(): Promise<WebAssembly.Module> {
    try {
      return await WebAssembly.compile(await this.#readKernels(this.#build));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`Cannot load the kernels (${this.#build} SIMD): ${why}`, { cause });
    }
  }
}

/** A plan in the kernels' memory. */
export class WasmPlan extends ArenaPlan {
  override readonly arena: { readonly buffer: ArrayBuffer; readonly start: number };
  readonly #kernels: Kernels;
  /** Address of each op's record, and of the end. */
  readonly #records: readonly number[];
  readonly #image: { readonly record: number; readonly scratch: number } | undefined;

  constructor(plan: Plan, module: WebAssembly.Module) {
    super(plan);
    const places = placesOf(plan);
    const pages = Math.ceil(places.end / PAGE_BYTES);
    const memory = memoryOf(pages);
    this.#kernels = kernelsOf(module, memory);
    this.arena = { buffer: memory.buffer, start: places.arena };
    new Uint8Array(memory.buffer).set(plan.data, places.data);
    this.#records = writeRecords(plan, places, memory.buffer);
    const image = plan.ops.findIndex(({ op }) => op === "image");
    if (image >= 0) this.#image = { record: this.#records[image] + 8, scratch: places.scratch };
  }

  /** Of the whole module: kernels, plan and arena. */
  get bytes(): number {
    return this.arena.buffer.byteLength;
  }

  override run(end: number, frame?: Frame, first = 0): void {
    if (frame && this.#image) {
      feedFrame(this.#kernels.image_rows, this.arena.buffer, this.#image, frame);
    }
    this.#kernels.run(this.#records[first], this.#records[end]);
  }
}

type Places = Addresses & { readonly program: number; readonly end: number };

function placesOf(plan: Plan): Places {
  const scratchBytes = Math.max(0, ...plan.ops.map((op) => scratchOf(op, plan)));
  const program = FIRST_ADDRESS;
  const words = plan.ops.reduce((sum, op) => sum + recordOf(op, nowhere(plan)).length, 0);
  const data = align(program + words * 4);
  const scratch = align(data + plan.data.length + SLACK_BYTES);
  const arena = align(scratch + scratchBytes + SLACK_BYTES);
  const end = arena + plan.arenaBytes + SLACK_BYTES;
  if (end > MAX_MEMORY_BYTES) throw new Error(`Cannot load the plan: it needs ${end} bytes`);
  return { plan, program, data, scratch, arena, end };
}

function writeRecords(plan: Plan, places: Places, buffer: ArrayBuffer): number[] {
  const addresses: number[] = [];
  let at = places.program;
  for (const op of plan.ops) {
    const record = recordOf(op, places);
    new Int32Array(buffer, at, record.length).set(record);
    addresses.push(at);
    at += record.length * 4;
  }
  return [...addresses, at];
}

/** Opcode, length in words, and what the op's kernel reads. */
function recordOf(op: PlanOp, addresses: Addresses): number[] {
  const words = definitionOf(op).record(op, addresses);
  return [OPCODES.indexOf(op.op), words.length + 2, ...words];
}

const OPCODES = Object.keys(OPS);

function scratchOf(op: PlanOp, plan: Plan): number {
  return definitionOf(op).scratchBytes?.(op, plan) ?? 0;
}

function definitionOf(op: PlanOp): OpDefinition<PlanOp> {
  // The table holds for each name the definition for just that op, which the compiler cannot follow here.
  return OPS[op.op] as OpDefinition<PlanOp>;
}

/** A record's length is the same wherever things lie. */
function nowhere(plan: Plan): Addresses {
  return { plan, arena: 0, data: 0, scratch: 0 };
}

function memoryOf(pages: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    const bytes = pages * PAGE_BYTES;
    throw new Error(`Cannot load the plan: the device does not give it ${bytes} bytes`, { cause });
  }
}

function kernelsOf(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const { heapBase, run, image_rows } = exportsOf(module, memory);
  if (![heapBase, run, image_rows].every((each) => typeof each === "function")) {
    throw new Error("Cannot load the kernels: they are of another version");
  }
  const kernels = { heapBase, run, image_rows } as unknown as Kernels; // just looked at
  if (kernels.heapBase() > FIRST_ADDRESS) throw new Error("Cannot load the kernels: too large");
  return kernels;
}

function exportsOf(module: WebAssembly.Module, memory: WebAssembly.Memory): WebAssembly.Exports {
  try {
    return new WebAssembly.Instance(module, { env: { memory } }).exports;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot load the kernels: ${why}`, { cause });
  }
}

function align(address: number): number {
  return Math.ceil(address / ALIGNMENT) * ALIGNMENT;
}

/** Runs plans on the Wasm kernels. */
export function wasmEngine(options: WasmBackendOptions & PlanEngineOptions): PlanEngine {
  return new PlanEngine(new WasmBackend(options), options);
}
