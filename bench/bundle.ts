import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

export interface BundleOptions {
  /** `iife` for a classic script such as the service worker, `esm` for a page. */
  readonly format: "iife" | "esm";
}

/** One script of an entry file and all that it imports, minified as the app's build does it. */
export function bundle(entry: URL, { format }: BundleOptions): Promise<Uint8Array> {
  return run({ entryPoints: [fileURLToPath(entry)], format });
}

/** A module that exports everything of some installed packages. `folder` holds their `node_modules`. */
export function bundlePackages(packages: readonly string[], folder: URL): Promise<Uint8Array> {
  const contents = packages.map((name) => `export * from ${JSON.stringify(name)};`).join("\n");
  return run({ stdin: { contents, resolveDir: fileURLToPath(folder) }, format: "esm" });
}

async function run(options: esbuild.BuildOptions): Promise<Uint8Array> {
  const { outputFiles } = await esbuild.build({
    ...options,
    bundle: true,
    minify: true,
    write: false,
    platform: "browser",
    target: "es2022",
    logLevel: "error",
    define: {
      "process.env.NODE_ENV": '"production"',
      // a classic script has none
      ...(options.format === "iife" ? { "import.meta.url": "self.location.href" } : {}),
    },
  });
  await esbuild.stop(); // else its process keeps ours from ending
  const [file] = outputFiles ?? [];
  if (!file) throw new Error("Cannot bundle: nothing came out");
  return file.contents;
}
