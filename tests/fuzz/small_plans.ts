import { compileOnnx } from "../../kernels/compiler/compile.ts";
import { WasmBackend } from "../../kernels/wasm_engine.ts";
import { readKernels } from "../../models/kernels_wasm.ts";
import { smallNetworks } from "./networks.ts";

export interface SmallPlan {
  readonly name: string;
  readonly file: Uint8Array<ArrayBuffer>;
}

/** The small networks, compiled. */
export async function smallPlans(): Promise<SmallPlan[]> {
  const backend = new WasmBackend({ readKernels });
  return await Promise.all(
    smallNetworks().map(async ({ name, onnx, options }) => {
      const { plan } = await compileOnnx(onnx, options, { backend });
      return { name, file: plan };
    }),
  );
}
