/** The engine's shaders for Deno: all `.wgsl` of `kernels/`, by their path there without the ending. */
import type { ShaderSources } from "../kernels/gpu/pipelines.ts";

const KERNELS = new URL("../kernels/", import.meta.url);
const ENDING = ".wgsl";

export async function readShaders(): Promise<ShaderSources> {
  const sources: [string, string][] = [];
  for await (const folder of Deno.readDir(KERNELS)) {
    if (!folder.isDirectory) continue;
    for await (const { name } of Deno.readDir(new URL(`${folder.name}/`, KERNELS))) {
      if (!name.endsWith(ENDING)) continue;
      const path = `${folder.name}/${name.slice(0, -ENDING.length)}`;
      sources.push([path, await Deno.readTextFile(new URL(`${path}${ENDING}`, KERNELS))]);
    }
  }
  return Object.fromEntries(sources.sort());
}
