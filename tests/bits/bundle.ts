import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { ALL_BITS } from "./gpu_frames.ts";

const HERE = fileURLToPath(new URL("./", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Scripts of the bit suite for browsers. */
export interface BitScripts {
  /** For a page or a service worker: the ops' tests as they are, with what only Deno has replaced. */
  readonly suite: string;
  /** Of the page whose service worker has the suite. */
  readonly workerPage: string;
}

export async function bundleBitSuite(): Promise<BitScripts> {
  const tests = await opTests();
  const imports = tests.map((path) => `import ${JSON.stringify(`../../kernels/${path}`)};`);
  const parts = ['import "./collected_tests.ts";', ...imports, 'import "./suite.ts";'];
  const suite = await bundle(parts.join("\n"), "iife");
  const workerPage = await bundle('import "./worker_page.ts";', "esm");
  await esbuild.stop(); // its process would outlive a test
  return { suite, workerPage };
}

async function bundle(contents: string, format: esbuild.Format): Promise<string> {
  const result = await esbuild.build({
    stdin: { contents, resolveDir: HERE, loader: "ts" },
    bundle: true,
    write: false,
    format,
    target: ["chrome109", "firefox128"],
    absWorkingDir: ROOT,
    define: { "Deno.test": "globalThis.collectTest" },
    alias: { "node:assert/strict": `${HERE}browser_assert.ts` },
    plugins: [replaceReaders()],
    logLevel: "warning",
  });
  return result.outputFiles[0].text;
}

/** Tests of ops that hold all backends to the oracle, as paths from `kernels/`. */
async function opTests(): Promise<string[]> {
  const paths: string[] = [];
  const kernels = new URL("../../kernels/", import.meta.url);
  for await (const folder of Deno.readDir(kernels)) {
    if (!folder.isDirectory) continue;
    for await (const { name } of Deno.readDir(new URL(`${folder.name}/`, kernels))) {
      if (!name.endsWith("_test.ts")) continue;
      const path = `${folder.name}/${name}`;
      const source = await Deno.readTextFile(new URL(path, kernels));
      if (source.includes("fixtures/op_trial.ts")) paths.push(path);
    }
  }
  return paths.sort();
}

/** What reads kernels and shaders in Deno fetches them there; shaders are fewer. */
function replaceReaders(): esbuild.Plugin {
  const replace = (build: esbuild.PluginBuild, filter: RegExp, file: string) =>
    build.onResolve({ filter }, () => ({ path: `${HERE}${file}` }));
  return {
    name: "readers",
    setup(build) {
      replace(build, /\/kernels_wasm\.ts$/, "browser_kernels.ts");
      replace(build, /\/kernels_wgsl\.ts$/, "browser_shaders.ts");
      if (ALL_BITS) return;
      replace(build, /\/trial_tiles\.ts$/, "few_tiles.ts");
      replace(build, /\/gpu_ways\.ts$/, "few_ways.ts");
    },
  };
}
