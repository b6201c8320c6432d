import assert from "node:assert/strict";
import { BitServer } from "../bits/bit_server.ts";
import { committed } from "../bits/committed.ts";
import { FRAMES } from "../bits/frames.ts";
import { openChromium, openFirefox, type RunningBrowser } from "./browser.ts";
import { answersIn, assertOps, openSuite } from "./bit_page.ts";
import { endToEnd } from "./end_to_end.ts";

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
    await assertOps(await openSuite(browser, server.url));
  });

  endToEnd(`in ${name} every model gives the committed answers, on every backend`, async () => {
    await using server = await BitServer.start();
    await using browser = await open();
    const page = await openSuite(browser, server.url);
    for (const [plan, answers] of Object.entries((await committed()).models)) {
      for (const backend of ["plain", "relaxed"] as const) {
        const given = await answersIn(page, { plan, backend, first: 0, end: FRAMES });
        assert.deepEqual(given, answers, `${plan}, ${backend}`);
      }
      const asked = { plan, backend: "reference", first: 0, end: REFERENCE_FRAMES } as const;
      assert.deepEqual(await answersIn(page, asked), answers.slice(0, REFERENCE_FRAMES), plan);
    }
  });
}
