/** Whole frames, what is known of the crew's copies and clocks, removal to save space, broken-off exports. */
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

const COPIES_WITHIN_MS = 30_000;

endToEnd("whole frames are kept, cross to the crew, and can be removed to save space", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using one = await openApp(await browser.newContext(), hub.url);
  await using other = await openApp(await browser.newContext(), hub.url);
  await one.page.evaluate(() => globalThis.fieldmesh.setKeepFrames(true));
  await record(one);
  const [{ frame = "", thumb = "", size, clockAheadMs }] = await observations(one);
  assert.equal(clockAheadMs, undefined, "it has met nobody");
  assert.deepEqual(await pictureOn(one, frame), size);

  const { link } = await one.page.evaluate(() => globalThis.fieldmesh.invite());
  await other.page.evaluate((link) => globalThis.fieldmesh.join(link), link);
  await waitForStatus(
    other,
    "all pictures",
    ({ total, missingMedia }) => total > 0 && missingMedia === 0,
  );
  assert.deepEqual(await pictureOn(other, frame), size);
  const others = (await status(other)).device.id;
  await untilCopied(one, frame, others);
  const measured = ({ clock, peers }: Status) => clock?.peers === 1 && peers[0].clock !== undefined;
  const { clock } = await waitForStatus(one, "the peer's clock", measured);
  assert.ok(Math.abs(clock?.aheadMs ?? Infinity) < 1000, "both run on this machine's clock");
  await record(one);
  assert.notEqual((await observations(one))[0].clockAheadMs, undefined);

  const thin = () =>
    globalThis.fieldmesh.thin({ mostAgeDays: null, mostBytes: 0, evenOnlyHere: false });
  const { removed } = await one.page.evaluate(thin);
  assert.ok(removed >= 2);
  for (const hash of [frame, thumb]) {
    assert.equal(await pictureOn(one, hash), null);
    assert.equal((await mediaOn(one, hash))?.state, "thinned");
    assert.notEqual(await pictureOn(other, hash), null, "the other one's stay");
  }
  assert.ok(((await status(one)).thinnedMedia ?? 0) >= 2);
  await assertVerifies(one);
});

endToEnd("an export settles though the worker is stopped, and the next one is whole", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using page = await openApp(browser.puppeteer, hub.url);
  await record(page);
  const exporting = page.page.evaluate(() =>
    globalThis.fieldmesh.exportAs("bundle").then(() => "made", (error) => error.code)
  );
  await stopAllWorkers(page);
  const outcome = await exporting;
  assert.ok(["made", "export-interrupted"].includes(outcome), outcome);
  const sizes = await page.page.evaluate(async () => {
    const control = new AbortController();
    control.abort();
    const called = await globalThis.fieldmesh.exportAs("zip", { signal: control.signal })
      .catch((error) => error.code);
    const { file, missingMedia } = await globalThis.fieldmesh.exportAs("bundle");
    return { called, bytes: file.size, missingMedia };
  });
  assert.equal(sizes.called, "called-off");
  assert.equal(sizes.missingMedia, 0);
  assert.ok(sizes.bytes > 1000);
});

/** Watches the demo until something new of this device is saved, with its pictures. */
async function record(page: WatchedPage): Promise<void> {
  const { saved } = await status(page);
  await startDemo(page);
  await untilSaved(page, saved + 1);
  await stop(page);
}

/** The size of the picture with this hash; null when its bytes are not on the device. */
function pictureOn({ page }: WatchedPage, hash: string) {
  return page.evaluate(async (hash) => {
    const blob = await globalThis.fieldmesh.blob(hash);
    if (!blob) return null;
    const { width, height } = await createImageBitmap(blob);
    return { width, height };
  }, hash);
}

function mediaOn({ page }: WatchedPage, hash: string) {
  return page.evaluate((hash) => globalThis.fieldmesh.media(hash), hash);
}

async function untilCopied(page: WatchedPage, hash: string, device: string): Promise<void> {
  await page.page.evaluate((hash) => Object.assign(globalThis, { hash }), hash);
  const media = () => globalThis.fieldmesh.media(Reflect.get(globalThis, "hash"));
  await page.waitFor(
    "the other device's copy to be known",
    media,
    (known) => known?.copies.includes(device) ?? false,
    { withinMs: COPIES_WITHIN_MS },
  );
}
