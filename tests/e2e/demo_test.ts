import assert from "node:assert/strict";
import { readPicture } from "../../models/picture_file.ts";
import { type Appearance, createDemoScene } from "../../page/demo_scene.ts";
import { DEMO_SEED, DEMO_SIZE } from "../../page/sources/demo_source.ts";
import { ROOT } from "../source_files.ts";
import { assertVerifies, observations, openApp, startDemo, stop } from "./app.ts";
import { openChromium } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import type { WatchedPage } from "./watched_page.ts";

const WATCHED_MS = 60_000;
/** Shorter ones may be missed on a slow machine. */
const IN_VIEW_MS = 2_000;

/** An observation in the scene's time, ms. */
interface Seen {
  readonly label: string;
  readonly first: number;
  readonly last: number;
}

endToEnd(
  "of a minute of the demo each object in view makes one observation of its class",
  async () => {
    await using hub = await RunningHub.start();
    await using browser = await openChromium();
    await using page = await openApp(browser.puppeteer, hub.url);
    const seen = await watchScene(page);
    const shown = await appearances();
    const report = `seen ${Deno.inspect(seen)}\nshown ${Deno.inspect(shown)}`;
    for (const appearance of shown) {
      const matches = seen.filter((one) => isOf(one, appearance));
      assert.equal(
        matches.length,
        1,
        `${matches.length} observations of ${appearance.id}: ${report}`,
      );
    }
    const strays = seen.filter((one) => !shown.some((appearance) => isOf(one, appearance)));
    assert.deepEqual(strays, [], report);
    await assertVerifies(page);
  },
);

/** Watches the scene for a minute; what was seen is complete, because the watch has ended. */
async function watchScene(page: WatchedPage): Promise<Seen[]> {
  await startDemo(page);
  const began = await page.page.evaluate(() => globalThis.fieldmesh.capture?.since ?? 0);
  await page.waitFor("a minute of the scene", () => Date.now(), (now) => now - began > WATCHED_MS, {
    withinMs: 2 * WATCHED_MS,
    pauseMs: 500,
  });
  await stop(page);
  const found = await observations(page);
  return found.map(({ label, first, last }) => ({
    label,
    first: first - began,
    last: last - began,
  }));
}

async function appearances(): Promise<Appearance[]> {
  const picture = (name: string) => readPicture(new URL(`static/media/${name}`, ROOT));
  const scene = createDemoScene({
    astronaut: await picture("astronaut.png"),
    chelsea: await picture("chelsea.png"),
    coffee: await picture("coffee.png"),
    rocket: await picture("rocket.jpg"),
  }, { seed: DEMO_SEED, ...DEMO_SIZE });
  return scene.appearances(0, WATCHED_MS)
    .filter(({ enterMs, leaveMs }) => Math.min(leaveMs, WATCHED_MS) - enterMs > IN_VIEW_MS);
}

/** Its class, while it was in view. */
function isOf({ label, first, last }: Seen, appearance: Appearance): boolean {
  return label === appearance.label && first <= appearance.leaveMs && last >= appearance.enterMs;
}
