/** The bit suite in a page of a browser, or in the page's service worker. */
import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { committed } from "../bits/committed.ts";
import type { BitSuite, ModelRun } from "../bits/suite.ts";
import type { RunningBrowser } from "./browser.ts";

/** How a call ended. */
type Outcome = { readonly value: unknown } | { readonly error: string };

declare global {
  var bits: BitSuite;
  var bitsOutcome: Promise<Outcome>;
}

/** A service worker is stopped when it takes five minutes for a call. */
const FRAMES_A_CALL = 5;
/** A driver gives up on what takes two minutes. */
const ASKED_EVERY_MS = 60_000;

/** `url` is of the bit server: `/`, or `/worker`. */
export async function openSuite(browser: RunningBrowser, url: string): Promise<Page> {
  const page = await browser.puppeteer.newPage();
  await page.goto(url);
  await page.waitForFunction(() => globalThis.bits !== undefined);
  return page;
}

/** Calls the suite; however long that takes. */
export async function callSuite<M extends keyof BitSuite>(
  page: Page,
  method: M,
  ...given: Parameters<BitSuite[M]>
): Promise<Awaited<ReturnType<BitSuite[M]>>> {
  await page.evaluate(begin, method, given);
  let outcome: Outcome | undefined;
  while (!outcome) outcome = await page.evaluate(ended, ASKED_EVERY_MS);
  if ("error" in outcome) throw new Error(`${method}: ${outcome.error}`);
  return outcome.value as Awaited<ReturnType<BitSuite[M]>>;
}

/** In the page. */
function begin(method: keyof BitSuite, given: unknown[]): void {
  const call: Promise<unknown> = Reflect.apply(globalThis.bits[method], globalThis.bits, given);
  globalThis.bitsOutcome = call.then(
    (value) => ({ value }),
    (cause) => ({ error: cause instanceof Error ? cause.message : String(cause) }),
  );
}

/** In the page: undefined where the call goes on. */
function ended(withinMs: number): Promise<Outcome | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, withinMs));
  return Promise.race([globalThis.bitsOutcome, late]);
}

/** Fails where an op's test does, or its oracle leaves other bits than the committed ones. */
export async function assertOps(page: Page): Promise<void> {
  const count = await callSuite(page, "opTests");
  assert.ok(count > 0);
  for (let index = 0; index < count; index++) {
    assert.equal(await callSuite(page, "runOpTest", index), null);
  }
  assert.deepEqual(await callSuite(page, "opHashes"), (await committed()).ops);
}

export async function answersIn(page: Page, run: ModelRun): Promise<string[]> {
  const answers: string[] = [];
  for (let first = run.first; first < run.end; first += FRAMES_A_CALL) {
    const part = { ...run, first, end: Math.min(first + FRAMES_A_CALL, run.end) };
    answers.push(...await callSuite(page, "runModel", part));
  }
  return answers;
}
