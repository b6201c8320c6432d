import { hashOf } from "../golden.ts";
import { PlanEngine, type PlanEngineOptions } from "../plan_engine.ts";
import { decodePlan } from "../plan_file.ts";
import { GpuBackend, hasPackedDot } from "./gpu_backend.ts";
import type { FoundAdapter, NoGpu, OpenDevice } from "./gpu_device.ts";
import { type GpuFailure, gpuFailureOf, GpuProblem } from "./gpu_failure.ts";
import type { OpenGpu } from "./guarded_gpu.ts";
import type { ShaderSources } from "./pipelines.ts";
import { rememberedTiles, type TileRecord, tuneTiles } from "./tuner.ts";

export interface OpenGpuPorts {
  readonly readPlan: () => Promise<Uint8Array>;
  readonly readShaders: () => Promise<ShaderSources>;
  /** How the plan's known answer is asked for on a kind of device. */
  readonly proofOn: (device: string) => PlanEngineOptions;
  /** Which tiles of the plan's layers were found the fastest on a GPU; null when they were not tuned. */
  readonly recallTiles: (gpu: string) => Promise<unknown>;
  readonly rememberTiles: (gpu: string, record: TileRecord) => Promise<void>;
  /** Of tuning: the cost model serves then. */
  readonly onFailure: (thrown: unknown) => void;
}

/** A lost device first refuses what it is given, and says a moment later that it is lost. */
const SAYS_WHY_WITHIN_MS = 100;

/** A device of the adapter with a plan loaded on it. Throws `GpuProblem`; then nothing of it is left. */
export async function openGpu(
  adapter: FoundAdapter,
  ports: OpenGpuPorts,
): Promise<OpenGpu | { readonly absent: NoGpu; readonly message: string }> {
  const opened = await adapter.open();
  if ("absent" in opened) return opened;
  try {
    return await loaded(adapter, opened, ports);
  } catch (cause) {
    const failure = await endWithin(SAYS_WHY_WITHIN_MS, opened) ?? gpuFailureOf(cause);
    opened.device.destroy();
    throw new GpuProblem(failure, { cause });
  }
}

async function loaded(
  adapter: FoundAdapter,
  { device, ended }: OpenDevice,
  ports: OpenGpuPorts,
): Promise<OpenGpu> {
  const [plan, sources] = await Promise.all([ports.readPlan(), ports.readShaders()]);
  const packedDot = hasPackedDot();
  const record = await tilesOf(adapter, { device, sources, packedDot, plan }, ports);
  const backend = new GpuBackend({ device, sources, packedDot, tiles: rememberedTiles(record) });
  const tiles = await hashOf([new TextEncoder().encode(JSON.stringify(record))]);
  const proof = ports.proofOn(`${adapter.id}, ${backend.name}, tiles ${tiles}`);
  const engine = new PlanEngine(backend, proof);
  await engine.load(plan);
  return {
    engine,
    ended,
    dispose: () => {
      void engine.dispose(); // frees at once, and does not fail
      device.destroy();
    },
  };
}

interface Untuned {
  readonly device: GPUDevice;
  readonly sources: ShaderSources;
  readonly packedDot: boolean;
  readonly plan: Uint8Array;
}

/** As they were found before, else as they are found now. An adapter in software is not worth the time. */
async function tilesOf(
  { id, isSoftware }: FoundAdapter,
  { plan, ...options }: Untuned,
  { recallTiles, rememberTiles, onFailure }: OpenGpuPorts,
): Promise<unknown> {
  if (isSoftware) return null;
  const known = await recallTiles(id);
  if (known !== null) return known;
  try {
    const record = await tuneTiles({ ...options, plan: await decodePlan(plan) });
    await rememberTiles(id, record);
    return record;
  } catch (thrown) {
    onFailure(thrown);
    return null;
  }
}

function endWithin(ms: number, { ended }: OpenDevice): Promise<GpuFailure | null> {
  return Promise.race([
    ended,
    new Promise<null>((resolve) => setTimeout(() => resolve(null), ms)),
  ]);
}
