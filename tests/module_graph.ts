/** What the tree's modules import, as Deno itself resolves it. */
import { fileURLToPath } from "node:url";
import type { Edge } from "./layers.ts";
import { isOurs, ROOT } from "./source_files.ts";
import { TemporaryFolder } from "./temporary_folder.ts";

interface InfoReference {
  readonly specifier?: string;
  readonly error?: string;
}

/** The part of `deno info --json` that is read here; checked by {@link edgesOf} as it goes. */
interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly code?: InfoReference;
      readonly type?: InfoReference;
    }[];
  }[];
}

/**
 * Every import among our files: static, dynamic and type-only ones alike. Throws when an import
 * leads nowhere.
 */
export async function importEdges(files: readonly string[]): Promise<Edge[]> {
  await using folder = await TemporaryFolder.make("layers");
  const root = `${folder.path}/all.ts`;
  const imports = files.map((file) => `import ${JSON.stringify(new URL(file, ROOT).href)};\n`);
  await Deno.writeTextFile(root, imports.join(""));
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--config", fileURLToPath(new URL("deno.json", ROOT)), root],
  }).output();
  if (!success) throw new Error(`deno info failed: ${new TextDecoder().decode(stderr)}`);
  const info: Info = JSON.parse(new TextDecoder().decode(stdout));
  return edgesOf(info);
}

function edgesOf({ modules }: Info): Edge[] {
  const edges: Edge[] = [];
  for (const { specifier, dependencies = [] } of modules) {
    const from = pathOf(specifier);
    if (from === undefined) continue;
    for (const { specifier: written, code, type } of dependencies) {
      const broken = code?.error ?? type?.error;
      if (broken) throw new Error(`${from} imports ${written}, which leads nowhere: ${broken}`);
      const to = pathOf(code?.specifier ?? type?.specifier ?? "");
      if (to !== undefined) edges.push({ from, to });
    }
  }
  return edges;
}

/** A path from the root; undefined for what is not ours. */
function pathOf(specifier: string): string | undefined {
  if (!specifier.startsWith(ROOT.href)) return undefined;
  const path = decodeURIComponent(specifier.slice(ROOT.href.length));
  return isOurs(path) ? path : undefined;
}
