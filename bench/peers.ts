/** What ours is measured against: not the project's dependencies, so installed apart, on demand. */
import { fileURLToPath } from "node:url";
import { ROOT } from "../tests/source_files.ts";

const LISTED = new URL("peers/", import.meta.url);
const INSTALLED = new URL(".cache/bench/peers/", ROOT);
const FILES = ["package.json", "deno.lock"] as const;
/** Lies there when the install has ended well; holds what was installed. */
const DONE = "installed.json";

/** Where `node_modules` with the peers lies; installs them first if they are not there as listed. */
export async function installPeers(): Promise<URL> {
  const wanted = await Deno.readTextFile(new URL(FILES[0], LISTED));
  if (await installed() === wanted) return INSTALLED;
  console.error("Installing the peers (onnxruntime-web is there already) ...");
  await Deno.mkdir(INSTALLED, { recursive: true });
  for (const file of FILES) await Deno.copyFile(new URL(file, LISTED), new URL(file, INSTALLED));
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--frozen", "--quiet"],
    cwd: fileURLToPath(INSTALLED),
  }).output();
  if (!success) {
    const said = new TextDecoder().decode(stderr).trim();
    throw new Error(
      `Cannot install the peers of bench/peers/package.json; the npm registry must be reachable once.\n${said}`,
    );
  }
  await Deno.writeTextFile(new URL(DONE, INSTALLED), wanted);
  return INSTALLED;
}

async function installed(): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(new URL(DONE, INSTALLED));
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw cause;
  }
}

export const TFJS_PACKAGES = ["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-wasm"] as const;

/** LiteRT.js with relaxed SIMD, and for browsers without. */
export const LITERT_BUILDS = ["relaxed", "compat"] as const;

/** One of LiteRT.js's two files of a build. */
export function litertFile(
  peers: URL,
  build: (typeof LITERT_BUILDS)[number],
  ending: "js" | "wasm",
): URL {
  const name = build === "relaxed" ? "litert_wasm_internal" : "litert_wasm_compat_internal";
  return new URL(`node_modules/@litertjs/core/wasm/${name}.${ending}`, peers);
}

/** The one that tfjs takes in a page that is not isolated: SIMD, one thread. */
export function tfjsWasm(peers: URL): URL {
  const file = "wasm-out/tfjs-backend-wasm-simd.wasm";
  return new URL(`node_modules/@tensorflow/tfjs-backend-wasm/${file}`, peers);
}
