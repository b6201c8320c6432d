/**
 * Builds `dist/`: the page's script and style, the worker, models, Wasm and shaders, and the list of
 * what the worker keeps for use without a network.
 *
 *   deno run -A build.ts [--if-needed] [--watch]
 */
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { hashOf } from "./build/hash.ts";
import { filesIn, INPUTS, readStamp, stampOf } from "./build/input_stamp.ts";
import { detectors } from "./models/catalogue.ts";
import { readKernels } from "./models/kernels_wasm.ts";
import { readShaders } from "./models/kernels_wgsl.ts";
import { modelBytes } from "./models/model_bytes.ts";
import { stripWgsl } from "./models/strip_wgsl.ts";
import { PAGE_PATHS, renderPage } from "./routes/app.ts";

interface PrecacheEntry {
  readonly url: string;
  /** Null where the address itself names the content. */
  readonly revision: string | null;
}

const ROOT = new URL("./", import.meta.url);
const DIST = new URL("dist/", ROOT);
/** Built beside, then put in place at once: a hub may be serving the old one. */
const NEXT = new URL("dist.next/", ROOT);
const STAMP = "stamp.txt";
/** WebAssembly of the worker: what every device keeps, and what it fetches when a model needs it. */
const WASM = {
  automerge: () => readFile("node_modules/@automerge/automerge/dist/automerge.wasm"),
  "kernels-plain": () => readKernels("plain"),
  "kernels-relaxed": () => readKernels("relaxed"),
  onnxruntime: () => readFile("node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm"),
} as const;
/** What draws a map: its two scripts. */
const MAP_SCRIPTS = ["map_engine.js", "map_worker.js"] as const;
const FETCHED_WHEN_CHOSEN: ReadonlySet<string> = new Set(["onnxruntime.wasm", ...MAP_SCRIPTS]);
const SETTLE_MS = 120;

const SHARED = {
  bundle: true,
  minify: true,
  sourcemap: true,
  target: ["chrome109", "firefox115", "safari16.4"],
  jsx: "automatic",
  jsxImportSource: "preact",
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
  absWorkingDir: pathOf(""),
} satisfies esbuild.BuildOptions;

try {
  await main(Deno.args);
} catch (cause) {
  // esbuild has shown its own errors, with their lines
  console.error(`Cannot build: ${cause instanceof Error ? cause.message : String(cause)}`);
  Deno.exit(1);
}

async function main(args: readonly string[]): Promise<void> {
  const unknown = args.find((arg) => arg !== "--if-needed" && arg !== "--watch");
  if (unknown !== undefined) {
    console.error(`Cannot build: unknown flag ${unknown}. Known: --if-needed, --watch.`);
    Deno.exit(1);
  }
  const isCurrent = args.includes("--if-needed") &&
    await readStamp(new URL(STAMP, DIST)) === await stampOf();
  if (!isCurrent) await buildAndTell();
  if (args.includes("--watch")) await watch();
  await esbuild.stop();
}

async function buildAndTell(): Promise<void> {
  const start = performance.now();
  const { version, bytes } = await build();
  const [seconds, megabytes] = [(performance.now() - start) / 1000, bytes / 1e6];
  console.log(
    `Built ${version} in ${seconds.toFixed(1)} s: ${megabytes.toFixed(1)} MB for offline use.`,
  );
}

async function watch(): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const paths = INPUTS.map((input) => pathOf(input));
  for await (const event of Deno.watchFs(paths)) {
    if (event.kind === "access") continue;
    clearTimeout(timer);
    timer = setTimeout(rebuild, SETTLE_MS);
  }
}

/** In a process of its own: pages and models are read anew, and a mistake in them ends only that. */
async function rebuild(): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", pathOf("build.ts"), "--if-needed"],
  }).spawn();
  if (!(await child.status).success) console.error("The last good build stays.");
}

/** Builds everything; the new files are in place only when all went well. */
async function build(): Promise<{ version: string; bytes: number }> {
  const stamp = await stampOf();
  await remove(NEXT);
  await Deno.mkdir(new URL("assets/", NEXT), { recursive: true });
  const runtimes = { ...await copyWasm(), "shaders.json": await writeShaders() };
  const dedicated = await bundleDedicated(runtimes);
  const assets = { ...await bundlePage(dedicated), ...dedicated, ...urlsOf(runtimes) };
  await writeModels();
  const precache = await precacheList(assets);
  const version = await versionOf(precache);
  await bundleWorker(precache, runtimes, MAP_SCRIPTS.map((name) => dedicated[name]), version);
  await write("build.json", JSON.stringify({ version, assets }, null, 2));
  await write(STAMP, stamp);
  await remove(DIST);
  await Deno.rename(NEXT, DIST);
  return { version, bytes: await sizeOf(precache) };
}

/** Page script, theme script and style. */
function bundlePage(dedicated: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  return bundleAssets(
    { client: "client.ts", theme: "theme.ts", style: "static/styles/style.css" },
    {
      __SWARM_WORKER__: JSON.stringify(dedicated["swarm_worker.js"]),
      __MAP_ENGINE__: JSON.stringify(dedicated["map_engine.js"]),
      __MAP_WORKER__: JSON.stringify(dedicated["map_worker.js"]),
    },
  );
}

/** What only some pages load, when it is shown or chosen: each a script of its own. */
function bundleDedicated(
  runtimes: Readonly<Record<string, RuntimeFile>>,
): Promise<Record<string, string>> {
  return bundleAssets(
    {
      swarm_worker: "page/swarm/swarm_worker.ts",
      map_engine: "page/maps/map_engine.ts",
      map_worker: "node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs",
    },
    { __AUTOMERGE__: JSON.stringify(runtimes["automerge.wasm"].url) },
  );
}

/** Addresses by name ("client.js"); named by their content. */
async function bundleAssets(
  entries: Readonly<Record<string, string>>,
  define: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const result = await esbuild.build({
    ...SHARED,
    define: { ...SHARED.define, ...define },
    entryPoints: Object.entries(entries).map(([out, path]) => ({
      in: pathOf(path),
      out,
    })),
    outdir: pathOf("assets/", NEXT),
    entryNames: "[name]-[hash]",
    format: "esm",
    metafile: true,
  });
  const files = Object.entries(result.metafile.outputs)
    .filter(([path, { entryPoint }]) => entryPoint !== undefined && !path.endsWith(".map"));
  return Object.fromEntries(files.map(([path]) => {
    const file = path.slice(path.lastIndexOf("/") + 1);
    return [file.replace(/-[^-]+(?=\.\w+$)/, ""), `/assets/${file}`];
  }));
}

async function bundleWorker(
  precache: readonly PrecacheEntry[],
  runtimes: Readonly<Record<string, RuntimeFile>>,
  mapScripts: readonly string[],
  version: string,
): Promise<void> {
  await esbuild.build({
    ...SHARED,
    entryPoints: [pathOf("sw/main.ts")],
    outfile: pathOf("sw.js", NEXT),
    format: "iife",
    define: {
      ...SHARED.define,
      __PRECACHE__: JSON.stringify(precache),
      __VERSION__: JSON.stringify(version),
      __AUTOMERGE__: JSON.stringify(runtimes["automerge.wasm"].url),
      __MAP_SCRIPTS__: JSON.stringify(mapScripts),
      __RUNTIMES__: JSON.stringify({
        onnxruntime: runtimes["onnxruntime.wasm"],
        kernels: {
          plain: runtimes["kernels-plain.wasm"],
          relaxed: runtimes["kernels-relaxed.wasm"],
        },
        shaders: runtimes["shaders.json"],
        version,
      }),
      // a classic script has none; onnxruntime is given its Wasm as bytes and never asks for an address
      "import.meta.url": "self.location.href",
    },
  });
}

interface RuntimeFile {
  readonly url: string;
  readonly bytes: number;
}

async function copyWasm(): Promise<Record<string, RuntimeFile>> {
  const files: Record<string, RuntimeFile> = {};
  for (const [name, read] of Object.entries(WASM)) {
    files[`${name}.wasm`] = await writeAsset(name, ".wasm", await read());
  }
  return files;
}

/** All in one: the worker reads them only where there is a GPU to try. */
async function writeShaders(): Promise<RuntimeFile> {
  const sources = Object.entries(await readShaders())
    .map(([path, source]) => [path, stripWgsl(source)] as const);
  const json = JSON.stringify(Object.fromEntries(sources));
  return await writeAsset("shaders", ".json", new TextEncoder().encode(json));
}

/** Named by its content. */
async function writeAsset(
  name: string,
  ending: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<RuntimeFile> {
  const file = `assets/${name}-${hashOf(bytes).slice(0, 8)}${ending}`;
  await Deno.writeFile(new URL(file, NEXT), bytes);
  return { url: `/${file}`, bytes: bytes.length };
}

function urlsOf(files: Readonly<Record<string, RuntimeFile>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, { url }]) => [name, url]));
}

function readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return Deno.readFile(new URL(path, ROOT));
}

async function writeModels(): Promise<void> {
  await Deno.mkdir(new URL("models/", NEXT), { recursive: true });
  for (const detector of detectors) {
    const bytes = await modelBytes(detector.id);
    const hash = hashOf(bytes);
    if (hash !== detector.sha256) {
      throw new Error(`Cannot build ${detector.id}: its SHA-256 is ${hash}, its card says another`);
    }
    await Deno.writeFile(new URL(`.${detector.url}`, NEXT), bytes);
  }
}

/** Everything that the app needs with no network: pages, scripts, Wasm, plans, icons, demo pictures. */
async function precacheList(assets: Readonly<Record<string, string>>): Promise<PrecacheEntry[]> {
  const entries: PrecacheEntry[] = [];
  for (const path of PAGE_PATHS) {
    const html = await renderPage(path, assets);
    if (html === null) throw new Error(`Cannot build: page ${path} does not render`);
    entries.push({ url: path, revision: hashOf(html) });
  }
  const kept = Object.entries(assets).filter(([name]) => !FETCHED_WHEN_CHOSEN.has(name));
  for (const [, url] of kept) entries.push({ url, revision: null });
  const plans = detectors.filter(({ runtime }) => runtime === "plan");
  for (const { url } of plans) entries.push({ url, revision: null });
  const statics = new URL("static/", ROOT);
  for await (const path of filesIn(statics)) {
    if (!/\.(png|jpg|svg|webmanifest)$/.test(path) || path.includes("screenshot")) continue;
    const bytes = await Deno.readFile(new URL(path, statics));
    entries.push({ url: `/${path}`, revision: hashOf(bytes) });
  }
  return entries.sort((a, b) => a.url < b.url ? -1 : 1);
}

async function sizeOf(precache: readonly PrecacheEntry[]): Promise<number> {
  let bytes = 0;
  for (const { url } of precache) {
    for (const folder of [DIST, new URL("static/", ROOT)]) {
      bytes += await Deno.stat(new URL(`.${url}`, folder)).then(
        ({ isFile, size }) => isFile ? size : 0,
        () => 0, // a page, or in the other folder
      );
    }
  }
  return bytes;
}

async function versionOf(precache: readonly PrecacheEntry[]): Promise<string> {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const worker = await bundleHash();
  const hash = hashOf(JSON.stringify(precache) + worker);
  return `${version}+${hash.slice(0, 8)}`;
}

/** The worker's own code counts to the version, without the list and the version that go into it. */
async function bundleHash(): Promise<string> {
  const { outputFiles } = await esbuild.build({
    ...SHARED,
    entryPoints: [pathOf("sw/main.ts")],
    write: false,
    sourcemap: false,
    format: "iife",
    outdir: "unwritten",
    define: { ...SHARED.define, "import.meta.url": "self.location.href" },
  });
  return hashOf(outputFiles[0].contents);
}

/** A path for those that take no URL: decoded, so that a folder may have a space in its name. */
function pathOf(path: string, base: URL = ROOT): string {
  return fileURLToPath(new URL(path, base));
}

async function write(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(new URL(path, NEXT), text);
}

async function remove(folder: URL): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch((cause) => {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
  });
}
