import assert from "node:assert/strict";
import type { Status } from "../../field/messages.ts";
import {
  assertVerifies,
  observations,
  openApp,
  startDemo,
  status,
  stop,
  untilSaved,
  waitForStatus,
} from "./app.ts";
import { openChromium } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import { stopAllWorkers, type WatchedPage } from "./watched_page.ts";

const STOPS = 3;

endToEnd("watching goes on by itself after the worker was stopped in mid-inference", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using page = await openApp(browser.puppeteer, hub.url);
  await startDemo(page);
  for (let round = 0; round < STOPS; round++) {
    const before = await untilSaved(page, (await status(page)).saved + 1);
    const ids = (await observations(page)).map(({ id }) => id);
    await untilInferring(page);
    await stopAllWorkers(page);
    const after = await waitForStatus(page, "another boot", ({ boot }) => boot !== before.boot);
    assert.ok(after.saved >= before.saved, `${before.saved} were saved, now ${after.saved}`);
    const kept = new Set((await observations(page)).map(({ id }) => id));
    assert.deepEqual(ids.filter((id) => !kept.has(id)), []);
    await untilLooking(page);
  }
  await untilSaved(page, (await status(page)).saved + 1);
  await stop(page);
  await assertVerifies(page);
});

endToEnd("sync goes on by itself after the workers were stopped in the middle of it", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using one = await openApp(await browser.newContext(), hub.url);
  await using other = await openApp(await browser.newContext(), hub.url);
  for (const page of [one, other]) {
    await startDemo(page);
    await untilSaved(page, 1);
    await stop(page);
  }
  const { link } = await one.page.evaluate(() => globalThis.fieldmesh.invite());
  const joined = other.page.evaluate((link) => globalThis.fieldmesh.join(link), link);
  await waitForStatus(other, "a link to the inviter", ({ peers }) => peers.length > 0);
  await Promise.all([stopAllWorkers(one), stopAllWorkers(other)]);
  await joined;
  const total = (await status(one)).saved + (await status(other)).saved;
  const hasAll = (now: Status) => now.total === total && now.missingMedia === 0;
  for (const page of [one, other]) await waitForStatus(page, `all ${total} records`, hasAll);

  await stopAllWorkers(one);
  await startDemo(one);
  await untilSaved(one, (await status(one)).saved + 1);
  await stopAllWorkers(other);
  await stop(one);
  const now = (await status(one)).total;
  await waitForStatus(other, `all ${now} records`, (status) => status.total === now);
  await assertVerifies(other);
});

/** Resolves just after a frame was answered, when the next one is on its way into the network. */
function untilInferring({ page }: WatchedPage): Promise<void> {
  return page.evaluate(() =>
    new Promise<void>((resolve) => {
      const off = globalThis.fieldmesh.on("detections", () => {
        off();
        resolve();
      });
    })
  );
}

/** Resolves when frames are looked at. */
async function untilLooking(page: WatchedPage): Promise<void> {
  const { source } = await status(page);
  const frames = source?.frames ?? 0;
  await waitForStatus(page, "more frames", (now) => (now.source?.frames ?? 0) > frames + 1);
}
