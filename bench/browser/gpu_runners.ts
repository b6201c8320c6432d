import type { Tensors } from "../../kernels/engine.ts";
import { GpuBackend, hasPackedDot } from "../../kernels/gpu/gpu_backend.ts";
import { findAdapter, type FoundAdapter } from "../../kernels/gpu/gpu_device.ts";
import { GpuPlan } from "../../kernels/gpu/gpu_plan.ts";
import type { ShaderSources } from "../../kernels/gpu/pipelines.ts";
import { PlanProfiler } from "../../kernels/gpu/profile_plan.ts";
import { rememberedTiles, tuneTiles } from "../../kernels/gpu/tuner.ts";
import { PlanEngine } from "../../kernels/plan_engine.ts";
import { decodePlan } from "../../kernels/plan_file.ts";
import { type KernelBuild, wasmEngine } from "../../kernels/wasm_engine.ts";
import type { RunnerOutput } from "./entrant.ts";
import type { GpuBench, GpuEntrant, GpuFacts } from "./gpu_questions.ts";
import { timeRuns } from "./stopwatch.ts";

/** Where a JSON object of all shaders is read: `ShaderSources`. */
export const SHADERS = "/shaders.json";

export type ReadFile = (address: string) => Promise<ArrayBuffer>;
type Run = () => Promise<RunnerOutput[]>;
/** Loads a network on onnxruntime-web; the runs are all on the inputs given. */
export type PeerStart = (network: ArrayBuffer, inputs: Tensors) => Promise<Run>;

interface Loaded {
  readonly run: Run;
  /** Milliseconds by op; undefined where there is no clock. */
  readonly profile?: () => Promise<number[]>;
}

/** Keeps the networks, and times them one at a time. Ours share one device. */
export class GpuRunners implements GpuBench {
  readonly #read: ReadFile;
  readonly #startPeer: PeerStart | undefined;
  readonly #loaded = new Map<string, Loaded>();
  readonly #newest = new Map<string, RunnerOutput[]>();
  #adapter: Promise<FoundAdapter | undefined> | undefined;
  #device: Promise<GPUDevice> | undefined;

  constructor(read: ReadFile, startPeer?: PeerStart) {
    this.#read = read;
    this.#startPeer = startPeer;
  }

  async facts(): Promise<GpuFacts | undefined> {
    const found = await this.#found();
    if (!found) return undefined;
    const { name, isSoftware } = found;
    return { adapter: name || "unnamed", isSoftware, hasPackedDot: hasPackedDot() };
  }

  async load(entrant: GpuEntrant): Promise<void> {
    this.#loaded.set(entrant.name, await this.#start(entrant));
  }

  async sample(name: string, budgetMs: number): Promise<number[]> {
    const { run } = this.#get(name);
    return await timeRuns(async () => {
      this.#newest.set(name, await run());
    }, budgetMs);
  }

  answer(name: string): Promise<number[]> {
    const [first] = this.#newest.get(name) ?? [];
    return Promise.resolve(Array.from(first ?? []));
  }

  async profile(name: string, rounds: number): Promise<number[]> {
    const { profile } = this.#get(name);
    if (!profile) return [];
    let fastest = await profile();
    for (let round = 1; round < rounds; round++) {
      const times = await profile();
      fastest = fastest.map((ms, op) => Math.min(ms, times[op]));
    }
    return fastest;
  }

  #get(name: string): Loaded {
    const loaded = this.#loaded.get(name);
    if (!loaded) {
      throw new Error(`Cannot time ${name}: it is not loaded here (a worker restarted?)`);
    }
    return loaded;
  }

  async #start(entrant: GpuEntrant): Promise<Loaded> {
    const network = await this.#read(entrant.network);
    const inputs = await this.#inputs(entrant);
    switch (entrant.engine) {
      case "fieldmesh-gpu-packed":
        return await this.#startGpu(true, network, inputs);
      case "fieldmesh-gpu-plain":
        return await this.#startGpu(false, network, inputs);
      case "fieldmesh-wasm":
        return await this.#startWasm(network, inputs);
      case "onnxruntime-webgpu":
        if (!this.#startPeer) throw new Error("Cannot load onnxruntime-web's WebGPU: not here");
        return { run: await this.#startPeer(network, inputs) };
    }
  }

  /**
   * Tuned on this device, as the app has it from its second start on; on a software adapter as the cost model
   * has it, since compiling all ways takes a minute there.
   */
  async #startGpu(packedDot: boolean, network: ArrayBuffer, inputs: Tensors): Promise<Loaded> {
    const device = await this.#opened();
    const sources: ShaderSources = JSON.parse(new TextDecoder().decode(await this.#read(SHADERS)));
    const bytes = new Uint8Array(network);
    const backend = { device, sources, packedDot };
    const isSoftware = (await this.#found())?.isSoftware;
    const record = isSoftware ? {} : await tuneTiles({ ...backend, plan: await decodePlan(bytes) });
    const tiles = rememberedTiles(record);
    const engine = new PlanEngine(new GpuBackend({ ...backend, tiles }));
    await engine.load(bytes);
    const { memory } = engine;
    const profiler = memory instanceof GpuPlan ? PlanProfiler.of(device, memory) : undefined;
    return {
      run: () => runOnce(engine, inputs),
      ...profiler && { profile: () => profiler.profile(inputs) },
    };
  }

  /** The build that the app takes on this device. */
  async #startWasm(network: ArrayBuffer, inputs: Tensors): Promise<Loaded> {
    const readKernels = (build: KernelBuild) => this.#read(`/kernels-${build}.wasm`);
    const engine = wasmEngine({ readKernels });
    await engine.load(new Uint8Array(network));
    return { run: () => runOnce(engine, inputs) };
  }

  async #inputs({ input: { name, type, shape, address } }: GpuEntrant): Promise<Tensors> {
    const bytes = await this.#read(address);
    const data = type === "float32" ? new Float32Array(bytes) : new Uint8Array(bytes);
    return { [name]: { data, shape } };
  }

  #found(): Promise<FoundAdapter | undefined> {
    return this.#adapter ??= findAdapter().then((found) => "absent" in found ? undefined : found);
  }

  #opened(): Promise<GPUDevice> {
    return this.#device ??= this.#open();
  }

  async #open(): Promise<GPUDevice> {
    const found = await this.#found();
    const opened = await found?.open();
    if (!opened || "absent" in opened) {
      throw new Error(`Cannot open the GPU: ${opened ? opened.message : "there is no adapter"}`);
    }
    return opened.device;
  }
}

async function runOnce(engine: PlanEngine, inputs: Tensors): Promise<RunnerOutput[]> {
  return Object.values(await engine.run(inputs)).map(({ data }) => data);
}
