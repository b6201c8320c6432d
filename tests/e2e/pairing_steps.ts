/** The steps of pairing by codes, as a user takes them with no hub running. */
import assert from "node:assert/strict";
import type { Browser, BrowserContext } from "puppeteer-core";
import { readPairCode } from "../../page/pairing/pair_code.ts";
import type { PairState } from "../../page/pairing/pair_state.ts";
import { CONNECTS_WITHIN_MS } from "../../page/pairing/pairing.ts";
import { squeeze, SQUEEZED_MOST_BYTES } from "../../page/pairing/squeeze.ts";
import { TemporaryFolder } from "../temporary_folder.ts";
import { click, HUB_STOPPED, observations, openApp, untilShown, untilStored } from "./app.ts";
import { axeViolations, overflowPx, smallTargets, unreachableControls } from "./page_audit.ts";
import type { WatchedPage } from "./watched_page.ts";

const SHOWN_WITHIN_MS = 20_000;
const MET_WITHIN_MS = 40_000;
const SAME_WITHIN_MS = 15_000;
/** Smaller, and cameras misread it. */
const CODE_LEAST_PX = 280;

/** With the app stored, on the crew's page. */
export async function openDevice(
  where: Browser | BrowserContext,
  hubUrl: string,
): Promise<WatchedPage> {
  const expect = [
    ...HUB_STOPPED,
    /Firefox can’t establish a connection|was interrupted while the page was loading/,
  ];
  const page = await openApp(where, `${hubUrl}crew`, { expect });
  await untilStored(page);
  return page;
}

export async function openSheet(page: WatchedPage): Promise<void> {
  // else it may lie under the bar at the bottom, which a click would hit
  await page.page.$eval("#by-codes button", (button) => button.scrollIntoView({ block: "center" }));
  await click(page, "button", "Pair by codes");
}

export async function showCode(page: WatchedPage): Promise<void> {
  await openSheet(page);
  await click(page, "button", "Show a code");
}

export async function readCode(page: WatchedPage): Promise<void> {
  await openSheet(page);
  await click(page, "button", "Read a code");
}

/** The code as it stands on the screen. */
export async function pictureOfCode({ page }: WatchedPage): Promise<Uint8Array> {
  const code = await page.waitForSelector(".pair-code .qr-frame", { timeout: SHOWN_WITHIN_MS });
  assert.ok(code, "no code is shown");
  await code.evaluate(async (element) => {
    const opening = element.closest("dialog")?.getAnimations() ?? [];
    await Promise.all(opening.map(({ finished }) => finished));
  });
  const { width = 0, height = 0 } = await code.boundingBox() ?? {};
  assert.ok(Math.min(width, height) >= CODE_LEAST_PX, `the code is ${width} x ${height} px`);
  // else Chromium makes the page as long as it is, and with it what stands at its bottom
  return await code.screenshot({ captureBeyondViewport: false });
}

/** The code as it can be copied; it keeps to its size. */
export async function textOfCode({ page }: WatchedPage): Promise<string> {
  const input = await page.waitForSelector('input[aria-label="Pairing code as text"]', {
    timeout: SHOWN_WITHIN_MS,
  });
  assert.ok(input, "no code is shown");
  const text = await input.evaluate((element) => (element as HTMLInputElement).value);
  const half = readPairCode(text);
  assert.ok(typeof half === "object", `a code that is ${half}`);
  const { length } = squeeze(half);
  assert.ok(length <= SQUEEZED_MOST_BYTES);
  const kinds = half.endpoint.candidates.map(({ kind }) => kind).join(", ");
  const invite = half.invite ? ", with an invite" : "";
  console.log(`${half.half}: ${length} bytes, ${text.length} characters (${kinds}${invite})`);
  return text;
}

/** As a user who took a photo of the other's screen. */
export async function givePicture(page: WatchedPage, png: Uint8Array): Promise<void> {
  await using folder = await TemporaryFolder.make("picture");
  const path = `${folder.path}/code.png`;
  await Deno.writeFile(path, png);
  const input = await page.page.waitForSelector('.pair-reader input[type="file"]', {
    timeout: SHOWN_WITHIN_MS,
  });
  assert.ok(input, "nothing takes a picture");
  await (await input.toElement("input")).uploadFile(path);
  // the file is read after the upload has returned
  await page.waitFor<PairState>(
    "the picture to be read",
    () => fieldmesh.pairing.state,
    ({ step }) => step !== "offering" && step !== "reading",
    { withinMs: SHOWN_WITHIN_MS },
  );
}

export async function paste(page: WatchedPage, text: string): Promise<void> {
  if (!await page.page.$("#pair-text")) await click(page, "button", "Paste …");
  await page.page.waitForSelector("#pair-text", { timeout: SHOWN_WITHIN_MS });
  await page.page.$eval("#pair-text", (element, text) => {
    const area = element as HTMLTextAreaElement;
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }, text);
  await click(page, "button", "Use this code");
}

/** Both say so, and `last`, which read the second code, was in time. */
export async function assertMet(last: WatchedPage, other: WatchedPage): Promise<void> {
  for (const page of [last, other]) {
    await untilStep(page, ["met", "failed"]);
    await untilShown(page, /Linked with/);
  }
  const state = await last.page.evaluate(() => fieldmesh.pairing.state);
  assert.ok(state.step === "met" && state.tookMs !== null, JSON.stringify(state));
  assert.ok(state.tookMs < CONNECTS_WITHIN_MS);
  console.log(`connected ${Math.round(state.tookMs)} ms after the second code was read`);
  for (const page of [last, other]) await click(page, "button", "Done");
}

export async function untilStep(
  page: WatchedPage,
  steps: readonly PairState["step"][],
): Promise<void> {
  const state = () => fieldmesh.pairing.state;
  await page.waitFor<PairState>(
    `the step ${steps.join(" or ")}`,
    state,
    ({ step }) => steps.includes(step),
    { withinMs: MET_WITHIN_MS },
  );
}

/** Resolves with the ids of all that any of them holds, once each of them holds it. */
export async function untilSame(...pages: readonly WatchedPage[]): Promise<readonly string[]> {
  const each = await Promise.all(pages.map(idsOf));
  const all = [...new Set(each.flat())].sort();
  assert.ok(all.length > 0, "there is nothing to exchange");
  for (const page of pages) {
    const status = () => fieldmesh.status();
    const hasAll = (now: Awaited<ReturnType<typeof status>>) =>
      now.total >= all.length && now.missingMedia === 0;
    await page.waitFor("all records and pictures", status, hasAll, { withinMs: SAME_WITHIN_MS });
    assert.deepEqual(await idsOf(page), all);
  }
  return all;
}

async function idsOf(page: WatchedPage): Promise<string[]> {
  return (await observations(page)).map(({ id }) => id).sort();
}

/** On a phone: code or camera without scrolling, and all with thumb, keyboard and screen reader. */
export async function assertInSightAndReach(page: WatchedPage, what: string): Promise<void> {
  const hiddenPx = await page.page.$eval("dialog[open]", (sheet) => {
    const shown = sheet.querySelector(".qr-frame, .pair-preview")?.getBoundingClientRect();
    return shown ? Math.max(0, -shown.top, shown.bottom - innerHeight) : 0;
  });
  assert.deepEqual(
    {
      hiddenPx,
      overflowPx: await overflowPx(page),
      axe: await axeViolations(page),
      small: await smallTargets(page),
      unreachable: await unreachableControls(page),
    },
    { hiddenPx: 0, overflowPx: 0, axe: [], small: [], unreachable: [] },
    what,
  );
}
