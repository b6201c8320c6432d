import assert from "node:assert/strict";
import { ROOT } from "./source_files.ts";

Deno.test("NOTICE names every package whose code the hub serves", async () => {
  const notice = await Deno.readTextFile(new URL("NOTICE", ROOT));
  const packages = await bundledPackages();
  assert.ok(packages.size > 0, "dist/ holds no source maps: run deno task build first");
  const unnamed = [...packages].filter((name) => !notice.includes(name));
  assert.deepEqual(unnamed, [], `without a notice: ${unnamed.join(", ")}`);
});

/** Of the build's source maps. */
async function bundledPackages(): Promise<Set<string>> {
  const packages = new Set<string>();
  for (const folder of ["dist/", "dist/assets/"]) {
    for (const { name } of Deno.readDirSync(new URL(folder, ROOT))) {
      if (!name.endsWith(".map")) continue;
      const map = await Deno.readTextFile(new URL(`${folder}${name}`, ROOT));
      for (const name of packagesIn(map)) packages.add(name);
    }
  }
  return packages;
}

function packagesIn(sourceMap: string): string[] {
  const { sources }: { sources: string[] } = JSON.parse(sourceMap);
  return sources.flatMap((source) => packageOf(source) ?? []);
}

/** The innermost: packages lie within node_modules/.deno/<package>@<version>/node_modules/. */
function packageOf(source: string): string | undefined {
  const path = source.split("/node_modules/").at(-1);
  if (path === undefined || path === source) return undefined;
  const [first, second] = path.split("/");
  return first.startsWith("@") ? `${first}/${second}` : first;
}
