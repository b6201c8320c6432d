/** A browser with the benchmark's page and worker in it, and the server that they load from. */
import type { Page } from "puppeteer-core";
import { openChromium, type RunningBrowser } from "../tests/e2e/browser.ts";
import { type Entrant, WORKER_ENGINES } from "./browser/entrant.ts";

/** Address to contents. */
export type LabFiles = ReadonlyMap<string, Uint8Array>;

const PAGE = `<!doctype html><title>Benchmark</title>
<link rel="icon" href="data:," /><script type="module" src="/page.js"></script>`;
const READY_WITHIN_MS = 30_000;

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  wasm: "application/wasm",
};

export class Lab implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #browser: RunningBrowser;
  readonly #pages = new Map<string, Promise<Page>>();

  private constructor(server: Deno.HttpServer<Deno.NetAddr>, browser: RunningBrowser) {
    this.#server = server;
    this.#browser = browser;
  }

  static async open(files: LabFiles): Promise<Lab> {
    await using undo = new AsyncDisposableStack();
    const server = undo.use(serve(files));
    const browser = undo.use(await openChromium());
    undo.move();
    return new Lab(server, browser);
  }

  /** The browser's name and version. */
  version(): Promise<string> {
    return this.#browser.puppeteer.version();
  }

  /** Loads it where its engine runs, and warms it up. */
  async load(entrant: Entrant): Promise<void> {
    const page = await this.#pageFor(entrant);
    await page.evaluate((entrant) => globalThis.bench.load(entrant), { ...entrant });
  }

  /** Milliseconds a run, several samples. Nothing else computes in the browser meanwhile. */
  async sample(entrant: Entrant, budgetMs: number): Promise<number[]> {
    const page = await this.#pageFor(entrant);
    const { name } = entrant;
    return await page.evaluate((name, ms) => globalThis.bench.sample(name, ms), name, budgetMs);
  }

  async answer(entrant: Entrant): Promise<number[]> {
    const page = await this.#pageFor(entrant);
    return await page.evaluate((name) => globalThis.bench.answer(name), entrant.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser[Symbol.asyncDispose]();
    await this.#server.shutdown();
  }

  /** One page for the worker, one for each engine that needs a page. */
  #pageFor({ engine }: Entrant): Promise<Page> {
    const place = (WORKER_ENGINES as readonly string[]).includes(engine) ? "worker" : engine;
    const open = this.#pages.get(place) ?? this.#openPage(place);
    this.#pages.set(place, open);
    return open;
  }

  async #openPage(place: string): Promise<Page> {
    const page = await this.#browser.puppeteer.newPage();
    page.on("pageerror", (error) => console.error(`${place}:`, error));
    await page.goto(`http://localhost:${this.#server.addr.port}/?engine=${place}`);
    await page.waitForFunction(() => "bench" in globalThis, { timeout: READY_WITHIN_MS });
    return page;
  }
}

/** A server of these files, and of a page at "/" that runs "/page.js". */
export function serve(files: LabFiles): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "localhost", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/") return new Response(PAGE, { headers: { "content-type": TYPES.html } });
    const file = files.get(pathname);
    if (!file) return new Response(`no file ${pathname}`, { status: 404 });
    const type = TYPES[pathname.slice(pathname.lastIndexOf(".") + 1)];
    const headers = { "content-type": type ?? "application/octet-stream" };
    return new Response(Uint8Array.from(file), { headers });
  });
}
