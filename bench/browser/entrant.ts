/** What the benchmark tells a browser to load and time; the same words in Deno, pages and the worker. */

/** In the service worker, and in a page of its own each. */
export const WORKER_ENGINES = ["fieldmesh-relaxed", "fieldmesh-plain", "onnxruntime"] as const;
export const PAGE_ENGINES = ["litert-relaxed", "litert-compat", "tfjs-wasm"] as const;

export type WorkerEngine = (typeof WORKER_ENGINES)[number];
export type PageEngine = (typeof PAGE_ENGINES)[number];

/** A network on an engine. Addresses are of the benchmark's server. */
export interface Entrant<E extends WorkerEngine | PageEngine = WorkerEngine | PageEngine> {
  readonly name: string;
  readonly engine: E;
  /** Address of the network's file; tfjs builds its network itself. */
  readonly network: string;
  readonly input: EntrantInput;
}

/** A dense tensor, row-major, as a file of its elements. */
export interface EntrantInput {
  readonly name: string;
  readonly type: "float32" | "uint8";
  readonly shape: readonly number[];
  readonly address: string;
}

/** A network that is loaded. */
export interface Runner {
  /** One run, from the input in JavaScript's memory to the outputs there. */
  run(): Promise<RunnerOutput[]>;
}

export type RunnerOutput = Float32Array | Int32Array | Uint8Array | Int8Array;

/** What Deno asks of a page, in `globalThis.bench`; the page asks its worker the same. */
export interface Bench {
  /** Fetches it, starts its engine if need be, and runs it until it is warm. */
  load(entrant: Entrant): Promise<void>;
  /** Milliseconds a run, several samples in about `budgetMs`. Throws unless it is loaded. */
  sample(name: string, budgetMs: number): Promise<number[]>;
  /** The first output of one run. */
  answer(name: string): Promise<number[]>;
}

declare global {
  /** In the benchmark's page. */
  var bench: Bench;
}

export async function readInput(
  { type, address }: EntrantInput,
): Promise<Float32Array | Uint8Array> {
  const bytes = await readFile(address);
  return type === "float32" ? new Float32Array(bytes) : new Uint8Array(bytes);
}

export async function readFile(address: string): Promise<ArrayBuffer> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`Cannot read ${address}: ${response.status}`);
  return await response.arrayBuffer();
}
