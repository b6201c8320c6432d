import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { BitServer } from "../bits/bit_server.ts";
import { committed } from "../bits/committed.ts";
import { ALL_BITS, BATCH_SIZES, BATCHED, IN_WORKER } from "../bits/gpu_frames.ts";
import type { BackendName } from "../bits/suite.ts";
import { answersIn, assertOps, callSuite, openSuite } from "./bit_page.ts";
import { gpuEndToEnd } from "./gpu_end_to_end.ts";

/** The same network as another, of more pixels: it takes ten seconds a frame. */
const LARGEST = "nanodet-g";

gpuEndToEnd("in a service worker every op leaves the committed bits on a GPU", async (browser) => {
  await using server = await BitServer.start();
  const page = await openSuite(browser, `${server.url}/worker`);
  assert.ok(await callSuite(page, "adapter"), "the worker has the adapter");
  await assertOps(page);
});

const { models } = await committed();
const { first, end } = IN_WORKER;
for (const [plan, answers] of Object.entries(models)) {
  for (const dot of ["packed", "plain"] as const) {
    const backend = `gpu ${dot}` as const;
    const which = `frames ${first} to ${end - 1}`;
    gpuEndToEnd(
      `in a service worker ${plan} is right on a ${backend}, ${which}`,
      async (browser) => {
        await using server = await BitServer.start();
        const page = await openSuite(browser, `${server.url}/worker`);
        const given = await answersIn(page, { plan, backend, ...IN_WORKER });
        assert.deepEqual(given, answers.slice(first, end));
      },
    );
    if (!ALL_BITS && (dot === "plain" || plan === LARGEST)) continue; // Deno answers them
    gpuEndToEnd(`in a service worker ${plan} takes batches on a ${backend}`, async (browser) => {
      await using server = await BitServer.start();
      const page = await openSuite(browser, `${server.url}/worker`);
      const one = BATCH_SIZES.flatMap((size) => Array<number>(size).fill(1));
      const expected = await outputsIn(page, { plan, backend: "plain" }, one);
      assert.deepEqual(await outputsIn(page, { plan, backend }, BATCH_SIZES), expected);
    });
  }
}

function outputsIn(
  page: Page,
  run: { readonly plan: string; readonly backend: BackendName },
  sizes: readonly number[],
): Promise<string[]> {
  return callSuite(page, "runBatches", { ...run, ...BATCHED }, sizes);
}
