import { compileOnnx } from "../../kernels/compiler/compile.ts";
import type { ArenaBackend } from "../../kernels/plan_engine.ts";
import { smallNetworks } from "./networks.ts";

export interface SmallPlan {
  readonly name: string;
  readonly file: Uint8Array<ArrayBuffer>;
}

/** The small networks, compiled; whichever backend does it, they come out the same. */
export async function smallPlans(backend: ArenaBackend): Promise<SmallPlan[]> {
  return await Promise.all(
    smallNetworks().map(async ({ name, onnx, options }) => {
      const { plan } = await compileOnnx(onnx, options, { backend });
      return { name, file: plan };
    }),
  );
}
