import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Browser } from "puppeteer-core";
import { ROOT } from "../source_files.ts";
import { click, openApp, reloadApp, untilShown } from "./app.ts";
import { openChromium, openFirefox } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import { axeViolations, overflowPx, smallTargets, unreachableControls } from "./page_audit.ts";
import type { WatchedPage } from "./watched_page.ts";

/** An object of the demo scene is on the plan at the latest after half of the scene's minute. */
const ON_PLAN_WITHIN_MS = 60_000;
/** The next one to come in after a rule was made. */
const ALERT_WITHIN_MS = 90_000;
/** For a person to look at. */
const SCREENS = fileURLToPath(new URL(".cache/screens/", ROOT));

async function worksIn(browser: Browser, hub: RunningHub, name: string): Promise<void> {
  await using page = await openApp(browser, `${hub.url}places`);
  await untilShown(page, /See the whole site from above/);
  await closeToasts(page);
  await photograph(page, `places-begin-${name}`);
  await click(page, "button", "Try it with the demo camera");
  await untilTrack(page);
  await photograph(page, `places-track-${name}`);
  await placeByKeys(page);
  await drawZoneByKeys(page);
  await photograph(page, `places-zone-${name}`);
  await click(page, "button", "Alert when something enters it");
  await chooseAnything(page);
  await page.page.click(".rule-more > summary");
  await click(
    page,
    "switch",
    "Ask the nearest device to look Its user is shown where, and says whether it is there.",
  );
  await photograph(page, `places-rule-${name}`);
  await click(page, "button", "Save rule");
  await untilShown(page, /Rules 1[^]*enters zone Yard/);
  // on another page: alerts are told on every one
  await click(page, "link", "Log");
  const alert = await untilAlert(page);
  assert.match(alert, /^Please look/, "there is nobody nearer");
  // a machine without a sound card starts Firefox's audio late, if at all
  if (name === "chromium") assert.doesNotMatch(alert, /plays no sound/, "the page was touched");
  assert.match(alert, /because: (cat|cup|person) 0\.\d\d by .+ entered zone Yard/);
  await photograph(page, `places-alert-${name}`);
  await click(page, "button", "Confirm");
  const cards = () => document.querySelectorAll(".alert").length;
  await page.waitFor("the alert to go once it was answered", cards, (count) => count === 0);
  await click(page, "link", "Places");
  await reloadApp(page);
  await untilShown(page, /enters zone Yard/);
  await untilShown(page, /because: .+ entered zone Yard/);
}

/** As somebody does who has read them: one that comes while a button is pressed would take the click. */
async function closeToasts({ page }: WatchedPage): Promise<void> {
  await page.evaluate(() => {
    const close = () =>
      document.querySelector<HTMLElement>('.toast.good [aria-label="Close message"]')?.click();
    close();
    new MutationObserver(close).observe(document.body, { childList: true, subtree: true });
  });
}

async function untilTrack(page: WatchedPage): Promise<void> {
  const tracks = () => globalThis.fieldmesh.world().then(({ now }) => now.tracks.length);
  await page.waitFor("a track of the demo scene", tracks, (count) => count > 0, {
    withinMs: ON_PLAN_WITHIN_MS,
  });
  const marks = () => document.querySelectorAll(".track-mark").length;
  await page.waitFor("its mark on the plan", marks, (count) => count > 0);
}

/** A step to the east and back to where it was: what is saved is where the arrows went. */
async function placeByKeys(page: WatchedPage): Promise<void> {
  await click(page, "button", "Place it anew");
  await page.page.focus(".plan-pad");
  await page.page.keyboard.press("ArrowRight");
  await page.page.keyboard.press("ArrowUp");
  await page.page.keyboard.press("ArrowLeft");
  await page.page.keyboard.press("ArrowDown");
  await page.page.keyboard.press("ArrowDown");
  await typeSlowly(page);
  await photograph(page, "places-camera");
  await click(page, "button", "Save the place");
  const position = () =>
    globalThis.fieldmesh.world().then(({ camera }) => camera?.pose.position.join() ?? "none");
  await page.waitFor("the camera to be kept", position, (where) => where === "0,-1");
}

/** The world changes many times while a figure is half typed: that stays. */
async function typeSlowly(page: WatchedPage): Promise<void> {
  await page.page.focus(".figure-typed input");
  await page.page.keyboard.press("End");
  await page.page.keyboard.type(".");
  const drawn = () => document.querySelector(".plan-chips b")?.textContent ?? "";
  const before = await page.page.evaluate(drawn);
  await page.waitFor("the world to be drawn anew", drawn, (now) => now !== before);
  await page.page.keyboard.type("5");
  await page.page.keyboard.press("Tab");
  const typed = () => document.querySelector<HTMLInputElement>(".figure-typed input")?.value;
  assert.equal(await page.page.evaluate(typed), "3.5");
}

/** Around all that the camera sees, by arrows and Enter. */
async function drawZoneByKeys(page: WatchedPage): Promise<void> {
  await click(page, "button", "Draw a zone");
  await click(page, "button", "10 m");
  await page.page.focus(".plan-pad");
  const steps = [
    ["ArrowLeft", "ArrowLeft", "ArrowDown", "ArrowDown"],
    ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight"],
    ["ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp"],
    ["ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft"],
  ] as const;
  for (const keys of steps) {
    for (const key of keys) await page.page.keyboard.press(key);
    await page.page.keyboard.press("Enter");
  }
  await page.page.type(".outline-name input", "Yard");
  await click(page, "button", "Save zone");
  await untilShown(page, /No rule goes by Yard yet/);
}

async function chooseAnything(page: WatchedPage): Promise<void> {
  await page.page.locator(".rule-form select").wait();
  await page.page.evaluate(() => {
    const all = [...document.querySelectorAll<HTMLSelectElement>(".rule-form select")];
    const what = all.find(({ options }) => [...options].some(({ text }) => text === "Anything"));
    if (!what) throw new Error("There is no field for what the rule is about");
    what.value = "";
    what.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await untilShown(page, /When anything, sure by 40 %, enters zone Yard/);
}

async function untilAlert(page: WatchedPage): Promise<string> {
  const words = () => document.querySelector(".alert-text")?.textContent ?? "";
  return await page.waitFor("the alert", words, (shown) => shown.includes("entered zone"), {
    withinMs: ALERT_WITHIN_MS,
  });
}

async function photograph({ page }: WatchedPage, name: string): Promise<void> {
  await Deno.mkdir(SCREENS, { recursive: true });
  await page.screenshot({ path: `${SCREENS}${name}.png` });
}

endToEnd(
  "in Chromium a new user alone gets from nothing to an alert, and it is there after a reload",
  async () => {
    await using hub = await RunningHub.start();
    await using browser = await openChromium();
    await worksIn(browser.puppeteer, hub, "chromium");
  },
);

endToEnd(
  "in Firefox a new user alone gets from nothing to an alert, and it is there after a reload",
  async () => {
    await using hub = await RunningHub.start();
    await using browser = await openFirefox();
    await worksIn(browser.puppeteer, hub, "firefox");
  },
);

endToEnd("Places holds to the rules for pages in every theme, at every step", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using page = await openApp(browser.puppeteer, `${hub.url}places`, {
    viewport: { width: 390, height: 844, isMobile: true, hasTouch: true },
  });
  const problems: string[] = [];
  const look = async (name: string) => {
    for (const theme of ["dusk", "day", "sun"]) {
      await page.page.evaluate((to) => document.documentElement.dataset.theme = to, theme);
      await photograph(page, `places-${name}-${theme}`);
      const found = [
        ...(await axeViolations(page)).map((rule) => `axe: ${rule}`),
        ...(await smallTargets(page)).map((target) => `small target: ${target}`),
        ...(await overflowPx(page) > 0 ? ["wider than the window"] : []),
      ];
      problems.push(...found.map((problem) => `${name} ${theme}: ${problem}`));
    }
    const lost = await unreachableControls(page);
    problems.push(...lost.map((control) => `${name}: not reached by Tab: ${control}`));
  };
  await untilShown(page, /See the whole site from above/);
  await closeToasts(page);
  await look("nothing");
  await click(page, "button", "Try it with the demo camera");
  await untilTrack(page);
  await look("live");
  await click(page, "button", "Place it anew");
  await look("placing");
  await click(page, "button", "By points");
  await look("points");
  await click(page, "button", "Cancel");
  await drawZoneByKeys(page);
  await click(page, "button", "Alert when something enters it");
  await page.page.locator(".rule-form select").wait();
  await look("rule");
  assert.equal(problems.join("\n"), "");
});
