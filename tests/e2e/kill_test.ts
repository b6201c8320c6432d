import assert from "node:assert/strict";
import { TemporaryFolder } from "../temporary_folder.ts";
import { assertVerifies, observations, openApp, startDemo, status, untilSaved } from "./app.ts";
import { openChromium } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import type { WatchedPage } from "./watched_page.ts";

const KILLS = 10;

/** What the app had told its user when the browser was killed. */
interface Shown {
  readonly saved: number;
  readonly ids: readonly string[];
}

endToEnd(`what was shown as saved is there after each of ${KILLS} SIGKILLs`, async () => {
  await using hub = await RunningHub.start();
  await using profile = await TemporaryFolder.make("profile");
  let shown: Shown = { saved: 0, ids: [] };
  for (let kill = 0; kill < KILLS; kill++) {
    await using browser = await openChromium({ profile: profile.path });
    const page = await openApp(browser.puppeteer, hub.url);
    await assertNothingLost(page, shown);
    shown = await watchUntilKilled(page, kill, () => browser.kill());
    assert.deepEqual(page.errors, []);
  }
  await using browser = await openChromium({ profile: profile.path });
  await using page = await openApp(browser.puppeteer, hub.url);
  await assertNothingLost(page, shown);
  assert.ok(shown.saved >= KILLS, `only ${shown.saved} observations were made`);
});

/** Watches until something new is saved, then kills in the middle of a different frame each time. */
async function watchUntilKilled(
  page: WatchedPage,
  framesMore: number,
  kill: () => Promise<void>,
): Promise<Shown> {
  const before = await status(page);
  await startDemo(page);
  await untilSaved(page, before.saved + 1);
  await page.page.evaluate((frames) =>
    new Promise<void>((resolve) => {
      let left = frames;
      globalThis.fieldmesh.on("detections", () => {
        if (left-- <= 0) resolve();
      });
    }), framesMore);
  const saved = (await status(page)).saved;
  const ids = (await observations(page)).map(({ id }) => id);
  await kill();
  return { saved, ids };
}

async function assertNothingLost(page: WatchedPage, { saved, ids }: Shown): Promise<void> {
  const now = await status(page);
  const present = new Set((await observations(page)).map(({ id }) => id));
  assert.deepEqual(ids.filter((id) => !present.has(id)), [], "observations were lost");
  assert.ok(now.saved >= saved, `${saved} were shown as saved, ${now.saved} are there`);
  if (saved > 0) await assertVerifies(page);
}
