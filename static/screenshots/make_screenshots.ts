/**
 * Takes the manifest's screenshots from a running hub, with the demo camera and a crew of two:
 *
 *   deno task start
 *   deno run -A static/screenshots/make_screenshots.ts [address] [path of a Chromium]
 */
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";
import type { Browser, Page, Viewport } from "puppeteer-core";

const [address = "http://localhost:8000", executablePath = "/usr/bin/chromium"] = Deno.args;

const NARROW: Viewport = {
  width: 390,
  height: 844,
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
const WIDE: Viewport = { width: 1280, height: 800, deviceScaleFactor: 1.5 };
const QUALITY = 86;
/** The demo scene shows each of its objects within this. */
const SEES_WITHIN_MS = 120_000;
/** Person, cat and cup, and one of them again. */
const LEAST_SEEN = 4;
const STEP_WITHIN_MS = 30_000;
/** Thumbnails, fonts and the 160 ms of a motion. */
const SETTLE_MS = 1_500;

const settle = () => new Promise((resolve) => setTimeout(resolve, SETTLE_MS));

interface Device {
  readonly name: string;
  readonly viewport: Viewport;
}

async function openApp(browser: Browser, device: Device, path = "/"): Promise<Page> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.setDefaultTimeout(STEP_WITHIN_MS);
  await page.setViewport(device.viewport);
  await page.evaluateOnNewDocument(() => localStorage.setItem("fieldmesh.theme", "dusk"));
  await page.goto(new URL(path, address).href);
  await page.waitForFunction(() => "fieldmesh" in globalThis);
  await page.evaluate(async (name) => {
    const { fieldmesh } = globalThis as unknown as { fieldmesh: FieldmeshConsole };
    await fieldmesh.ready;
    await fieldmesh.rename(name);
  }, device.name);
  return page;
}

/** The part of the console that is used here. */
interface FieldmeshConsole {
  readonly ready: Promise<void>;
  rename(name: string): Promise<void>;
  observations(query: { limit: number }): Promise<readonly { readonly id: string }[]>;
  note(...edits: readonly Edit[]): Promise<void>;
}

interface Edit {
  readonly observation: string;
  readonly field: string;
  readonly value: string | boolean;
}

async function tap(page: Page, words: string): Promise<void> {
  await page.locator(`::-p-aria([name="${words}"])`).click();
}

async function visit(page: Page, path: string): Promise<void> {
  await page.locator(`#nav a[href="${path}"]`).click();
  await page.waitForFunction((path) => location.pathname === path, {}, path);
}

async function take(page: Page, file: string): Promise<void> {
  await page.evaluate(() => scrollTo(0, 0));
  await settle();
  const path = fileURLToPath(new URL(file, import.meta.url));
  await page.screenshot({ path: path as `${string}.jpg`, type: "jpeg", quality: QUALITY });
}

/** Invites a second device and lets it in. */
async function growCrew(browser: Browser, gate: Page): Promise<Page> {
  await visit(gate, "/crew");
  await tap(gate, "Invite");
  await tap(gate, "Make the invite");
  const field = await gate.waitForSelector(".copy-field input");
  const link = await field?.evaluate((input) => input instanceof HTMLInputElement && input.value);
  await tap(gate, "Close");
  const invite = `/crew${new URL(String(link)).hash}`;
  const ridge = await openApp(browser, { name: "Ridge tablet", viewport: WIDE }, invite);
  await tap(ridge, "Join and share");
  await tap(ridge, "Done");
  return ridge;
}

/** Watches the demo scene until there is something to show. */
async function watchDemo(page: Page): Promise<void> {
  await visit(page, "/");
  await tap(page, "No camera? Start the demo");
  await page.waitForFunction(
    (least) => {
      const seen = Number(document.querySelector(".figures dd")?.textContent);
      return seen >= least && document.querySelector(".box") !== null;
    },
    { timeout: SEES_WITHIN_MS },
    LEAST_SEEN,
  );
}

/** Says something of what was seen second to last. */
async function annotate(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { fieldmesh } = globalThis as unknown as { fieldmesh: FieldmeshConsole };
    const [, { id: observation }] = await fieldmesh.observations({ limit: 2 });
    await fieldmesh.note(
      { observation, field: "star", value: true },
      { observation, field: "comment", value: "By the launch tower" },
    );
  });
}

async function main(): Promise<void> {
  const browser = await puppeteer.launch({
    executablePath,
    args: ["--no-sandbox", "--hide-scrollbars"],
  });
  try {
    const gate = await openApp(browser, { name: "Gate phone", viewport: NARROW });
    const ridge = await growCrew(browser, gate);
    await watchDemo(gate);
    await take(gate, "watch-narrow.jpg");
    await annotate(gate);
    await visit(gate, "/log");
    await take(gate, "log-narrow.jpg");
    await visit(gate, "/records");
    await take(gate, "records-narrow.jpg");
    await visit(gate, "/crew");
    await take(gate, "crew-narrow.jpg");
    await visit(gate, "/");
    await tap(gate, "Stop");
    await watchDemo(ridge);
    await take(ridge, "watch-wide.jpg");
    await annotate(ridge);
    await visit(ridge, "/log");
    await take(ridge, "log-wide.jpg");
  } finally {
    await browser.close();
  }
}

await main();
