/** Two devices that pair by codes, with no hub running: signalling, relay and internet are all absent. */
import assert from "node:assert/strict";
import type { AddressKind } from "../../page/pairing/address.ts";
import { pairCode, readPairCode } from "../../page/pairing/pair_code.ts";
import { CONNECTS_WITHIN_MS } from "../../page/pairing/pairing.ts";
import { TemporaryFolder } from "../temporary_folder.ts";
import {
  assertVerifies,
  click,
  reloadApp,
  startDemo,
  status,
  stop,
  untilSaved,
  untilShown,
} from "./app.ts";
import { openChromium, openFirefox } from "./browser.ts";
import { CodeFilm } from "./code_film.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import {
  assertInSightAndReach,
  assertMet,
  givePicture,
  openDevice,
  openSheet,
  paste,
  pictureOfCode,
  readCode,
  showCode,
  textOfCode,
  untilSame,
  untilStep,
} from "./pairing_steps.ts";
import type { WatchedPage } from "./watched_page.ts";

/** Of TEST-NET-3 (RFC 5737): nobody answers there. */
const NOWHERE = { kind: "ipv4" as AddressKind, bytes: Uint8Array.of(203, 0, 113, 7), port: 9 };
/** For the page to say so. */
const SAID_WITHIN_MS = 3_000;

endToEnd(
  "a new phone joins in a dead zone: each reads the other's code by its camera",
  async () => {
    await using hub = await RunningHub.start();
    await using folder = await TemporaryFolder.make("cameras");
    const [ones, others] = [
      await CodeFilm.make(`${folder.path}/one.y4m`),
      await CodeFilm.make(`${folder.path}/other.y4m`),
    ];
    await using first = await openChromium({ args: [seeing(ones)] });
    await using second = await openChromium({ args: [seeing(others)] });
    await using one = await openDevice(await first.newContext(), hub.url);
    await using other = await openDevice(await second.newContext(), hub.url);
    await hub.stop();
    await record(one);
    await record(other);

    await showCode(one);
    await readCode(other);
    await others.holdOver(await pictureOfCode(one));
    await click(other, "button", "Join and share");
    await click(one, "button", "Next: read its code");
    await ones.holdOver(await pictureOfCode(other));
    await assertMet(one, other);
    const met = await untilSame(one, other);
    assert.ok(met.length >= 2);
    assert.equal((await status(other)).crew?.id, (await status(one)).device.id);

    // what is seen from now on crosses the link as well
    await record(other);
    assert.ok((await untilSame(one, other)).length > met.length);
    for (const page of [one, other]) await assertVerifies(page);
  },
);

endToEnd("two devices pair by photos of their codes: strangers first, then members", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using one = await openDevice(await browser.newContext(), hub.url);
  await using other = await openDevice(await browser.newContext(), hub.url);
  await hub.stop();

  await showCode(one);
  await readCode(other);
  await givePicture(other, await pictureOfCode(one));
  await click(other, "button", "Join and share");
  await click(one, "button", "Next: read its code");
  await givePicture(one, await pictureOfCode(other));
  await assertMet(one, other);

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
  assert.ok((await untilSame(one, other)).length >= 2);
});

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
  await paste(other, await textOfCode(one));
  await click(other, "button", "Join and share");
  await click(one, "button", "Next: read its code");
  await paste(one, await textOfCode(other));
  await assertMet(one, other);
  await untilSame(one, other);

  for (const page of [one, other]) await reloadApp(page);
  await record(other);
  await showCode(other);
  await readCode(one);
  await paste(one, await textOfCode(other));
  await click(other, "button", "Next: read its code");
  await paste(other, await textOfCode(one));
  await assertMet(other, one);
  assert.ok((await untilSame(one, other)).length >= 2);
});

endToEnd("a code that does not fit is refused by name, and the attempt goes on", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using one = await openDevice(await browser.newContext(), hub.url);
  await using other = await openDevice(await browser.newContext(), hub.url);
  await using third = await openDevice(await browser.newContext(), hub.url);
  await hub.stop();

  await showCode(one);
  const first = await textOfCode(one);
  await readCode(other);
  await paste(other, "https://example.org/");
  await untilShown(other, /not a pairing code/);
  await paste(other, first.slice(0, 100));
  await untilShown(other, /cut off or misread/);
  await paste(other, first);
  await click(other, "button", "Join and share");
  const late = await textOfCode(other);

  // the first device starts over: what answers its former code is of no use any more
  await click(one, "button", "Close");
  await showCode(one);
  const second = await textOfCode(one);
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
  await paste(one, await textOfCode(other));
  await assertMet(one, other);

  // an invite into another crew, and then a code of another crew's member for its own
  await showCode(third);
  await readCode(other);
  await paste(other, await textOfCode(third));
  await click(other, "button", "Join and share");
  await untilShown(other, /already in a crew of 2/);
  await click(other, "button", "Start over");
  await click(other, "button", "Read a code");
  await click(third, "button", "Close");
  await openSheet(third);
  await third.page.locator(".pair [role=switch]").click();
  await click(third, "button", "Show a code");
  await paste(other, await textOfCode(third));
  await click(third, "button", "Next: read its code");
  await paste(third, await textOfCode(other));
  for (const page of [third, other]) await untilShown(page, /Connected, but not let in/);
});

endToEnd("a device without a network or a camera says so", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using page = await openDevice(await browser.newContext(), hub.url);
  await hub.stop();
  await page.page.evaluate(() => {
    const { RTCPeerConnection: Real } = globalThis;
    // gathers nothing, as a phone in flight mode does
    globalThis.RTCPeerConnection = class extends Real {
      constructor(configuration?: RTCConfiguration) {
        super({ ...configuration, iceTransportPolicy: "relay" });
      }
    };
    const denied = new DOMException("Permission denied", "NotAllowedError");
    navigator.mediaDevices.getUserMedia = () => Promise.reject(denied);
  });
  await showCode(page);
  await untilShown(page, /This device is in no network/);
  await click(page, "button", "Start over");
  await click(page, "button", "Read a code");
  await untilShown(page, /This site may not use the camera/);
});

endToEnd("devices that do not reach each other say so 15 s after the second code", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using one = await openDevice(await browser.newContext(), hub.url);
  await using other = await openDevice(await browser.newContext(), hub.url);
  await hub.stop();

  await showCode(one);
  await readCode(other);
  await paste(other, elsewhere(await textOfCode(one)));
  await click(other, "button", "Join and share");
  await click(one, "button", "Next: read its code");
  await paste(one, elsewhere(await textOfCode(other)));
  const began = performance.now();
  await untilStep(one, ["failed"]);
  assert.ok(performance.now() - began <= CONNECTS_WITHIN_MS + SAID_WITHIN_MS);
  await untilShown(one, /The devices do not reach each other/);
});

endToEnd("every step is in sight and in reach on a phone, by day and by night", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using one = await openDevice(await browser.newContext(), hub.url);
  await using other = await openDevice(await browser.newContext(), hub.url);
  await hub.stop();
  const holds = async (page: WatchedPage, sight: string) => {
    await page.page.waitForSelector(`dialog ${sight}`);
    for (const theme of ["day", "dusk"]) {
      await page.page.$eval("html", async (html, theme) => {
        html.dataset.theme = theme;
        // colours are compared once they have stopped changing
        const changing = document.getAnimations().filter((one) => one instanceof CSSTransition);
        await Promise.allSettled(changing.map(({ finished }) => finished));
      }, theme);
      await assertInSightAndReach(page, `${sight} by ${theme}`);
    }
  };

  await openSheet(one);
  await holds(one, ".pair-begin");
  await click(one, "button", "Show a code");
  await holds(one, ".pair-code");
  await readCode(other);
  await holds(other, ".pair-preview video");
  await paste(other, "no code");
  await holds(other, ".pair-reader .message");
  await paste(other, await textOfCode(one));
  await untilStep(other, ["invited"]);
  await holds(other, ".join-form");
  await click(other, "button", "Join and share");
  await holds(other, ".pair-code");
  await click(one, "button", "Next: read its code");
  await holds(one, ".pair-preview video");
  await paste(one, await textOfCode(other));
  await untilStep(one, ["met"]);
  await holds(one, ".message.good");
});

function seeing({ path }: CodeFilm): string {
  return `--use-file-for-fake-video-capture=${path}`;
}

/** The code as it was, but for where its device can be reached. */
function elsewhere(code: string): string {
  const half = readPairCode(code);
  assert.ok(typeof half === "object");
  return pairCode({ ...half, endpoint: { ...half.endpoint, candidates: [NOWHERE] } });
}

async function record(page: WatchedPage): Promise<void> {
  const { saved } = await status(page);
  await startDemo(page);
  await untilSaved(page, saved + 1);
  await stop(page);
}
