import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const HERE = fileURLToPath(new URL("./", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The suite as one script for a page: the ops' tests as they are, with what only Deno has replaced. */
export async function bundleBitSuite(): Promise<string> {
  const tests = await opTests();
  const imports = tests.map((path) => `import ${JSON.stringify(`../../kernels/${path}`)};`);
  const result = await esbuild.build({
    stdin: {
      contents: `import "./collected_tests.ts";\n${imports.join("\n")}\nimport "./page.ts";`,
      resolveDir: HERE,
      loader: "ts",
    },
    bundle: true,
    write: false,
    format: "iife",
    target: ["chrome109", "firefox128"],
    absWorkingDir: ROOT,
    define: { "Deno.test": "globalThis.collectTest" },
    alias: { "node:assert/strict": `${HERE}browser_assert.ts` },
    plugins: [replaceKernels()],
    logLevel: "warning",
  });
  await esbuild.stop(); // its process would outlive a test
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

function replaceKernels(): esbuild.Plugin {
  return {
    name: "kernels",
    setup: (build) =>
      build.onResolve(
        { filter: /\/kernels_wasm\.ts$/ },
        () => ({ path: `${HERE}browser_kernels.ts` }),
      ),
  };
}
