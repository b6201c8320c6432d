/** Stands in for `models/kernels_wasm.ts` where the bundle runs. */
import type { KernelBuild } from "../../kernels/wasm_engine.ts";
import { fetchBytes } from "./fetch_bytes.ts";

export function readKernels(build: KernelBuild): Promise<Uint8Array<ArrayBuffer>> {
  return fetchBytes(`/kernels/${build}.wasm`);
}
