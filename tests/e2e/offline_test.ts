import assert from "node:assert/strict";
import { openChromium } from "./browser.ts";
import {
  assertVerifies,
  click,
  HUB_STOPPED,
  observations,
  openApp,
  reloadApp,
  untilShown,
  untilStored,
} from "./app.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import { installabilityErrors, openPage, type WatchedPage } from "./watched_page.ts";

endToEnd("the app can be installed", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using page = await openApp(browser.puppeteer, hub.url);
  assert.deepEqual(await installabilityErrors(page), []);
});

endToEnd("with the hub stopped a reload opens the app, which detects and saves", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using page = await openApp(browser.puppeteer, hub.url);
  await untilShown(page, /Ready to work offline/);
  await untilStored(page);
  page.expectErrors(...HUB_STOPPED);
  await hub.stop();
  await reloadApp(page);
  await untilShown(page, /Offline/);
  await watchDemoAsUser(page);
  await lookIntoLogAsUser(page);
  await assertVerifies(page);
});

endToEnd("with the hub stopped every page opens by its own address", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  {
    await using first = await openApp(browser.puppeteer, hub.url);
    await untilStored(first);
  }
  await hub.stop();
  for (
    const [path, title] of [
      ["log", "Log"],
      ["places", "Places"],
      ["records", "Records"],
      ["crew", "Crew"],
      ["about", "About"],
      ["", "Watch"],
    ]
  ) {
    const url = `${hub.url}${path}`;
    await using page = await openPage(browser.puppeteer, url, { expect: HUB_STOPPED });
    assert.equal(await page.page.$eval("h1", (heading) => heading.textContent), title);
  }
});

async function watchDemoAsUser(page: WatchedPage): Promise<void> {
  await click(page, "button", "No camera? Start the demo");
  await page.waitFor(
    "boxes with labels over the picture",
    () => [...document.querySelectorAll(".box")].map((box) => box.textContent),
    (labels) => labels.length > 0,
    { withinMs: 60_000 },
  );
  await untilShown(page, /\b[1-9]\d* saved/);
}

async function lookIntoLogAsUser(page: WatchedPage): Promise<void> {
  await click(page, "button", "Stop");
  await click(page, "link", "Log");
  const rows = await page.waitFor(
    "rows in the log",
    () => [...document.querySelectorAll(".log-row")].map((row) => row.textContent ?? ""),
    (rows) => rows.length > 0,
  );
  const labels = (await observations(page)).map(({ label }) => label);
  for (const row of rows) {
    assert.ok(
      labels.some((label) => row.toLowerCase().includes(label)),
      `${row} is none of ${labels}`,
    );
  }
}
