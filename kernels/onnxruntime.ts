import * as ort from "onnxruntime-web/wasm";
import type { Engine, Tensor, Tensors } from "./engine.ts";

export interface OnnxRuntimeOptions {
  /**
   * Reads `ort-wasm-simd-threaded.wasm` of the same onnxruntime-web version (14 MB). Called at most once
   * in a context that succeeds: all engines of one context share one runtime.
   */
  readonly readWasm: () => Promise<ArrayBuffer>;
}

/**
 * Any ONNX network through onnxruntime-web on one thread: a service worker cannot start another.
 * Float32, int32, uint8 and int8 tensors. Runs in pages, classic and module workers, and Deno.
 */
export class OnnxRuntimeEngine implements Engine {
  readonly name = `onnxruntime-web ${ort.env.versions.web ?? ort.env.versions.common}`;
  readonly #readWasm: () => Promise<ArrayBuffer>;
  #session: ort.InferenceSession | undefined;
  #inputs: ReadonlyMap<string, ort.InferenceSession.TensorValueMetadata> = new Map();
  #disposed = false;

  constructor(options: OnnxRuntimeOptions) {
    this.#readWasm = options.readWasm;
  }

  /** Takes the place of a network loaded before; one that cannot be loaded leaves that in its place. */
  async load(plan: Uint8Array): Promise<void> {
    this.#assertUsable();
    await startRuntime(this.#readWasm);
    const session = await createSession(plan);
    if (this.#disposed) {
      await session.release();
      throw new Error("Cannot load the network: the engine was disposed meanwhile");
    }
    const previous = this.#session;
    this.#session = session;
    this.#inputs = tensorInputs(session);
    await previous?.release();
  }

  async run(inputs: Tensors): Promise<Tensors> {
    this.#assertUsable();
    if (!this.#session) throw new Error("Cannot run: no network is loaded");
    const feeds = toFeeds(inputs, this.#inputs);
    const results = await this.#session.run(feeds);
    return Object.fromEntries(
      Object.entries(results).map(([name, result]) => [name, fromOrt(name, result)]),
    );
  }

  async runBatch(batch: readonly Tensors[]): Promise<Tensors[]> {
    const all: Tensors[] = [];
    for (const inputs of batch) all.push(await this.run(inputs));
    return all;
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    const session = this.#session;
    this.#session = undefined;
    await session?.release();
  }

  #assertUsable(): void {
    if (this.#disposed) throw new Error("Cannot use the engine: it was disposed");
  }
}

/** `\0asm` */
const WASM_MAGIC = [0x00, 0x61, 0x73, 0x6d] as const;

let runtime: Promise<void> | undefined;

/** Hands the runtime its code, once a context. What failed is tried again by the next load. */
function startRuntime(readWasm: () => Promise<ArrayBuffer>): Promise<void> {
  runtime ??= configureRuntime(readWasm).catch((cause) => {
    runtime = undefined;
    throw new Error(`Cannot load onnxruntime: ${messageOf(cause)}`, { cause });
  });
  return runtime;
}

async function configureRuntime(readWasm: () => Promise<ArrayBuffer>): Promise<void> {
  const wasm = await readWasm();
  // The runtime starts once: after other bytes, such as an error page, it could not be started again.
  if (!isWasm(wasm)) throw new Error(`${wasm.byteLength} bytes that are not WebAssembly`);
  // Given as bytes, because by address the runtime would fetch it past the worker's cache.
  ort.env.wasm.wasmBinary = wasm;
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.proxy = false;
  ort.env.logLevel = "error";
}

function isWasm(bytes: ArrayBuffer): boolean {
  const start = new Uint8Array(bytes, 0, Math.min(bytes.byteLength, WASM_MAGIC.length));
  return WASM_MAGIC.every((byte, at) => start[at] === byte);
}

async function createSession(plan: Uint8Array): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(plan, {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "all",
    });
  } catch (cause) {
    throw new Error(`Cannot load a network of ${plan.length} bytes: ${messageOf(cause)}`, {
      cause,
    });
  }
}

function tensorInputs(session: ort.InferenceSession) {
  return new Map(
    session.inputMetadata.flatMap((input) => input.isTensor ? [[input.name, input] as const] : []),
  );
}

function toFeeds(
  inputs: Tensors,
  wanted: ReadonlyMap<string, ort.InferenceSession.TensorValueMetadata>,
): Record<string, ort.Tensor> {
  const unknown = Object.keys(inputs).find((name) => !wanted.has(name));
  if (unknown !== undefined) {
    throw new Error(
      `Cannot run: the network has no input ${unknown}, only ${[...wanted.keys()].join(", ")}`,
    );
  }
  return Object.fromEntries(
    [...wanted].map(([name, metadata]) => {
      if (!Object.hasOwn(inputs, name)) throw new Error(`Cannot run: input ${name} is missing`);
      assertFits(name, inputs[name], metadata);
      return [name, toOrt(inputs[name])];
    }),
  );
}

function assertFits(
  name: string,
  { data, shape }: Tensor,
  metadata: ort.InferenceSession.TensorValueMetadata,
): void {
  const fits = shape.length === metadata.shape.length &&
    metadata.shape.every((size, axis) => typeof size === "string" || size === shape[axis]);
  if (!fits) {
    throw new Error(
      `Cannot run: input ${name} has shape [${shape}], the network wants [${metadata.shape}]`,
    );
  }
  const count = shape.reduce((product, size) => product * size, 1);
  if (data.length !== count) {
    throw new Error(`Cannot run: input ${name} holds ${data.length} elements, not ${count}`);
  }
  const type = elementType(data);
  if (type !== metadata.type) {
    throw new Error(`Cannot run: input ${name} is ${type}, the network wants ${metadata.type}`);
  }
}

function toOrt({ data, shape }: Tensor): ort.Tensor {
  return new ort.Tensor(elementType(data), data, shape);
}

function elementType(data: Tensor["data"]): "float32" | "uint8" | "int8" | "int32" {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Uint8Array) return "uint8";
  if (data instanceof Int8Array) return "int8";
  return "int32";
}

function fromOrt(name: string, { data, dims }: ort.Tensor): Tensor {
  if (
    data instanceof Float32Array || data instanceof Uint8Array || data instanceof Int8Array ||
    data instanceof Int32Array
  ) return { data, shape: dims };
  throw new Error(`Cannot run: output ${name} has elements of a type that is not supported`);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
