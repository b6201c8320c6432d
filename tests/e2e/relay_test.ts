/** Devices that WebRTC cannot link: through the hub's relay, whose hub reads nothing. */
import assert from "node:assert/strict";
import type { Status } from "../../field/messages.ts";
import {
  click,
  HUB_STOPPED,
  observations,
  openApp,
  startDemo,
  status,
  stop,
  untilSaved,
  untilShown,
  waitForStatus,
} from "./app.ts";
import { openChromium } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import type { WatchedPage } from "./watched_page.ts";

/** Runs in the page before its scripts: a browser whose owner, or vendor, has forbidden WebRTC. */
function forbidWebRtc(): void {
  Reflect.deleteProperty(globalThis, "RTCPeerConnection");
  Reflect.deleteProperty(globalThis, "webkitRTCPeerConnection");
}

endToEnd(
  "two devices without WebRTC join, converge and come back through the hub's relay",
  async () => {
    await using hub = await RunningHub.start();
    await using browser = await openChromium();
    const options = { before: forbidWebRtc, expect: HUB_STOPPED };
    await using one = await openApp(await browser.newContext(), hub.url, options);
    const { link } = await one.page.evaluate(() => globalThis.fieldmesh.invite());
    await using other = await openApp(await browser.newContext(), link, options);
    assert.equal(await other.page.evaluate(() => typeof globalThis.RTCPeerConnection), "undefined");
    await click(other, "button", "Join and share");
    await untilShown(other, /This device is in the crew/);
    await record(one);
    await untilSame(one, other);
    assert.deepEqual(await Promise.all([one, other].map(vias)), [["relay"], ["relay"]]);

    await hub.stop();
    await record(other);
    await hub.startAgain();
    await untilSame(one, other);
  },
);

endToEnd("one device without WebRTC is reached through the relay by one that has it", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using one = await openApp(await browser.newContext(), hub.url, { expect: HUB_STOPPED });
  const { link } = await one.page.evaluate(() => globalThis.fieldmesh.invite());
  await using other = await openApp(await browser.newContext(), link, {
    before: forbidWebRtc,
    expect: HUB_STOPPED,
  });
  await click(other, "button", "Join and share");
  await untilShown(other, /This device is in the crew/);
  await record(other);
  await untilSame(one, other);
});

/** Watches the demo until something new of this device is saved. */
async function record(page: WatchedPage): Promise<void> {
  const { saved } = await status(page);
  await startDemo(page);
  await untilSaved(page, saved + 1);
  await stop(page);
}

async function untilSame(one: WatchedPage, other: WatchedPage): Promise<void> {
  const pages = [one, other];
  const most = Math.max(
    ...await Promise.all(pages.map(async (page) => (await status(page)).total)),
  );
  assert.ok(most > 0, "nothing was recorded");
  for (const page of pages) {
    await waitForStatus(
      page,
      "all records and pictures",
      ({ total, missingMedia }) => total >= most && missingMedia === 0,
    );
  }
  assert.deepEqual(await idsOn(one), await idsOn(other));
}

async function idsOn(page: WatchedPage): Promise<string[]> {
  return (await observations(page)).map(({ id }) => id).sort();
}

async function vias(page: WatchedPage): Promise<(string | undefined)[]> {
  const { peers }: Status = await status(page);
  return peers.filter(({ connected }) => connected).map(({ via }) => via);
}
