import type { Store } from "../field/store/store.ts";
import type { Engine } from "../kernels/engine.ts";
import { OnnxRuntimeEngine } from "../kernels/onnxruntime.ts";
import { PlanEngine, type PlanEngineOptions } from "../kernels/plan_engine.ts";
import { hasRelaxedSimd } from "../kernels/relaxed_simd.ts";
import { type KernelBuild, WasmBackend } from "../kernels/wasm_engine.ts";
import type { ShippedDetector } from "../models/shipped_detector.ts";
import type { AppFiles } from "./app_files.ts";
import type { ModelFiles } from "./model_loader.ts";

export interface RuntimeFile {
  readonly url: string;
  readonly bytes: number;
}

/** What the build put beside the worker. */
export interface RuntimeFiles {
  readonly onnxruntime: RuntimeFile;
  readonly kernels: Readonly<Record<KernelBuild, RuntimeFile>>;
}

/** The engines of this device: own kernels for plans, onnxruntime-web for what has none. */
export function enginesOf(
  runtimes: RuntimeFiles,
  files: AppFiles,
  store: Pick<Store, "setting" | "commit">,
): ModelFiles {
  const build = hasRelaxedSimd() ? "relaxed" : "plain";
  const kernels = runtimes.kernels[build].url;
  const backend = new WasmBackend({ build, readKernels: () => files.read(kernels) });
  const proof = proofOf(store, `${kernels} ${navigator.userAgent}`);
  const engineFor = ({ runtime }: ShippedDetector): Engine =>
    runtime === "plan"
      ? new PlanEngine(backend, proof)
      : new OnnxRuntimeEngine({ readWasm: () => files.read(runtimes.onnxruntime.url) });
  return {
    engineFor,
    engineName: ({ runtime }) => runtime === "plan" ? backend.name : "onnxruntime-web",
    filesOf: (detector) =>
      detector.runtime === "plan" ? [detector] : [detector, runtimes.onnxruntime],
    read: (url) => files.read(url),
    has: (url) => files.has(url),
    forget: (url) => files.forget(url),
    nowMs: () => performance.now(),
  };
}

/** A plan's known answer is asked for once by a kind of kernels and browser, not at every start. */
function proofOf(store: Pick<Store, "setting" | "commit">, device: string): PlanEngineOptions {
  const key = ({ output }: { readonly output: string }) => `engine.proven.${output}`;
  return {
    isProven: async (golden) => await store.setting(key(golden)) === device,
    onProven: (golden) => store.commit({ settings: { [key(golden)]: device } }),
  };
}
