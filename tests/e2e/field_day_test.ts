import assert from "node:assert/strict";
import type { Status } from "../../field/messages.ts";
import { waitFor } from "../wait_for.ts";
import {
  assertVerifies,
  HUB_STOPPED,
  openApp,
  reloadApp,
  startDemo,
  status,
  stop,
  untilSaved,
  untilStored,
  waitForStatus,
} from "./app.ts";
import { openChromium, openFirefox } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import { recordMany } from "./record_many.ts";
import type { WatchedPage } from "./watched_page.ts";

declare global {
  /** How often this page has cut its links. */
  var cuts: number | undefined;
}

const DEVICES = 5;
const EACH = 1000;
/** Since every device had a link again. */
const HEALED_WITHIN_MS = 5_000;
/** Who found every link broken calls again after half a minute at the latest. */
const SAME_WITHIN_MS = 60_000;
const LINKED_WITHIN_MS = 60_000;
const CUTS = 60;

endToEnd(
  `${DEVICES} devices, ${EACH} observations each while apart, agree when they meet`,
  async () => {
    await using hub = await RunningHub.start();
    await using browser = await openChromium();
    await using closing = new AsyncDisposableStack();
    const pages: WatchedPage[] = [];
    for (let n = 0; n < DEVICES; n++) {
      const context = await browser.newContext();
      pages.push(closing.use(await openApp(context, hub.url, { expect: HUB_STOPPED })));
      await untilStored(pages[n]);
    }
    await formCrew(pages);
    for (const page of pages) await recordMany(page, hub.url, EACH);
    await hub.stop(); // without it nobody finds anybody
    for (const page of pages) {
      await page.goto(`${hub.url}crew`);
      await reloadApp(page);
    }
    const before = await Promise.all(pages.map(status));
    for (const { total, saved } of before) assert.deepEqual([total, saved], [EACH, EACH]);

    await hub.startAgain();
    const isLinked = ({ peers }: Status) => peers.some(({ connected }) => connected);
    await all(pages, (page) => waitForStatus(page, "a link", isLinked, LINKED_WITHIN_MS));
    const linked = performance.now();
    const total = DEVICES * EACH;
    await all(
      pages,
      (page) => waitForStatus(page, `${total} records`, (now) => now.total === total),
    );
    const tookMs = Math.round(performance.now() - linked);
    console.log(`${DEVICES} x ${EACH} observations are on every device after ${tookMs} ms`);
    await assertSame(pages);
    await all(pages, assertVerifies);
    assert.ok(tookMs <= HEALED_WITHIN_MS, `took ${tookMs} ms`);
  },
);

endToEnd("a link that is cut every second for a minute brings all over", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using one = await openApp(await browser.newContext(), hub.url, { before: cutEachSecond });
  await using other = await openApp(await browser.newContext(), hub.url);
  const pages = [one, other];
  await formCrew(pages);
  for (const page of pages) await startDemo(page);
  await one.page.evaluate(() => void (globalThis.cuts = 0));
  const cuts = () => globalThis.cuts;
  await one.waitFor(`${CUTS} cuts`, cuts, (now) => (now ?? 0) >= CUTS, {
    withinMs: 4 * CUTS * 1000,
  });
  for (const page of pages) await stop(page);
  await one.page.evaluate(() => void (globalThis.cuts = undefined));
  await untilSame(pages);
});

endToEnd("Firefox and Chromium share what they record", async () => {
  await using hub = await RunningHub.start();
  await using chromium = await openChromium();
  await using firefox = await openFirefox();
  await using one = await openApp(await chromium.newContext(), hub.url);
  await using other = await openApp(firefox.puppeteer, hub.url);
  const pages = [one, other];
  await formCrew(pages);
  for (const page of pages) {
    await startDemo(page);
    await untilSaved(page, 1);
    await stop(page);
  }
  await untilSame(pages);
  const vias = await all(pages, async (page) => (await status(page)).peers.map(({ via }) => via));
  assert.deepEqual(vias, [["webrtc"], ["webrtc"]], "they were to be linked directly");
});

/** The first founds the crew; the others join it one after the other. */
async function formCrew([first, ...others]: readonly WatchedPage[]): Promise<void> {
  const { link } = await first.page.evaluate(() => globalThis.fieldmesh.invite());
  for (const { page } of others) {
    await page.evaluate((link) => globalThis.fieldmesh.join(link), link);
  }
  const isWhole = ({ crew }: Status) => crew?.members === others.length + 1;
  await all([first, ...others], (page) => waitForStatus(page, "the whole crew", isWhole));
}

/** Resolves when all hold what any of them has saved, with its pictures. */
async function untilSame(pages: readonly WatchedPage[]): Promise<void> {
  const each = await all(pages, status);
  const total = each.reduce((sum, { saved }) => sum + saved, 0);
  const hasAll = (now: Status) => now.total === total && now.missingMedia === 0;
  await all(pages, (page) => waitForStatus(page, `all ${total} records`, hasAll, SAME_WITHIN_MS));
  // one that is still in view counts as well: its end may be on its way
  const isOver = (found: readonly string[]) => found.every((one) => !JSON.parse(one).open);
  await all(
    pages,
    (page) =>
      waitFor("the end of each record", () => everything(page), isOver, {
        withinMs: SAME_WITHIN_MS,
      }),
  );
  await assertSame(pages);
}

async function assertSame(pages: readonly WatchedPage[]): Promise<void> {
  const [first, ...others] = await all(pages, everything);
  for (const other of others) assert.deepEqual(other, first);
}

/** All observations, page by page: values, not only their number. */
function everything({ page }: WatchedPage): Promise<string[]> {
  return page.evaluate(async () => {
    const found: string[] = [];
    const sorted = (_: string, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort())
        : value;
    let after: { readonly before: string } | undefined;
    while (true) {
      const part = await globalThis.fieldmesh.observations({ limit: 500, ...after });
      const last = part.at(-1);
      if (!last) return found.sort();
      found.push(...part.map((one) => JSON.stringify(one, sorted)));
      after = { before: last.id };
    }
  });
}

/** In the page: ends every WebRTC connection once a second, as a bad radio does. */
function cutEachSecond(): void {
  const open = new Set<RTCPeerConnection>();
  const Original = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Original {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      open.add(this);
    }
  };
  setInterval(() => {
    if (globalThis.cuts === undefined) return;
    for (const connection of open) connection.close();
    open.clear();
    globalThis.cuts++;
  }, 1000);
}

function all<T>(
  pages: readonly WatchedPage[],
  ask: (page: WatchedPage) => Promise<T>,
): Promise<T[]> {
  return Promise.all(pages.map(ask));
}
