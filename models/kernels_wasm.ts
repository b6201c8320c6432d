/** The engine's Wasm kernels for Deno: compiled once a source, kept in `.cache/kernels`. */
import { createHash } from "node:crypto";
import { compileKernels } from "../kernels/compile_kernels.ts";
import type { KernelBuild } from "../kernels/wasm_engine.ts";

const KERNELS = new URL("../kernels/", import.meta.url);
const CACHE = new URL("../.cache/kernels/", import.meta.url);

/** As `wasmEngine` wants it. Throws with the AssemblyScript compiler's words. */
export async function readKernels(build: KernelBuild): Promise<Uint8Array<ArrayBuffer>> {
  const file = new URL(`${build}-${await sourceHash()}.wasm`, CACHE);
  const kept = await Deno.readFile(file).catch(() => undefined); // not compiled yet
  if (kept && WebAssembly.validate(kept)) return kept;
  const made = await compileKernels(build);
  await keep(file, made);
  return made;
}

async function keep(file: URL, bytes: Uint8Array): Promise<void> {
  await Deno.mkdir(CACHE, { recursive: true });
  const half = new URL(`${file}.${crypto.randomUUID()}`);
  await Deno.writeFile(half, bytes);
  await Deno.rename(half, file); // whole or not at all: others may be reading
}

async function sourceHash(): Promise<string> {
  const hash = createHash("sha256");
  for (const path of (await sourcesIn(KERNELS)).sort()) {
    hash.update(path).update(await Deno.readFile(new URL(path, KERNELS)));
  }
  return hash.digest("hex").slice(0, 16);
}

async function sourcesIn(folder: URL, prefix = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      paths.push(...await sourcesIn(new URL(`${name}/`, folder), `${prefix}${name}/`));
    } else if (name.endsWith(".as.ts") || name === "compile_kernels.ts") paths.push(prefix + name);
  }
  return paths;
}
