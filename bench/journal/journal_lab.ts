/** A Chromium with the journal's worker in it, on the browser's own IndexedDB. */
import puppeteer, { type Page } from "puppeteer-core";
import { openChromium, type RunningBrowser } from "../../tests/e2e/browser.ts";
import { stopAllWorkers, WatchedPage } from "../../tests/e2e/watched_page.ts";
import type { Figures, Question } from "../browser/journal_questions.ts";
import { bundle } from "../bundle.ts";
import { serve } from "../lab.ts";

const READY_WITHIN_MS = 30_000;

/** Bytes, after everything that can be collected has been. */
export interface HeapUsage {
  readonly objects: number;
  /** What typed arrays lie in. */
  readonly buffers: number;
}

export class JournalLab implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #browser: RunningBrowser;
  readonly #page: WatchedPage;

  private constructor(
    server: Deno.HttpServer<Deno.NetAddr>,
    browser: RunningBrowser,
    page: Page,
  ) {
    this.#server = server;
    this.#browser = browser;
    this.#page = new WatchedPage(page, []);
  }

  static async open(): Promise<JournalLab> {
    const automerge = new URL(import.meta.resolve("@automerge/automerge/automerge.wasm"));
    const script = (name: string) => new URL(`../browser/journal_${name}.ts`, import.meta.url);
    const files = new Map([
      ["/page.js", await bundle(script("page"), { format: "esm" })],
      ["/worker.js", await bundle(script("worker"), { format: "iife" })],
      ["/automerge.wasm", await Deno.readFile(automerge)],
    ]);
    await using undo = new AsyncDisposableStack();
    const server = serve(files);
    undo.defer(() => server.shutdown());
    const browser = undo.use(await openChromium());
    const page = await browser.puppeteer.newPage();
    await page.goto(`http://localhost:${server.addr.port}/`);
    await page.waitForFunction(() => "askJournal" in globalThis, { timeout: READY_WITHIN_MS });
    undo.move();
    return new JournalLab(server, browser, page);
  }

  /** Starts the worker if it is stopped. */
  ask(question: Question): Promise<Figures> {
    return this.#page.page.evaluate((asked) => globalThis.askJournal(asked), { ...question });
  }

  /** As Chromium does after half an idle minute: what the worker held in memory is gone. */
  stopWorker(): Promise<void> {
    return stopAllWorkers(this.#page);
  }

  /** Of the running worker. */
  async heap(): Promise<HeapUsage> {
    // a connection of its own, for as long as this takes: while it is there, the worker is not stopped
    const debugger_ = await puppeteer.connect({
      browserWSEndpoint: this.#browser.puppeteer.wsEndpoint(),
      targetFilter: (target) => ["browser", "service_worker"].includes(target.type()),
    });
    try {
      const target = await debugger_.waitForTarget((target) => target.type() === "service_worker");
      const worker = await target.createCDPSession();
      await worker.send("HeapProfiler.collectGarbage");
      const usage: { usedSize: number; backingStorageSize?: number } = await worker.send(
        "Runtime.getHeapUsage",
      );
      return { objects: usage.usedSize, buffers: usage.backingStorageSize ?? 0 };
    } finally {
      await debugger_.disconnect();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser[Symbol.asyncDispose]();
    await this.#server.shutdown();
  }
}
