/** Whether `dist/` is still what its inputs give, without building it. */
import { hashOf } from "./hash.ts";

const ROOT = new URL("../", import.meta.url);
export const INPUTS: readonly string[] = [
  "build.ts",
  "build",
  "client.ts",
  "theme.ts",
  "deno.json",
  "deno.lock",
  "field",
  "hub",
  "islands",
  "kernels",
  "models",
  "page",
  "routes",
  "static",
  "sw",
];

/** Changes when an input does: paths, sizes and times. */
export async function stampOf(): Promise<string> {
  const lines: string[] = [];
  for (const input of INPUTS) {
    const url = new URL(input, ROOT);
    const info = await Deno.stat(url);
    const files = info.isDirectory ? filesIn(new URL(`${url}/`)) : [""];
    for await (const path of files) {
      const { size, mtime } = await Deno.stat(path ? new URL(path, `${url}/`) : url);
      if (!path.endsWith("_test.ts")) lines.push(`${input}/${path} ${size} ${mtime?.getTime()}`);
    }
  }
  return hashOf(lines.sort().join("\n"));
}

/** What was stamped there; null when nothing was. */
export async function readStamp(file: URL): Promise<string | null> {
  try {
    return await Deno.readTextFile(file);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return null;
    throw cause;
  }
}

/** Of all files below a folder, their paths from it. */
export async function* filesIn(folder: URL, prefix = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* filesIn(new URL(`${name}/`, folder), `${prefix}${name}/`);
    else yield prefix + name;
  }
}
