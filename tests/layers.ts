/** The house's import table (DESIGN.md, "The house") as data, and what judges a tree by it. */

/** A file or folder of the root, and the folders it may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[] | "anything">> = {
  "main.ts": ["routes", "hub"],
  "client.ts": ["islands", "page"],
  "theme.ts": ["islands"],
  "verify.ts": ["hub", "field"],
  "swarm.ts": ["field", "models"],
  "build.ts": "anything",
  build: "anything",
  routes: ["islands", "hub", "field"],
  islands: ["page", "field"],
  page: ["field"],
  sw: ["field", "kernels", "models"],
  hub: ["field", "kernels", "models"],
  models: ["kernels"],
  kernels: [],
  field: [],
  static: [],
  tests: "anything",
  bench: "anything",
};

/** Folders whose code runs in browsers too, so that Deno's own interfaces are not there. */
const IN_BROWSERS = new Set(["page", "sw", "islands", "field", "kernels"]);
/** Names that tell nothing of what is inside. */
const EMPTY_NAMES = new Set(["index", "utils", "helpers", "common"]);
/** Fresh's convention for the page at `/`. */
const NAMED_BY_FRESH = "routes/index.tsx";

/** One file importing another; paths from the root, with forward slashes. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** What rule an import breaks, as a sentence; undefined when it breaks none. */
export function judgeImport({ from, to }: Edge): string | undefined {
  const [layer, target] = [layerOf(from), layerOf(to)];
  const allowed = MAY_IMPORT[layer];
  if (allowed === undefined) return `${from}: the import table does not know ${layer}`;
  if (isTest(from) || allowed === "anything") return undefined;
  if (isTest(to)) return `${from} imports ${to}: only tests may import a test`;
  if (layer === target || allowed.includes(target)) return undefined;
  const rule = allowed.length === 0 ? "nothing of ours" : `only ${allowed.join(", ")}`;
  return `${from} imports ${to}: ${layer} may import ${rule}`;
}

/** What is wrong with a file's name, as a sentence; undefined when nothing is. */
export function judgeName(path: string): string | undefined {
  if (path === NAMED_BY_FRESH) return undefined;
  const stem = (path.split("/").at(-1) ?? "").replace(/(\.as)?\.tsx?$/, "");
  if (EMPTY_NAMES.has(stem)) return `${path}: "${stem}" does not tell what is inside`;
  return /^[a-z0-9_]+$/.test(stem) ? undefined : `${path}: file names are snake_case`;
}

/** Where code that browsers run too uses Deno's own interfaces, as a sentence; undefined when nowhere. */
export function judgeRuntime(path: string, source: string): string | undefined {
  if (!IN_BROWSERS.has(layerOf(path)) || isTest(path)) return undefined;
  const line = withoutComments(source).split("\n").findIndex((text) => /\bDeno\b/.test(text));
  if (line === -1) return undefined;
  return `${path}:${line + 1} uses Deno, but ${layerOf(path)} runs in browsers too`;
}

function layerOf(path: string): string {
  return path.split("/")[0];
}

function isTest(path: string): boolean {
  return /_test\.tsx?$/.test(path);
}

/** Keeps the lines, so that their numbers stay. */
function withoutComments(source: string): string {
  return source
    .replace(/\/\*[^]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ""))
    .replace(/(^|\s)\/\/.*$/gm, "$1");
}
