import assert from "node:assert/strict";
import type { ProcessorStatus } from "../../field/messages.ts";
import {
  observations,
  openApp,
  reloadApp,
  startDemo,
  status,
  stop,
  untilSaved,
  untilShown,
  untilStored,
  waitForStatus,
} from "./app.ts";
import { crashGpuProcess, openFirefox } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { gpuEndToEnd } from "./gpu_end_to_end.ts";
import { RunningHub } from "./hub.ts";
import type { WatchedPage } from "./watched_page.ts";

/** An adapter in software compiles the shaders of a network, and runs them three times, in this. */
const OPENS_WITHIN_MS = 240_000;
const LOSES_WITHIN_MS = 60_000;
/** Two cores that play a graphics processor take seconds for a frame of another. */
const LIGHTEST_MODEL = "ssd-mobilenetv2";
const FRAMES = 3;

gpuEndToEnd(
  "a user has the graphics processor look; when it crashes, watching goes on without it",
  async (browser) => {
    await using hub = await RunningHub.start();
    await using page = await openApp(browser.puppeteer, `${hub.url}about`);
    await untilStored(page);
    await page.page.evaluate((id) => globalThis.fieldmesh.chooseModel(id), LIGHTEST_MODEL);
    await chooseByKeyboard(page, "Graphics processor Faster on many devices, not on all");
    await waitForStatus(page, "the choice", ({ engine }) => engine.processor?.mode === "gpu");
    await startDemo(page);
    await untilShown(page, /In use: Processor\s+The graphics processor is being made ready/);
    // it is in use only after it has given the bits of Wasm, of three frames of the demo
    await untilLooks(page, "gpu", OPENS_WITHIN_MS);

    page.expectErrors(/context lost|GPU process|WebGPU/i);
    await crashGpuProcess(browser.puppeteer);
    const { why, cause, failedAt, retryAt } = await untilLooks(page, "wasm", LOSES_WITHIN_MS);
    assert.match(why, /^(lost|failed)$/, `${cause}`);
    assert.equal((retryAt ?? 0) - (failedAt ?? 0), 60_000);
    await untilShown(
      page,
      /The graphics processor (was lost|failed) at .*no frame was lost.*tried again in/,
    );
    const { source: then } = await status(page);
    await untilFrames(page, (then?.frames ?? 0) + FRAMES);
    await untilSaved(page, 1);
    await stop(page);
    const labels = (await observations(page)).map(({ label }) => label);
    assert.ok(labels.includes("cat") || labels.includes("person"), `${labels}`);
  },
);

gpuEndToEnd(
  "by itself no graphics processor in software is used, and the card says why",
  async (browser) => {
    await using hub = await RunningHub.start();
    await using page = await openApp(browser.puppeteer, `${hub.url}about`);
    await untilShown(page, /tried once the first frame/);
    await startDemo(page);
    await waitForStatus(page, "a reason", ({ engine }) => engine.processor?.why === "software");
    await untilShown(
      page,
      /In use: Processor\s+This device offers a graphics processor in software/,
    );
    await stop(page);
  },
);

endToEnd("Firefox says that it has no WebGPU there, and the choice stays", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openFirefox();
  await using page = await openApp(browser.puppeteer, `${hub.url}about`);
  await startDemo(page);
  await waitForStatus(page, "a reason", ({ engine }) => engine.processor?.why === "no-webgpu");
  await untilShown(page, /This browser has no WebGPU in the background/);
  await page.page.evaluate(() => globalThis.fieldmesh.chooseProcessor("wasm"));
  await stop(page);
  await reloadApp(page);
  const { mode, inUse, why } = await processor(page);
  assert.deepEqual([mode, inUse, why], ["wasm", "wasm", "forced"]);
});

/** A radio button by the whole text of its option. */
async function chooseByKeyboard({ page }: WatchedPage, name: string): Promise<void> {
  await page.waitForSelector(`::-p-aria([name="${name}"][role="radio"])`).then((radio) =>
    radio?.focus()
  );
  await page.keyboard.press("Space");
}

async function processor(page: WatchedPage): Promise<ProcessorStatus> {
  const { processor } = (await status(page)).engine;
  return processor ?? assert.fail("the worker does not say what looks");
}

async function untilLooks(
  page: WatchedPage,
  which: ProcessorStatus["inUse"],
  withinMs: number,
): Promise<ProcessorStatus> {
  const looks = ({ engine }: Awaited<ReturnType<typeof status>>) =>
    engine.processor?.inUse === which;
  await waitForStatus(page, `the ${which} to look`, looks, withinMs);
  return await processor(page);
}

async function untilFrames(page: WatchedPage, frames: number): Promise<void> {
  const seen = ({ source }: Awaited<ReturnType<typeof status>>) => (source?.frames ?? 0) >= frames;
  await waitForStatus(page, `${frames} frames`, seen);
}
