import * as ort from "onnxruntime-web/webgpu";
import type { Tensors } from "../../kernels/engine.ts";
import type { RunnerOutput } from "./entrant.ts";
import type { PeerStart, ReadFile } from "./gpu_runners.ts";

/** Where the benchmark's server has `ort-wasm-simd-threaded.asyncify.wasm`: its WebGPU provider is in there. */
export const ONNX_RUNTIME_WASM = "/onnxruntime-webgpu.wasm";

/**
 * onnxruntime-web's WebGPU provider as it comes, on a device of its own. It runs in a service worker when it
 * is bundled and its Wasm is given as bytes: only `import()` and paths are forbidden there.
 */
export function onnxRuntimeWebGpu(read: ReadFile): PeerStart {
  return async (network, inputs) => {
    ort.env.wasm.wasmBinary ??= await read(ONNX_RUNTIME_WASM);
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = "error";
    const session = await ort.InferenceSession.create(new Uint8Array(network), {
      executionProviders: ["webgpu"],
      graphOptimizationLevel: "all",
    });
    const feeds = feedsOf(inputs);
    return async () =>
      Object.entries(await session.run(feeds)).map(([name, { data }]) => numbersOf(name, data));
  };
}

function feedsOf(inputs: Tensors): Record<string, ort.Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { data, shape }]) => {
      if (!(data instanceof Float32Array)) throw new Error(`Cannot run: ${name} is not float32`);
      return [name, new ort.Tensor("float32", data, shape)];
    }),
  );
}

function numbersOf(name: string, data: ort.Tensor["data"]): RunnerOutput {
  if (data instanceof Float32Array) return data;
  throw new Error(`Cannot run: output ${name} is not float32`);
}
