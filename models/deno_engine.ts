import type { Engine } from "../kernels/engine.ts";
import { OnnxRuntimeEngine } from "../kernels/onnxruntime.ts";
import { wasmEngine } from "../kernels/wasm_engine.ts";
import { readKernels } from "./kernels_wasm.ts";
import { modelBytes } from "./model_bytes.ts";
import type { Detector } from "./model.ts";
import { readOnnxRuntimeWasm } from "./onnxruntime_wasm.ts";

/** What runs a model of the catalogue, loaded; only for Deno: tools and tests. The caller disposes of it. */
export async function loadedEngine(detector: Detector): Promise<Engine> {
  const engine = engineOf(detector);
  await engine.load(await modelBytes(detector.id));
  return engine;
}

function engineOf({ runtime }: Detector): Engine {
  switch (runtime) {
    case "plan":
      return wasmEngine({ readKernels });
    case "onnxruntime":
      return new OnnxRuntimeEngine({ readWasm: readOnnxRuntimeWasm });
  }
}
