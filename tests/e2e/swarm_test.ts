import assert from "node:assert/strict";
import { click, HUB_STOPPED, openApp, untilShown, untilStored } from "./app.ts";
import { openChromium, openFirefox, type RunningBrowser } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import { axeViolations, overflowPx, smallTargets, unreachableControls } from "./page_audit.ts";
import type { WatchedPage } from "./watched_page.ts";

/** On two cores the swarm flies at a fifth of real time and less. */
const FLOWN_WITHIN_MS = 240_000;
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true };
const LAPTOP = { width: 1280, height: 800 };

endToEnd("a swarm finds things by the real detector, is cut in two, and agrees again", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using page = await openApp(browser.puppeteer, `${hub.url}swarm`, { viewport: PHONE });
  await untilSaid(page, /They agree\./);
  await untilObjects(page, 3);
  await untilDecided(page, /person|cat|cup/i);
  assert.deepEqual(await audit(page), []);

  await click(page, "button", "Cut the links");
  await untilSaid(page, /^Cut in two: \d+ objects? differs?\.$/);
  assert.deepEqual(await audit(page), []);
  await click(page, "button", "Join the links");
  await untilSaid(page, /^Healed: all 5 agreed after \d+ ms\.$/);
  assert.deepEqual(await differing(page), [0, 0, 0, 0, 0]);

  await click(page, "button", "Pause");
  await untilShown(page, /Paused/);
  await click(page, "button", "Go on");
  await click(page, "button", "New seed");
  await untilSaid(page, /They agree\./);
});

endToEnd("the swarm's page holds to the rules for pages in every theme", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using page = await openApp(browser.puppeteer, `${hub.url}swarm`, { viewport: LAPTOP });
  for (const theme of ["dusk", "day", "sun"]) {
    await page.page.evaluate((theme) => localStorage.setItem("fieldmesh.theme", theme), theme);
    await page.reload();
    await untilSaid(page, /They agree\./);
    assert.deepEqual(await audit(page), [], theme);
  }
});

endToEnd("a swarm flies without a network", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using page = await openApp(browser.puppeteer, hub.url, { expect: HUB_STOPPED });
  await untilStored(page);
  await hub.stop();
  await page.page.goto(`${hub.url}swarm`);
  await untilObjects(page, 1);
});

endToEnd("Firefox flies a swarm of its own", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openFirefox();
  await using page = await openApp(browser.puppeteer, `${hub.url}swarm`);
  await untilObjects(page, 1);
});

endToEnd(
  "two browsers of one crew fly two drones, and have one map over their real link",
  async () => {
    await using hub = await RunningHub.start();
    await using browser = await openChromium();
    await using one = await openAgent(browser, `${hub.url}swarm?agent=1`);
    const { code } = await one.page.evaluate(() => globalThis.fieldmesh.invite());
    await using other = await openAgent(browser, `${hub.url}swarm?agent=2`);
    await other.page.evaluate((code) => globalThis.fieldmesh.join(code), code);
    await click(one, "button", "Fly as drone 1");
    await click(other, "button", "Fly as drone 2");
    await untilShown(other, /You are Drone 2\. 2 devices, one map/);
    const shared = await untilShared(one, other);
    assert.ok(shared.length > 0);
    assert.deepEqual(await audit(one), []);
    await click(one, "button", "Land");
    await untilShown(one, /This browser can be Drone 1/);
  },
);

async function openAgent(browser: RunningBrowser, url: string): Promise<WatchedPage> {
  return await openApp(await browser.newContext(), url, { viewport: PHONE });
}

/** Ids of tracks that both have, once there are any; each is known to both as seen by the same devices. */
async function untilShared(one: WatchedPage, other: WatchedPage): Promise<string[]> {
  const tracksOf = ({ page }: WatchedPage) =>
    page.evaluate(async () => (await globalThis.fieldmesh.world()).now.tracks.map(({ id }) => id));
  const deadline = performance.now() + FLOWN_WITHIN_MS;
  while (performance.now() < deadline) {
    const [mine, theirs] = await Promise.all([tracksOf(one), tracksOf(other)]);
    const shared = mine.filter((id) => theirs.includes(id));
    if (shared.length > 0) return shared;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return [];
}

/** Resolves when the sentence over the map is like this. */
function untilSaid(page: WatchedPage, sentence: RegExp): Promise<string> {
  const said = () => document.querySelector(".swarm-headline > p:not(.hidden)")?.textContent ?? "";
  return page.waitFor(`the page to say ${sentence}`, said, (words) => sentence.test(words), {
    withinMs: FLOWN_WITHIN_MS,
  });
}

/** Resolves when every drone's own map has at least so many objects. */
async function untilObjects(page: WatchedPage, least: number): Promise<void> {
  const counts = () =>
    [...document.querySelectorAll(".drone-row")].map((row) =>
      row.querySelectorAll(".own-object").length
    );
  const has = (found: number[]) => found.length === 5 && found.every((count) => count >= least);
  await page.waitFor(`${least} objects on all maps`, counts, has, { withinMs: FLOWN_WITHIN_MS });
}

async function untilDecided(page: WatchedPage, words: RegExp): Promise<void> {
  const first = () => document.querySelector(".swarm-lines li")?.textContent ?? "";
  await page.waitFor("a decision", first, (line) => words.test(line), {
    withinMs: FLOWN_WITHIN_MS,
  });
}

/** How much of each drone's own map is not as the others'. */
function differing({ page }: WatchedPage): Promise<number[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll(".drone-row")].map((row) =>
      row.querySelectorAll(".own-hole, .swarm-differs").length
    )
  );
}

async function audit(page: WatchedPage): Promise<string[]> {
  const overflow = await overflowPx(page);
  return [
    ...(overflow > 0 ? [`${overflow} px wider than the window`] : []),
    ...await axeViolations(page),
    ...await smallTargets(page),
    ...await unreachableControls(page),
  ];
}
