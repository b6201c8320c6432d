/** The AssemblyScript kernels to WebAssembly: two builds of one source. Runs in Deno and Node, at build time. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import type { KernelBuild } from "./wasm_engine.ts";

const FOLDER = new URL("./", import.meta.url);
const FLAGS = [
  "--runtime=stub",
  "--importMemory",
  "--noExportMemory",
  "--initialMemory=1",
  "--optimizeLevel=3",
  "--shrinkLevel=0",
  "--noAssert",
  "--use=abort=",
  "--enable=simd",
];

/**
 * Compiles `program.as.ts`, or another entry of this folder given as source. Same source, same bytes.
 * Throws with the compiler's own words.
 */
export async function compileKernels(
  build: KernelBuild,
  source?: string,
): Promise<Uint8Array<ArrayBuffer>> {
  let wasm: Uint8Array | undefined;
  const flags = build === "relaxed" ? [...FLAGS, "--enable=relaxed-simd"] : FLAGS;
  const { error, stderr } = await asc.main(["program.as.ts", ...flags, "--outFile=kernels.wasm"], {
    readFile: (name, baseDir) =>
      source !== undefined && name === "program.as.ts" ? source : readSource(name, baseDir),
    writeFile: (name, contents) => {
      if (name.endsWith(".wasm") && typeof contents !== "string") wasm = contents;
    },
    listFiles: () => [],
  });
  if (error || !wasm) {
    throw new Error(`Cannot compile the kernels (${build}): ${stderr.toString()}`, {
      cause: error,
    });
  }
  return Uint8Array.from(wasm);
}

async function readSource(name: string, baseDir: string): Promise<string | null> {
  try {
    return await readFile(
      fileURLToPath(new URL(name, baseDir === "." ? FOLDER : `file://${baseDir}/`)),
      "utf8",
    );
  } catch {
    return null; // the compiler asks for files that need not be there, and names those that must
  }
}
