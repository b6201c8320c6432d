import type { Store } from "../field/store/store.ts";
import {
  type AbsentGpu,
  ChosenEngine,
  type FoundGpu,
  type ProcessorMode,
} from "../kernels/chosen_engine.ts";
import type { Engine } from "../kernels/engine.ts";
import { findAdapter } from "../kernels/gpu/gpu_device.ts";
import { openGpu, type OpenGpuPorts } from "../kernels/gpu/open_gpu.ts";
import type { ShaderSources } from "../kernels/gpu/pipelines.ts";
import { OnnxRuntimeEngine } from "../kernels/onnxruntime.ts";
import { PlanEngine, type PlanEngineOptions } from "../kernels/plan_engine.ts";
import { hasRelaxedSimd } from "../kernels/relaxed_simd.ts";
import { areSameBits } from "../kernels/same_bits.ts";
import { type KernelBuild, WasmBackend } from "../kernels/wasm_engine.ts";
import type { ShippedDetector } from "../models/shipped_detector.ts";
import type { AppFiles } from "./app_files.ts";
import { isFields } from "./call_fields.ts";
import { assertWhole, type ModelFiles } from "./model_loader.ts";
import { GpuMemory, parseRemembered } from "./gpu_memory.ts";

export interface RuntimeFile {
  readonly url: string;
  readonly bytes: number;
}

/** What the build put beside the worker. */
export interface RuntimeFiles {
  readonly onnxruntime: RuntimeFile;
  readonly kernels: Readonly<Record<KernelBuild, RuntimeFile>>;
  /** JSON: the sources by their paths. */
  readonly shaders: RuntimeFile;
  /** Of the app. */
  readonly version: string;
}

type Settings = Pick<Store, "setting" | "commit">;

/** The engines of this device: own kernels for plans, onnxruntime-web for what has none. */
export function enginesOf(runtimes: RuntimeFiles, files: AppFiles, store: Settings): ModelFiles {
  const plans = new PlanEngines(runtimes, files, store);
  const engineFor = (detector: ShippedDetector, processor: ProcessorMode): Engine =>
    detector.runtime === "plan"
      ? plans.engineFor(detector, processor)
      : new OnnxRuntimeEngine({ readWasm: () => files.read(runtimes.onnxruntime.url) });
  return {
    engineFor,
    engineName: ({ runtime }) => runtime === "plan" ? plans.name : "onnxruntime-web",
    filesOf: (detector) =>
      detector.runtime === "plan" ? [detector] : [detector, runtimes.onnxruntime],
    read: (url) => files.read(url),
    has: (url) => files.has(url),
    forget: (url) => files.forget(url),
    nowMs: () => performance.now(),
  };
}

/** Engines for plans: the kernels, and the GPU where it is the faster. */
class PlanEngines {
  readonly #runtimes: RuntimeFiles;
  readonly #files: AppFiles;
  readonly #store: Settings;
  readonly #kernels: string;
  readonly #wasm: WasmBackend;

  constructor(runtimes: RuntimeFiles, files: AppFiles, store: Settings) {
    const build = hasRelaxedSimd() ? "relaxed" : "plain";
    const { url } = runtimes.kernels[build];
    this.#runtimes = runtimes;
    this.#files = files;
    this.#store = store;
    this.#kernels = url;
    this.#wasm = new WasmBackend({ build, readKernels: () => files.read(url) });
  }

  /** Of what looks first. */
  get name(): string {
    return this.#wasm.name;
  }

  engineFor(detector: ShippedDetector, mode: ProcessorMode): Engine {
    const proof = this.#proofFor("wasm", `${this.#kernels} ${navigator.userAgent}`);
    const wasm = new PlanEngine(this.#wasm, proof);
    const memory = this.#memoryOf(`engine.gpu.times.${detector.sha256}`);
    return new ChosenEngine({
      wasm,
      mode,
      findGpu: () => findGpu(this.#gpuPorts(detector)),
      recall: async (gpu) => parseRemembered(await memory.recall(gpu)),
      remember: (gpu, found) => memory.remember(gpu, found),
      // floats of a GPU are its own: they were held to Wasm's when the plan was loaded
      isSame: (outputs, expected) =>
        wasm.plan?.precision !== "int8" || areSameBits(outputs, expected),
      nowMs: () => performance.now(),
      dateMs: () => Date.now(),
      after: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
      onFailure: (thrown) => console.error("Cannot choose the processor", thrown),
    });
  }

  #gpuPorts(detector: ShippedDetector): OpenGpuPorts {
    const { url } = this.#runtimes.shaders;
    const tiles = this.#memoryOf(`engine.gpu.tiles.${detector.sha256}`);
    return {
      readPlan: async () => {
        const plan = new Uint8Array(await this.#files.read(detector.url));
        await assertWhole(detector, plan, this.#files);
        return plan;
      },
      readShaders: async () => parseShaders(await this.#files.read(url)),
      proofOn: (device) => ({
        ...this.#proofFor("gpu", `${url} ${navigator.userAgent}, ${device}`),
        oracle: this.#wasm,
      }),
      recallTiles: (gpu) => tiles.recall(gpu),
      rememberTiles: (gpu, record) => tiles.remember(gpu, record),
      onFailure: (thrown) => console.error("Cannot tune the graphics processor", thrown),
    };
  }

  #memoryOf(key: string): GpuMemory {
    const version = `${this.#runtimes.version} ${navigator.userAgent}`;
    return new GpuMemory(this.#store, { key, version });
  }

  /** A plan's known answer is asked for once by a kind of engine and browser, not at every start. */
  #proofFor(backend: "gpu" | "wasm", device: string): PlanEngineOptions {
    const key = ({ output }: { readonly output: string }) =>
      backend === "wasm" ? `engine.proven.${output}` : `engine.proven.${backend}.${output}`;
    return {
      isProven: async (golden) => await this.#store.setting(key(golden)) === device,
      onProven: (golden) => this.#store.commit({ settings: { [key(golden)]: device } }),
    };
  }
}

async function findGpu(ports: OpenGpuPorts): Promise<FoundGpu | AbsentGpu> {
  const adapter = await findAdapter();
  if ("absent" in adapter) return adapter;
  const { name, id, isSoftware } = adapter;
  return { name, id, isSoftware, open: () => openGpu(adapter, ports) };
}

function parseShaders(file: ArrayBuffer): ShaderSources {
  const sources: unknown = JSON.parse(new TextDecoder().decode(file));
  if (!isShaderSources(sources)) throw new Error("Cannot load the shaders: the file is damaged");
  return sources;
}

function isShaderSources(value: unknown): value is ShaderSources {
  return isFields(value) && Object.values(value).every((source) => typeof source === "string");
}
