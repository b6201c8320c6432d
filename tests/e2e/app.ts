/** The app in a page, driven by `globalThis.fieldmesh` or, where it matters, by what a user sees. */
import assert from "node:assert/strict";
import type { Browser, BrowserContext } from "puppeteer-core";
import type { Observation, Status } from "../../field/messages.ts";
import type { Fieldmesh } from "../../page/fieldmesh.ts";
import { type OpenOptions, openPage, type WatchedPage } from "./watched_page.ts";

declare global {
  var fieldmesh: Fieldmesh;
}

const READY_WITHIN_MS = 60_000;
const SEEN_WITHIN_MS = 60_000;
const CLICKABLE_WITHIN_MS = 15_000;
/** The most that one call gives. */
const MOST_OBSERVATIONS = 500;

/** What browsers and the app say when a test stopped the hub. */
export const HUB_STOPPED: readonly RegExp[] = [
  /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED_ENCODING/,
  /WebSocket connection to .* failed/,
  /hub-unreachable/,
];

/** Opens the app and waits until its worker answers. The app's own failures count as page errors. */
export async function openApp(
  where: Browser | BrowserContext,
  url: string,
  options?: OpenOptions,
): Promise<WatchedPage> {
  const page = await openPage(where, url, options);
  await untilReady(page);
  return page;
}

/** Opens the app's page again, as a user's reload does. */
export async function reloadApp(page: WatchedPage): Promise<void> {
  await page.reload();
  await untilReady(page);
}

/** Resolves when everything that the app needs without a network is stored. */
export async function untilStored(page: WatchedPage): Promise<void> {
  const controlled = () => navigator.serviceWorker.controller !== null;
  await page.waitFor("the app to be stored for use offline", controlled, (is) => is, {
    withinMs: READY_WITHIN_MS,
  });
}

export function status({ page }: WatchedPage): Promise<Status> {
  return page.evaluate(() => globalThis.fieldmesh.status());
}

/** All of the crew's observations on this device, newest first. */
export async function observations({ page }: WatchedPage): Promise<readonly Observation[]> {
  const found = await page.evaluate(
    (limit) => globalThis.fieldmesh.observations({ limit }),
    MOST_OBSERVATIONS,
  );
  assert.ok(found.length < MOST_OBSERVATIONS, "more observations than one call gives");
  return found;
}

export function startDemo({ page }: WatchedPage): Promise<void> {
  return page.evaluate(async () => {
    await globalThis.fieldmesh.start("demo");
  });
}

export function stop({ page }: WatchedPage): Promise<void> {
  return page.evaluate(() => globalThis.fieldmesh.stop());
}

/** Resolves with the status when at least so many observations of this device are on disk. */
export function untilSaved(page: WatchedPage, least: number): Promise<Status> {
  return waitForStatus(page, `${least} saved observations`, ({ saved }) => saved >= least);
}

export function waitForStatus(
  page: WatchedPage,
  what: string,
  holds: (status: Status) => boolean,
  withinMs = SEEN_WITHIN_MS,
): Promise<Status> {
  return page.waitFor(what, () => globalThis.fieldmesh.status(), holds, { withinMs });
}

/** Every entry on disk holds: signatures and chains. */
export async function assertVerifies({ page }: WatchedPage): Promise<void> {
  const { entries, faults } = await page.evaluate(() => globalThis.fieldmesh.verify());
  assert.deepEqual(faults, []);
  assert.ok(entries > 0, "there was nothing to verify");
}

/** Clicks what a screen reader would call by this name. */
export async function click({ page }: WatchedPage, role: string, name: string): Promise<void> {
  const locator = page.locator(`::-p-aria([name="${name}"][role="${role}"])`);
  await locator.setTimeout(CLICKABLE_WITHIN_MS).click();
}

/** Resolves when the page shows this text. */
export async function untilShown(page: WatchedPage, text: RegExp): Promise<void> {
  const shown = () => document.body.innerText;
  await page.waitFor(`the page to show ${text}`, shown, (words) => text.test(words), {
    withinMs: SEEN_WITHIN_MS,
  });
}

async function untilReady({ page }: WatchedPage): Promise<void> {
  await page.waitForFunction(() => "fieldmesh" in globalThis, { timeout: READY_WITHIN_MS });
  await page.evaluate(async () => {
    globalThis.fieldmesh.on("failure", ({ failure, trying }) => {
      console.error(`fieldmesh: ${failure.code} while ${trying}: ${failure.message}`);
    });
    await globalThis.fieldmesh.ready;
  });
}
