/** A page in a real browser that fails its test when it logs an error nobody expected. */
import type { Browser, BrowserContext, CDPSession, Page, Viewport } from "puppeteer-core";
import { waitFor, type WaitOptions } from "../wait_for.ts";

const LOADS_WITHIN_MS = 60_000;
const STOPS_WITHIN_MS = 10_000;
/** Chromium reports this for every private window; it says nothing of the app. */
const ALWAYS_IN_CONTEXTS = "in-incognito";

/** A phone held upright. */
export const PHONE = { width: 390, height: 844 };

export interface OpenOptions {
  readonly viewport?: Viewport;
  /** Errors that this test brings about itself, such as those of a stopped hub. */
  readonly expect?: readonly RegExp[];
  /** Runs in the page before its own scripts, each time it is loaded; uses nothing from around it. */
  readonly before?: () => void;
}

export class WatchedPage implements AsyncDisposable {
  readonly #expected: RegExp[];
  readonly #errors: string[] = [];

  constructor(readonly page: Page, expected: readonly RegExp[]) {
    this.#expected = [...expected];
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      const { url, lineNumber } = message.location();
      this.#note(`${message.text()} (${url}:${lineNumber ?? 0})`);
    });
    page.on("pageerror", (error) => {
      this.#note(error instanceof Error ? error.stack ?? error.message : String(error));
    });
    page.on("error", (error) => this.#note(`the page crashed: ${error}`));
  }

  /** From now on an error like this is no failure. */
  expectErrors(...patterns: RegExp[]): void {
    this.#expected.push(...patterns);
  }

  /** Errors so far that nobody expected. */
  get errors(): readonly string[] {
    return this.#errors.filter((error) => !this.#expected.some((pattern) => pattern.test(error)));
  }

  goto(url: string): Promise<unknown> {
    return this.page.goto(url, { waitUntil: "load", timeout: LOADS_WITHIN_MS });
  }

  reload(): Promise<unknown> {
    return this.page.reload({ waitUntil: "load", timeout: LOADS_WITHIN_MS });
  }

  /**
   * Looks at the page until `holds` is true of what `probe` gives there. `probe` runs in the page,
   * so it can use nothing from around it.
   */
  async waitFor<T>(
    what: string,
    probe: () => T | Promise<T>,
    holds: (value: T) => boolean,
    options?: WaitOptions,
  ): Promise<T> {
    try {
      return await waitFor<T>(what, () => this.page.evaluate(probe) as Promise<T>, holds, options);
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}${this.#soFar()}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.page.isClosed() && this.page.browser().connected) await this.page.close();
    if (this.errors.length > 0) {
      throw new Error(`The page reported errors:\n  ${this.errors.join("\n  ")}`);
    }
  }

  #note(error: string): void {
    this.#errors.push(error);
  }

  #soFar(): string {
    return this.errors.length === 0 ? "" : `\nThe page reported: ${this.errors.join("\n")}`;
  }
}

/** Opens a page, in a phone's size unless told otherwise. */
export async function openPage(
  where: Browser | BrowserContext,
  url: string,
  { viewport = PHONE, expect = [], before }: OpenOptions = {},
): Promise<WatchedPage> {
  const page = await where.newPage();
  await page.setViewport(viewport);
  if (before) await page.evaluateOnNewDocument(before);
  const watched = new WatchedPage(page, expect);
  await watched.goto(url);
  return watched;
}

/** What keeps Chromium from offering to install the site; empty when nothing does. */
export async function installabilityErrors({ page }: WatchedPage): Promise<string[]> {
  await using chromium = await devtools(page);
  const { installabilityErrors } = await chromium.session.send("Page.getInstallabilityErrors");
  return installabilityErrors.map((error) => error.errorId)
    .filter((errorId) => errorId !== ALWAYS_IN_CONTEXTS);
}

/**
 * Stops the page's service workers as Chromium itself does at will; resolves when each has stopped.
 * A page that calls its worker may have started it again by then.
 */
export async function stopAllWorkers({ page }: WatchedPage): Promise<void> {
  await using chromium = await devtools(page);
  const known = new Set<string>();
  const stopped = new Set<string>();
  chromium.session.on("ServiceWorker.workerVersionUpdated", ({ versions }) => {
    for (const { versionId, runningStatus } of versions) {
      known.add(versionId);
      if (runningStatus === "stopped") stopped.add(versionId);
    }
  });
  await chromium.session.send("ServiceWorker.enable");
  await chromium.session.send("ServiceWorker.stopAllWorkers");
  await waitFor(
    "the service workers to stop",
    () => [...known].map((id) => stopped.has(id)),
    (each) => each.length > 0 && each.every((hasStopped) => hasStopped),
    { withinMs: STOPS_WITHIN_MS, pauseMs: 10 },
  );
}

interface Devtools extends AsyncDisposable {
  readonly session: CDPSession;
}

async function devtools(page: Page): Promise<Devtools> {
  const session = await page.createCDPSession();
  return { session, [Symbol.asyncDispose]: () => session.detach() };
}
