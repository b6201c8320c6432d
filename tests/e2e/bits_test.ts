import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { BitServer } from "../bits/bit_server.ts";
import { committed } from "../bits/committed.ts";
import { FRAMES } from "../bits/frames.ts";
import type { BackendName, BitSuite } from "../bits/page.ts";
import { openChromium, openFirefox, type RunningBrowser } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";

declare global {
  var bits: BitSuite;
}

/** A driver gives up on a call after two minutes. */
const FRAMES_A_CALL = 5;
/** The oracle is slow: it answers the whole set when the answers are made. */
const REFERENCE_FRAMES = 1;

const BROWSERS: Readonly<Record<string, () => Promise<RunningBrowser>>> = {
  Chromium: openChromium,
  Firefox: openFirefox,
};

for (const [name, open] of Object.entries(BROWSERS)) {
  endToEnd(`in ${name} every op leaves the committed bits, on every backend`, async () => {
    await using server = await BitServer.start();
    await using browser = await open();
    const page = await openSuite(browser, server);
    const count = await page.evaluate(() => globalThis.bits.opTests);
    assert.ok(count > 0);
    for (let index = 0; index < count; index++) {
      assert.equal(await page.evaluate((at) => globalThis.bits.runOpTest(at), index), null);
    }
    const hashes = await page.evaluate(() => globalThis.bits.opHashes());
    assert.deepEqual(hashes, (await committed()).ops);
  });

  endToEnd(`in ${name} every model gives the committed answers, on every backend`, async () => {
    await using server = await BitServer.start();
    await using browser = await open();
    const page = await openSuite(browser, server);
    for (const [plan, answers] of Object.entries((await committed()).models)) {
      for (const build of ["plain", "relaxed"] as const) {
        assert.deepEqual(await answersOf(page, plan, build, FRAMES), answers, `${plan}, ${build}`);
      }
      const oracle = await answersOf(page, plan, "reference", REFERENCE_FRAMES);
      assert.deepEqual(oracle, answers.slice(0, REFERENCE_FRAMES), `${plan}, reference`);
    }
  });
}

async function openSuite(browser: RunningBrowser, server: BitServer): Promise<Page> {
  const page = await browser.puppeteer.newPage();
  await page.goto(server.url);
  await page.waitForFunction(() => globalThis.bits !== undefined);
  return page;
}

async function answersOf(
  page: Page,
  plan: string,
  backend: BackendName,
  frames: number,
): Promise<string[]> {
  const answers: string[] = [];
  for (let first = 0; first < frames; first += FRAMES_A_CALL) {
    const end = Math.min(first + FRAMES_A_CALL, frames);
    answers.push(
      ...await page.evaluate(
        (...call) => globalThis.bits.runModel(...call),
        plan,
        backend,
        first,
        end,
      ),
    );
  }
  return answers;
}
