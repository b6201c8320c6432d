/** Stands in for `models/kernels_wgsl.ts` where the bundle runs. */
import type { ShaderSources } from "../../kernels/gpu/pipelines.ts";
import { fetchBytes } from "./fetch_bytes.ts";

export async function readShaders(): Promise<ShaderSources> {
  return JSON.parse(new TextDecoder().decode(await fetchBytes("/shaders.json")));
}
