/** The Records page as its user has it: files in the downloads, backups taken in on another device. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { unzipSync } from "fflate";
import type { BrowserContext, Page } from "puppeteer-core";
import type { ExportFormat } from "../../field/messages.ts";
import { TemporaryFolder } from "../temporary_folder.ts";
import { waitFor } from "../wait_for.ts";
import {
  assertVerifies,
  click,
  observations,
  openApp,
  startDemo,
  status,
  stop,
  untilSaved,
  untilShown,
  waitForStatus,
} from "./app.ts";
import { openChromium, type RunningBrowser } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import { axeViolations, overflowPx, smallTargets, unreachableControls } from "./page_audit.ts";
import type { WatchedPage } from "./watched_page.ts";

const SAVED_WITHIN_MS = 30_000;
const PASSPHRASE = "otter lantern gravel seven";

type HandedOver = Exclude<ExportFormat, "bundle">;

endToEnd("each file that the Records page hands over can be read by others", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using device = await Device.open(browser, hub.url);
  const { page } = device;
  await record(page, 2);
  const seen = await observations(page);
  await click(page, "link", "Records");

  const files = unzip(await device.handOver("zip"));
  assert.equal(rowsOf(textIn(files, "observations.csv")).length, seen.length);
  assert.equal(featuresOf(textIn(files, "observations.geojson")), seen.length);
  const pictures = [...files.keys()].filter((name) => name.startsWith("media/"));
  assert.equal(pictures.length, new Set(seen.flatMap(picturesOf)).size);
  const thumbs = pictures.map((name) => files.get(name)).filter(isJpeg);
  assert.equal(thumbs.length, pictures.length);

  const camtrap = unzip(await device.handOver("camtrap-dp"));
  const dataPackage = JSON.parse(textIn(camtrap, "datapackage.json"));
  const resources = dataPackage.resources.map(({ name }: { name: string }) => name);
  for (const table of ["deployments", "media", "observations"]) {
    assert.ok(resources.includes(table), `no ${table} among ${resources.join(", ")}`);
  }
  const listed = rowsOf(textIn(camtrap, "observations.csv")).length;
  const leftOut = camtrap.has("left-out.csv") ? rowsOf(textIn(camtrap, "left-out.csv")).length : 0;
  assert.ok(listed + leftOut >= seen.length, `${listed} listed and ${leftOut} left out`);

  const megadetector = JSON.parse(text(await device.handOver("megadetector")));
  assert.ok(megadetector.images.length > 0);
  assert.ok(Object.keys(megadetector.detection_categories).length > 0);
  const coco = JSON.parse(text(await device.handOver("coco")));
  assert.equal(coco.annotations.length, seen.length);
  const known = new Set(coco.images.map(({ id }: { id: number }) => id));
  assert.ok(coco.annotations.every((one: { image_id: number }) => known.has(one.image_id)));
  assert.equal(rowsOf(text(await device.handOver("csv"))).length, seen.length);
  assert.equal(featuresOf(text(await device.handOver("geojson"))), seen.length);

  await untilShown(page, /Last hand-over: Today.*Nothing new since/);
});

endToEnd(
  "a hand-over of an empty choice says so, and one of today holds all of today",
  async () => {
    await using hub = await RunningHub.start();
    await using browser = await openChromium();
    await using device = await Device.open(browser, hub.url);
    const { page } = device;
    await record(page, 1);
    await click(page, "link", "Records");
    await choose(page, "today");
    const today = await device.handOver("csv");
    assert.equal(rowsOf(text(today)).length, (await status(page)).total);
    await choose(page, "all");
    await device.handOver("csv");
    await choose(page, "since");
    await make(page, "csv");
    await untilShown(page, /Nothing to hand over/);
  },
);

endToEnd("a backup restores into an empty device, which makes the same backup again", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using first = await Device.open(browser, hub.url);
  await record(first.page, 2);
  const before = await observations(first.page);
  await click(first.page, "link", "Records");
  const bundle = await first.backUp();
  await untilShown(first.page, /Last backup: Today.*Nothing new since/);

  await using other = await Device.open(browser, hub.url);
  await click(other.page, "link", "Records");
  await other.restore(bundle.path);
  await untilShown(other.page, /All of the backup is here, and it verifies/);
  const after = await observations(other.page);
  assert.deepEqual(after.map(({ id }) => id), before.map(({ id }) => id));
  await assertVerifies(other.page);
  assert.equal(sha256((await other.backUp()).bytes), sha256(bundle.bytes));
});

endToEnd("a damaged backup restores what verifies and says what does not", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using first = await Device.open(browser, hub.url);
  await record(first.page, 2);
  await click(first.page, "link", "Records");
  const { bytes } = await first.backUp();
  await using other = await Device.open(browser, hub.url);
  await click(other.page, "link", "Records");
  const half = `${other.folder}/half`;
  await Deno.writeFile(half, bytes.subarray(0, Math.floor(bytes.length / 2)));
  await other.restore(half);
  await untilShown(other.page, /Not all of the backup could be taken/);
  const nonsense = `${other.folder}/nonsense`;
  await Deno.writeFile(nonsense, new TextEncoder().encode("not a backup".repeat(100)));
  await other.restore(nonsense);
  await untilShown(other.page, /Not all of the backup could be taken|The backup was not read/);
  if ((await status(other.page)).total > 0) await assertVerifies(other.page);
});

endToEnd("an identity's backup makes a new device go on as the old one", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using old = await Device.open(browser, hub.url);
  await record(old.page, 1);
  const { device, total } = await status(old.page);
  await click(old.page, "link", "Records");
  const records = await old.backUp();
  const sealed = await old.backUpIdentity(PASSPHRASE);

  await using renewed = await Device.open(browser, hub.url);
  const { page } = renewed;
  await click(page, "link", "Records");
  await renewed.restore(records.path);
  await untilShown(page, /All of the backup is here/);
  await restoreIdentity(page, sealed, "not the passphrase");
  await untilShown(page, /The identity was not restored/);
  await retypePassphrase(page, PASSPHRASE);
  await waitForStatus(page, "the old device's id", (now) => now.device.id === device.id);
  await waitForStatus(page, "its records", ({ saved }) => saved >= total);
  await untilShown(page, /Nothing is recorded until this device’s identity is confirmed/);
  await openSheet(page, "No other copy is in use …");
  await click(page, "button", "Yes, only this one");
  await waitForStatus(page, "the identity to be confirmed", ({ unconfirmed }) => !unconfirmed);
  await record(page, total + 1);
  await assertVerifies(page);
});

endToEnd("the Records page and its sheets hold to the rules for pages", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using device = await Device.open(browser, hub.url);
  const { page } = device;
  await record(page, 1);
  await click(page, "link", "Records");
  const problems: string[] = [];
  const look = async (name: string) => {
    problems.push(...(await audit(page)).map((problem) => `${name}: ${problem}`));
  };
  await make(page, "zip");
  await untilShown(page, /fieldmesh-.*\.zip/);
  // From the tapped button on, Tab comes to what follows it only: the whole page is in pages_test.ts.
  problems.push(...(await auditOfLooks(page)).map((problem) => `file ready: ${problem}`));
  await click(page, "button", "Close");
  await openSheet(page, "Back up the identity …");
  await look("identity");
  await click(page, "button", "Close");
  await openSheet(page, "Remove now …");
  await look("remove");
  assert.equal(problems.join("\n"), "");
});

/** A browser context with an app in it and a folder for its downloads: a device, as far as a site can tell. */
class Device implements AsyncDisposable {
  private constructor(
    readonly page: WatchedPage,
    readonly context: BrowserContext,
    readonly downloads: TemporaryFolder,
  ) {}

  static async open(browser: RunningBrowser, url: string): Promise<Device> {
    await using undo = new AsyncDisposableStack();
    const downloads = undo.use(await TemporaryFolder.make("downloads"));
    const context = await browser.puppeteer.createBrowserContext({
      downloadBehavior: { policy: "allow", downloadPath: downloads.path },
    });
    const device = new Device(await openApp(context, url), context, downloads);
    undo.move();
    return device;
  }

  get folder(): string {
    return this.downloads.path;
  }

  /** Makes a file as its user does and gives its bytes. */
  async handOver(format: HandedOver): Promise<Uint8Array> {
    await make(this.page, format);
    return (await this.#save()).bytes;
  }

  async backUp(): Promise<{ readonly path: string; readonly bytes: Uint8Array }> {
    await tap(this.page.page, "button.back-up");
    return await this.#save();
  }

  async backUpIdentity(passphrase: string): Promise<string> {
    const { page } = this.page;
    await openSheet(this.page, "Back up the identity …");
    await page.locator("#identity-passphrase").fill(passphrase);
    await page.locator("#identity-again").fill(passphrase);
    await click(this.page, "button", "Make the file");
    const path = await this.#download("dialog[open] a[download]");
    await click(this.page, "button", "Done");
    return path;
  }

  async restore(path: string): Promise<void> {
    await choosePath(this.page, "#back-up input[type=file]", path);
  }

  async #save(): Promise<{ readonly path: string; readonly bytes: Uint8Array }> {
    const path = await this.#download(".work a[download]");
    await click(this.page, "button", "Close");
    return { path, bytes: await Deno.readFile(path) };
  }

  /** Follows a download link; each file lands in a folder of its own, since names repeat. */
  async #download(link: string): Promise<string> {
    const { page } = this.page;
    const ready = `${link}[href^="blob:"]`;
    await page.waitForSelector(ready, { timeout: SAVED_WITHIN_MS });
    const name = await page.$eval(ready, (found) => found.getAttribute("download"));
    await page.locator(ready).click();
    const path = `${this.folder}/${name}`;
    await waitFor(`${name} in the downloads`, () => Deno.stat(path), ({ size }) => size > 0, {
      withinMs: SAVED_WITHIN_MS,
    });
    const kept = `${await Deno.makeTempDir({ dir: this.folder })}/${name}`;
    await Deno.rename(path, kept);
    return kept;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await using _folder = this.downloads;
    await this.page[Symbol.asyncDispose]();
  }
}

/** Watches the demo until so many observations of this device are saved. */
async function record(page: WatchedPage, least: number): Promise<void> {
  await startDemo(page);
  await untilSaved(page, least);
  await stop(page);
  await waitForStatus(page, "everything on disk", ({ pending }) => pending === 0);
}

async function make({ page }: WatchedPage, format: HandedOver): Promise<void> {
  await tap(page, `button[data-format="${format}"]`);
}

/** Taps it in the middle of the screen: at its edges the app's own bars lie over the page. */
async function tap(page: Page, selector: string): Promise<void> {
  await page.waitForSelector(`${selector}:enabled`, { timeout: SAVED_WITHIN_MS });
  await page.$eval(selector, (found) => found.scrollIntoView({ block: "center" }));
  await page.locator(selector).click();
}

/** Opens a sheet by the button with this name. */
async function openSheet({ page }: WatchedPage, name: string): Promise<void> {
  const button = await page.waitForSelector(`aria/${name}[role="button"]`);
  await button?.evaluate((found) => found.scrollIntoView({ block: "center" }));
  await button?.click();
  await page.waitForSelector("dialog:modal");
}

async function choose({ page }: WatchedPage, which: string): Promise<void> {
  await page.waitForSelector("#hand-over-which");
  await page.select("#hand-over-which", which);
}

async function restoreIdentity(
  watched: WatchedPage,
  path: string,
  passphrase: string,
): Promise<void> {
  const { page } = watched;
  await openSheet(watched, "Restore one …");
  await choosePath(watched, "#identity-file", path);
  await page.locator("#identity-unseal").fill(passphrase);
  await click(watched, "button", "Become that device");
}

async function choosePath({ page }: WatchedPage, selector: string, path: string): Promise<void> {
  const found = await page.waitForSelector(selector);
  assert.ok(found, `no ${selector}`);
  await (await found.toElement("input")).uploadFile(path);
}

async function retypePassphrase(watched: WatchedPage, passphrase: string): Promise<void> {
  await watched.page.locator("#identity-unseal").fill(passphrase);
  await click(watched, "button", "Become that device");
}

function unzip(bytes: Uint8Array): Map<string, Uint8Array> {
  return new Map(Object.entries(unzipSync(bytes)));
}

function textIn(files: ReadonlyMap<string, Uint8Array>, name: string): string {
  const found = files.get(name);
  assert.ok(found, `no ${name} among ${[...files.keys()].join(", ")}`);
  return text(found);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** Lines below the header; the demo's records hold no line breaks. */
function rowsOf(csv: string): string[] {
  return csv.trimEnd().split(/\r?\n/).slice(1);
}

function featuresOf(geojson: string): number {
  const { type, features } = JSON.parse(geojson);
  assert.equal(type, "FeatureCollection");
  return features.length;
}

function picturesOf({ thumb, frame }: { thumb?: string; frame?: string }): string[] {
  return [thumb, frame].filter((hash) => hash !== undefined);
}

function isJpeg(bytes: Uint8Array | undefined): boolean {
  return bytes?.[0] === 0xff && bytes[1] === 0xd8;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function audit(page: WatchedPage): Promise<string[]> {
  const unreached = await unreachableControls(page);
  return [
    ...(await auditOfLooks(page)),
    ...unreached.map((control) => `not reached by Tab: ${control}`),
  ];
}

async function auditOfLooks(page: WatchedPage): Promise<string[]> {
  const overflow = await overflowPx(page);
  return [
    ...(overflow > 0 ? [`${overflow} px wider than the window`] : []),
    ...(await axeViolations(page)).map((rule) => `axe: ${rule}`),
    ...(await smallTargets(page)).map((target) => `small target: ${target}`),
  ];
}
