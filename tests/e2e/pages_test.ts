import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { BrowserContext } from "puppeteer-core";
import { ROOT } from "../source_files.ts";
import { click, openApp, startDemo, stop, untilSaved } from "./app.ts";
import { openChromium } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import { axeViolations, overflowPx, smallTargets, unreachableControls } from "./page_audit.ts";
import { openPage, type WatchedPage } from "./watched_page.ts";

const THEMES = ["dusk", "day", "sun"];
const VIEWPORTS = [
  { width: 390, height: 844, isMobile: true, hasTouch: true },
  { width: 1280, height: 800 },
];
const PAGES = ["", "log", "places", "records", "crew", "about", "trust"];
/** For a person to look at. */
const SCREENS = fileURLToPath(new URL(".cache/screens/", ROOT));

endToEnd("every page in every theme and size holds to the rules for pages", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  const context = await browser.newContext();
  await fill(context, hub.url);
  const problems: string[] = [];
  for (const theme of THEMES) {
    for (const viewport of VIEWPORTS) {
      for (const path of PAGES) {
        const url = `${hub.url}${path}`;
        await using page = await openPage(context, url, { viewport });
        const name = `${path || "watch"}-${theme}-${viewport.width}`;
        await wear(page, theme);
        await photograph(page, name);
        problems.push(...(await audit(page)).map((problem) => `${name}: ${problem}`));
      }
    }
  }
  assert.equal(problems.join("\n"), "");
});

endToEnd("the live picture and the sheets hold to the rules for pages", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  const problems: string[] = [];
  for (const [index, viewport] of VIEWPORTS.entries()) {
    await using page = await openApp(await browser.newContext(), hub.url, { viewport });
    await wear(page, THEMES[index]);
    const look = async (name: string) => {
      await photograph(page, `${name}-${THEMES[index]}-${viewport.width}`);
      problems.push(
        ...(await audit(page)).map((problem) => `${name} ${viewport.width}: ${problem}`),
      );
    };
    await startDemo(page);
    await untilSaved(page, 1);
    await look("watching");
    await stop(page);
    await click(page, "link", "Crew");
    await click(page, "button", "Invite");
    await look("invite-role");
    await click(page, "button", "Make the invite");
    await page.page.locator("aria/Invite as a QR code").wait();
    await look("invite");
  }
  assert.equal(problems.join("\n"), "");
});

/** Records something, founds a crew: pages with nothing on them show little. */
async function fill(context: BrowserContext, url: string): Promise<void> {
  await using page = await openApp(context, url);
  await page.page.evaluate(() => globalThis.fieldmesh.invite());
  await startDemo(page);
  await untilSaved(page, 2);
  await stop(page);
}

/** Puts the theme on as the user's choice and shows the page in it. */
async function wear(page: WatchedPage, theme: string): Promise<void> {
  await page.page.evaluate((theme) => localStorage.setItem("fieldmesh.theme", theme), theme);
  await page.reload();
  const worn = () => document.documentElement.dataset.theme;
  await page.waitFor(`the ${theme} theme`, worn, (now) => now === theme);
  await page.waitFor("the page to show what it knows", looksSettled, (settled) => settled);
}

/** Runs in the page. The page that tells how to trust a hub has no status and settles at once. */
function looksSettled(): boolean {
  const saved = document.querySelector(".chip.saved b");
  return saved?.textContent !== "–" && [...document.images].every(({ complete }) => complete);
}

async function photograph({ page }: WatchedPage, name: string): Promise<void> {
  await Deno.mkdir(SCREENS, { recursive: true });
  await page.screenshot({ path: `${SCREENS}${name}.png` });
}

async function audit(page: WatchedPage): Promise<string[]> {
  const overflow = await overflowPx(page);
  return [
    ...(overflow > 0 ? [`${overflow} px wider than the window`] : []),
    ...(await axeViolations(page)).map((rule) => `axe: ${rule}`),
    ...(await smallTargets(page)).map((target) => `small target: ${target}`),
    ...(await unreachableControls(page)).map((control) => `not reached by Tab: ${control}`),
  ];
}
