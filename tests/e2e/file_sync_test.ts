/** Records carried by hand: files between devices that no radio links, by the picker and the share sheet. */
import assert from "node:assert/strict";
import type { BrowserContext, Page } from "puppeteer-core";
import type { Status } from "../../field/messages.ts";
import { TemporaryFolder } from "../temporary_folder.ts";
import { waitFor } from "../wait_for.ts";
import {
  assertVerifies,
  click,
  HUB_STOPPED,
  observations,
  openApp,
  reloadApp,
  startDemo,
  status,
  stop,
  untilSaved,
  untilShown,
  untilStored,
  waitForStatus,
} from "./app.ts";
import { openChromium, type RunningBrowser } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import type { WatchedPage } from "./watched_page.ts";

const SAVED_WITHIN_MS = 30_000;

endToEnd("two devices with their radios off agree by files both ways", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using one = await Device.open(browser, hub.url);
  await using other = await Device.open(browser, hub.url);
  await formCrew(one.page, other.page);
  for (const { page } of [one, other]) {
    await page.page.evaluate(() => globalThis.fieldmesh.setRadio(false));
  }
  await one.record();
  await other.record();
  assert.notDeepEqual(await one.ids(), await other.ids(), "they were never apart");

  await other.takeIn(await one.shareAll());
  await untilShown(other.page, /[1-9]\d* new observations? from 1 device\b/);
  await untilShown(other.page, /Nothing of strangers/);
  await click(other.page, "button", "Close");
  await one.takeIn(await other.shareAll());
  await untilShown(one.page, /[1-9]\d* new observations? from 1 device\b/);

  assert.deepEqual(await one.ids(), await other.ids());
  for (const { page } of [one, other]) {
    await waitForStatus(page, "every picture", ({ missingMedia }) => missingMedia === 0);
    await assertVerifies(page);
  }
  await click(one.page, "button", "Close");
  await one.takeIn(await one.shareAll());
  await untilShown(one.page, /Nothing new: all of it was here already/);
});

endToEnd("a file of strangers is taken in apart, and said to be of strangers", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using member = await Device.open(browser, hub.url);
  await using stranger = await Device.open(browser, hub.url);
  await member.page.page.evaluate(() => globalThis.fieldmesh.invite());
  await stranger.record();
  await member.visitCrew();
  await member.takeIn(await stranger.shareAll());
  await untilShown(member.page, /of 1 device outside the crew/);
});

endToEnd("a file from the share sheet waits for the user, also with the hub gone", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using one = await Device.open(browser, hub.url);
  await using other = await Device.open(browser, hub.url);
  await one.record();
  const bundle = await Deno.readFile(await one.shareAll());
  await untilStored(other.page);
  other.page.expectErrors(...HUB_STOPPED);
  await hub.stop();
  await reloadApp(other.page);

  await other.shareTo("räven.fieldmesh", bundle);
  await untilShown(other.page, /Shared with this device: räven\.fieldmesh/);
  assert.equal((await status(other.page)).total, 0, "it was taken in unasked");
  assert.equal(new URL(other.page.page.url()).pathname, "/crew");
  await reloadApp(other.page);
  await click(other.page, "button", "Take it in");
  await untilShown(other.page, /[1-9]\d* new observations? from 1 device\b/);
  const { total } = await status(one.page);
  await waitForStatus(other.page, "its observations", (now) => now.total === total);
  await assertVerifies(other.page);
  await reloadApp(other.page);
  await untilShown(other.page, /Take in a file/);
  assert.doesNotMatch(await shownText(other.page), /Shared with this device/);

  await other.shareTo("nothing", new Uint8Array());
  await untilShown(other.page, /No file came with it/);
});

/** A browser context with the app's crew page in it, and a folder for its downloads. */
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
    const page = await openApp(context, `${url}crew`);
    undo.move();
    return new Device(page, context, downloads);
  }

  async ids(): Promise<string[]> {
    return (await observations(this.page)).map(({ id }) => id).sort();
  }

  async record(): Promise<void> {
    await startDemo(this.page);
    await untilSaved(this.page, (await status(this.page)).saved + 1);
    await stop(this.page);
    await waitForStatus(this.page, "everything on disk", ({ pending }) => pending === 0);
  }

  async visitCrew(): Promise<void> {
    await this.page.page.waitForSelector("#by-file");
  }

  /** Makes the file of all that is here, as its user does; gives its path. */
  async shareAll(): Promise<string> {
    const { page } = this.page;
    await tap(page, "#by-file button");
    const ready = '.work a[download][href^="blob:"]';
    await page.waitForSelector(ready, { timeout: SAVED_WITHIN_MS });
    const name = await page.$eval(ready, (link) => link.getAttribute("download"));
    await page.locator(ready).click();
    const path = `${this.downloads.path}/${name}`;
    await waitFor(`${name} in the downloads`, () => Deno.stat(path), ({ size }) => size > 0, {
      withinMs: SAVED_WITHIN_MS,
    });
    await click(this.page, "button", "Close");
    const kept = `${await Deno.makeTempDir({ dir: this.downloads.path })}/${name}`;
    await Deno.rename(path, kept);
    return kept;
  }

  async takeIn(path: string): Promise<void> {
    const selector = "#by-file input[type=file]:enabled";
    const input = await this.page.page.waitForSelector(selector, { timeout: SAVED_WITHIN_MS });
    assert.ok(input, `no ${selector}`);
    await (await input.toElement("input")).uploadFile(path);
  }

  /** Posts what a share sheet posts: the browser then shows the page that it is sent to. */
  async shareTo(name: string, bytes: Uint8Array): Promise<void> {
    const { page } = this.page;
    const arrived = page.waitForNavigation({ waitUntil: "load" });
    await page.evaluate(
      (name, bytes) => {
        const form = document.createElement("form");
        Object.assign(form, { method: "post", action: "/share", enctype: "multipart/form-data" });
        const input = document.createElement("input");
        Object.assign(input, { type: "file", name: "bundle" });
        const files = new DataTransfer();
        if (bytes.length > 0) files.items.add(new File([new Uint8Array(bytes)], name));
        input.files = files.files;
        form.append(input);
        document.body.append(form);
        form.submit();
      },
      name,
      [...bytes],
    );
    await arrived;
    await page.waitForFunction(() => "fieldmesh" in globalThis);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await using _folder = this.downloads;
    await this.page[Symbol.asyncDispose]();
  }
}

async function formCrew(one: WatchedPage, other: WatchedPage): Promise<void> {
  const { code } = await one.page.evaluate(() => globalThis.fieldmesh.invite());
  await other.page.evaluate((code) => globalThis.fieldmesh.join(code), code);
  const isTwo = ({ peers }: Status) => peers.length === 1;
  for (const page of [one, other]) await waitForStatus(page, "the other in the crew", isTwo);
}

/** Taps it in the middle of the screen: at its edges the app's own bars lie over the page. */
async function tap(page: Page, selector: string): Promise<void> {
  await page.waitForSelector(`${selector}:enabled`, { timeout: SAVED_WITHIN_MS });
  await page.$eval(selector, (found) => found.scrollIntoView({ block: "center" }));
  await page.locator(selector).click();
}

function shownText({ page }: WatchedPage): Promise<string> {
  return page.evaluate(() => document.body.innerText);
}
