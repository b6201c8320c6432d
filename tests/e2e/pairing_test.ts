/** Two devices that pair by codes, with no hub running: signalling, relay and internet are all absent. */
import assert from "node:assert/strict";
import { decode } from "fast-png";
import puppeteer, { type Browser, type BrowserContext, type ElementHandle } from "puppeteer-core";
import { joinBytes } from "../../field/bytes.ts";
import type { PairState } from "../../page/pairing/pair_state.ts";
import { CONNECTS_WITHIN_MS } from "../../page/pairing/pairing.ts";
import { requireBrowser } from "../browsers.ts";
import { TemporaryFolder } from "../temporary_folder.ts";
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
import { openChromium, openFirefox } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import { axeViolations, smallTargets, unreachableControls } from "./page_audit.ts";
import type { WatchedPage } from "./watched_page.ts";

const SHOWN_WITHIN_MS = 20_000;
const SAME_WITHIN_MS = 15_000;

endToEnd(
  "two devices pair by the pictures of their codes: strangers first, then members",
  async () => {
    await using hub = await RunningHub.start();
    await using browser = await openChromium();
    await using one = await openDevice(await browser.newContext(), hub.url);
    await using other = await openDevice(await browser.newContext(), hub.url);
    await hub.stop();
    await record(one);
    await record(other);

    await showCode(one);
    await readCode(other);
    await givePicture(other, await pictureOfCode(one));
    await click(other, "button", "Join and share");
    await click(one, "button", "Next: read its code");
    await givePicture(one, await pictureOfCode(other));
    await assertMet(one, other);
    await assertSame(one, other);
    assert.equal((await status(other)).crew?.id, (await status(one)).device.id);

    // in another place, with the pages opened anew
    for (const page of [one, other]) {
      await reloadApp(page);
      await record(page);
    }
    await showCode(other);
    await readCode(one);
    await givePicture(one, await pictureOfCode(other));
    await click(other, "button", "Next: read its code");
    await givePicture(other, await pictureOfCode(one));
    await assertMet(other, one);
    await assertSame(one, other);
    for (const page of [one, other]) await assertVerifies(page);
  },
);

endToEnd("Firefox and Chromium pair by pasted codes, each showing first once", async () => {
  await using hub = await RunningHub.start();
  await using chromium = await openChromium();
  await using firefox = await openFirefox();
  await using one = await openDevice(await chromium.newContext(), hub.url);
  await using other = await openDevice(await firefox.newContext(), hub.url);
  await hub.stop();
  await record(one);

  await showCode(one);
  await readCode(other);
  await paste(other, await codeText(one));
  await click(other, "button", "Join and share");
  await click(one, "button", "Next: read its code");
  await paste(one, await codeText(other));
  await assertMet(one, other);
  await assertSame(one, other);

  for (const page of [one, other]) await reloadApp(page);
  await record(other);
  await showCode(other);
  await readCode(one);
  await paste(one, await codeText(other));
  await click(other, "button", "Next: read its code");
  await paste(other, await codeText(one));
  await assertMet(other, one);
  await assertSame(one, other);
});

endToEnd("a device reads the other's code by its camera", async () => {
  await using hub = await RunningHub.start();
  await using folder = await TemporaryFolder.make("camera");
  const film = `${folder.path}/code.y4m`;
  await using browser = await openChromium();
  await using seeing = await openChromiumThatSees(film);
  await using one = await openDevice(await browser.newContext(), hub.url);
  await using other = await openDevice(seeing.browser, hub.url);
  await hub.stop();

  await showCode(one);
  await Deno.writeFile(film, filmOf(await pictureOfCode(one)));
  await readCode(other);
  await click(other, "button", "Join and share");
  await click(one, "button", "Next: read its code");
  await givePicture(one, await pictureOfCode(other));
  await assertMet(one, other);
});

endToEnd("a code that does not fit is refused by name, and the attempt goes on", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using one = await openDevice(await browser.newContext(), hub.url);
  await using other = await openDevice(await browser.newContext(), hub.url);
  await hub.stop();

  await showCode(one);
  const first = await codeText(one);
  await readCode(other);
  await paste(other, "https://example.org/");
  await untilShown(other, /not a pairing code/);
  await paste(other, first.slice(0, 100));
  await untilShown(other, /cut off or misread/);
  await paste(other, first);
  await click(other, "button", "Join and share");
  const late = await codeText(other);

  // the first device starts over: what answers its former code is of no use any more
  await click(one, "button", "Close");
  await showCode(one);
  const second = await codeText(one);
  assert.notEqual(second, first);
  await click(one, "button", "Next: read its code");
  await paste(one, second);
  await untilShown(one, /this device's own code/);
  await paste(one, late);
  await untilShown(one, /answers an earlier try/);

  await click(other, "button", "Close");
  await readCode(other);
  await paste(other, second);
  await click(other, "button", "Join and share");
  await paste(one, await codeText(other));
  await assertMet(one, other);
});

endToEnd("a device without a network says so instead of showing a code", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using page = await openDevice(await browser.newContext(), hub.url);
  await hub.stop();
  // gathers nothing, as a phone in flight mode does
  await page.page.evaluate(() => {
    const { RTCPeerConnection: Real } = globalThis;
    globalThis.RTCPeerConnection = class extends Real {
      constructor(configuration?: RTCConfiguration) {
        super({ ...configuration, iceTransportPolicy: "relay" });
      }
    };
  });
  await showCode(page);
  await untilShown(page, /This device is in no network/);
  await click(page, "button", "Start over");
  await untilShown(page, /Show a code/);
});

/** With the app stored, on the crew's page. */
async function openDevice(where: Browser | BrowserContext, url: string): Promise<WatchedPage> {
  const expect = [
    ...HUB_STOPPED,
    /Firefox can’t establish a connection|was interrupted while the page was loading/,
  ];
  const page = await openApp(where, `${url}crew`, { expect });
  await untilStored(page);
  return page;
}

/** Its camera shows a film over and over, from when it is first asked for. */
async function openChromiumThatSees(film: string) {
  const browser = await puppeteer.launch({
    executablePath: requireBrowser("chromium"),
    args: [
      ...Deno.uid() === 0 ? ["--no-sandbox"] : [],
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-video-capture=${film}`,
    ],
    defaultViewport: null,
    targetFilter: (target) => target.type() !== "service_worker",
  });
  return { browser, [Symbol.asyncDispose]: () => browser.close() };
}

/** A film (YUV4MPEG2) of a code on a screen, dimmer than it is, in the middle of a VGA picture. */
function filmOf(png: Uint8Array): Uint8Array {
  const { width, height, data, channels } = decode(png);
  const [filmWidth, filmHeight, frames] = [640, 480, 10];
  assert.ok(width <= filmWidth && height <= filmHeight, `the code is ${width} x ${height} px`);
  const left = (filmWidth - width) >> 1;
  const top = (filmHeight - height) >> 1;
  const luma = new Uint8Array(filmWidth * filmHeight).fill(90);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const grey = data[(y * width + x) * channels];
      luma[(top + y) * filmWidth + left + x] = 50 + grey / 2;
    }
  }
  const colour = new Uint8Array(filmWidth * filmHeight / 2).fill(128);
  const text = (line: string) => new TextEncoder().encode(`${line}\n`);
  const frame = joinBytes(text("FRAME"), luma, colour);
  const header = text(`YUV4MPEG2 W${filmWidth} H${filmHeight} F10:1 Ip A1:1 C420jpeg`);
  return joinBytes(header, ...Array.from({ length: frames }, () => frame));
}

async function record(page: WatchedPage): Promise<void> {
  const { saved } = await status(page);
  await startDemo(page);
  await untilSaved(page, saved + 1);
  await stop(page);
}

async function openSheet(page: WatchedPage): Promise<void> {
  // else it may lie under the bar at the bottom, which a click would hit
  await page.page.$eval("#by-codes button", (button) => button.scrollIntoView({ block: "center" }));
  await click(page, "button", "Pair by codes");
}

async function showCode(page: WatchedPage): Promise<void> {
  await openSheet(page);
  await click(page, "button", "Show a code");
}

async function readCode(page: WatchedPage): Promise<void> {
  await openSheet(page);
  await click(page, "button", "Read a code");
}

async function pictureOfCode({ page }: WatchedPage): Promise<Uint8Array> {
  const code = await page.waitForSelector(".pair-code .qr-frame", { timeout: SHOWN_WITHIN_MS });
  assert.ok(code, "no code is shown");
  const { width = 0, height = 0 } = await code.boundingBox() ?? {};
  assert.ok(Math.min(width, height) >= 280, `the code is ${width} x ${height} px`);
  return await code.screenshot();
}

/** On a phone, without scrolling, with thumb, keyboard and screen reader. */
async function assertInSightAndReach(page: WatchedPage): Promise<void> {
  await page.page.waitForSelector(".pair-code, .pair-preview video", { timeout: SHOWN_WITHIN_MS });
  const hiddenPx = await page.page.$eval("dialog[open]", (sheet) => {
    const shown = sheet.querySelector(".qr-frame, .pair-preview")?.getBoundingClientRect();
    return shown ? Math.max(0, -shown.top, shown.bottom - innerHeight) : Infinity;
  });
  assert.equal(hiddenPx, 0);
  assert.deepEqual(await axeViolations(page), []);
  assert.deepEqual(await smallTargets(page), []);
  assert.deepEqual(await unreachableControls(page), []);
}

/** As a user who took a photo of the other's screen. */
async function givePicture({ page }: WatchedPage, png: Uint8Array): Promise<void> {
  await using folder = await TemporaryFolder.make("picture");
  const path = `${folder.path}/code.png`;
  await Deno.writeFile(path, png);
  const input = await page.waitForSelector('input[aria-label="A picture of the code"]', {
    timeout: SHOWN_WITHIN_MS,
  });
  assert.ok(input, "nothing takes a picture");
  await (input as ElementHandle<HTMLInputElement>).uploadFile(path);
  // the file is read after the upload has returned
  await page.waitForFunction(
    () => !["offering", "reading"].includes(fieldmesh.pairing.state.step),
    {
      timeout: SHOWN_WITHIN_MS,
    },
  );
}

async function codeText({ page }: WatchedPage): Promise<string> {
  const input = await page.waitForSelector('input[aria-label="Pairing code as text"]', {
    timeout: SHOWN_WITHIN_MS,
  });
  assert.ok(input, "no code is shown");
  return await input.evaluate((element) => (element as HTMLInputElement).value);
}

async function paste(page: WatchedPage, text: string): Promise<void> {
  if (!await page.page.$("#pair-text")) await click(page, "button", "Paste …");
  await page.page.waitForSelector("#pair-text", { timeout: SHOWN_WITHIN_MS });
  await page.page.$eval("#pair-text", (element, text) => {
    const area = element as HTMLTextAreaElement;
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }, text);
  await click(page, "button", "Use this code");
}

/** Both say so, and the one that read the second code in time. */
async function assertMet(last: WatchedPage, other: WatchedPage): Promise<void> {
  for (const page of [last, other]) {
    await page.waitFor<PairState>(
      "the devices to meet",
      () => fieldmesh.pairing.state,
      ({ step }) => step === "met" || step === "failed",
      { withinMs: 40_000 },
    );
    await untilShown(page, /Linked with/);
  }
  const state = await last.page.evaluate(() => fieldmesh.pairing.state);
  assert.ok(state.step === "met" && state.tookMs !== null, JSON.stringify(state));
  assert.ok(state.tookMs < CONNECTS_WITHIN_MS);
  console.log(`connected ${Math.round(state.tookMs)} ms after the second code was read`);
  for (const page of [last, other]) await click(page, "button", "Done");
}

async function assertSame(one: WatchedPage, other: WatchedPage): Promise<void> {
  const total = (await status(one)).total + (await status(other)).total;
  const isAll = (status: { total: number; missingMedia: number }) => status.missingMedia === 0;
  assert.ok(total > 0);
  for (const page of [one, other]) await waitForStatus(page, "all pictures", isAll, SAME_WITHIN_MS);
  const ids = async (page: WatchedPage) => (await observations(page)).map(({ id }) => id).sort();
  const wanted = await ids(one);
  await waitForStatus(
    other,
    "the same records",
    ({ total }) => total >= wanted.length,
    SAME_WITHIN_MS,
  );
  assert.deepEqual(await ids(other), await ids(one));
}
