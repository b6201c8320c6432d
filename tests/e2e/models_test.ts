import assert from "node:assert/strict";
import type { ModelInfo } from "../../field/messages.ts";
import type { InferDetection } from "../../page/fieldmesh.ts";
import {
  click,
  HUB_STOPPED,
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
import { openChromium } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import { stopAllWorkers, type WatchedPage } from "./watched_page.ts";

const EXTRAS = "fieldmesh-extras";

endToEnd(
  "the model that a user chooses looks from then on, also after a restart and offline",
  async () => {
    await using hub = await RunningHub.start();
    await using browser = await openChromium();
    await using page = await openApp(browser.puppeteer, `${hub.url}about`);
    await untilStored(page);
    const plans = (await models(page)).filter(({ here }) => here);
    assert.deepEqual(plans.map(({ id }) => id), ["nanodet-g", "nanodet-g-320", "ssd-mobilenetv2"]);
    page.expectErrors(...HUB_STOPPED);
    await hub.stop();
    await click(page, "radio", await radioName(page, "ssd-mobilenetv2"));
    await waitForStatus(page, "the choice", ({ engine }) => engine.modelId === "ssd-mobilenetv2");
    const [cat] = await inferPicture(page, "/media/chelsea.png");
    assert.equal(cat?.label, "cat");
    await reloadApp(page);
    await stopAllWorkers(page);
    await startDemo(page);
    await untilSaved(page, 1);
    await stop(page);
    assert.equal((await observations(page))[0].model.id, "ssd-mobilenetv2");
    await untilShown(page, /Cold start\s+\d+ ms: read \d+, load \d+, first look \d+/);
  },
);

endToEnd("a model without a plan is fetched when it is chosen, and then stays", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using page = await openApp(browser.puppeteer, hub.url);
  await untilStored(page);
  const before = (await models(page)).find(({ id }) => id === "nanodet-g-fp32");
  assert.deepEqual([before?.here, before?.chosen], [false, false]);
  assert.deepEqual(await extras(page), []);
  const planned = await inferPicture(page, "/media/astronaut.png");
  assert.match((await status(page)).engine.name, /wasm/);
  await page.page.evaluate(() => globalThis.fieldmesh.chooseModel("nanodet-g-fp32"));
  const exact = await inferPicture(page, "/media/astronaut.png");
  assert.match((await status(page)).engine.name, /onnxruntime/);
  assert.equal((await extras(page)).length, 2, "the model and the runtime");
  assert.equal(planned[0].label, exact[0].label);
  assert.ok(Math.abs(planned[0].score - exact[0].score) < 0.05);

  page.expectErrors(...HUB_STOPPED);
  await hub.stop();
  await reloadApp(page);
  await stopAllWorkers(page);
  assert.deepEqual(await inferPicture(page, "/media/astronaut.png"), exact);
});

endToEnd(
  "a model that cannot be fetched is refused with what to do, and the one before stays",
  async () => {
    await using hub = await RunningHub.start();
    await using browser = await openChromium();
    await using page = await openApp(browser.puppeteer, hub.url);
    await untilStored(page);
    page.expectErrors(...HUB_STOPPED);
    await hub.stop();
    const failure = await page.page.evaluate(() =>
      globalThis.fieldmesh.chooseModel("nanodet-g-fp32").then(
        () => null,
        ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
      )
    );
    assert.match(failure ?? "", /^model-missing: .*with a network/);
    assert.equal((await inferPicture(page, "/media/astronaut.png"))[0].label, "person");
    assert.equal((await status(page)).engine.modelId, "nanodet-g");
  },
);

endToEnd("a plan that was damaged on the device is refused, and the one before stays", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openChromium();
  await using page = await openApp(browser.puppeteer, hub.url);
  await untilStored(page);
  await inferPicture(page, "/media/astronaut.png");
  await damageCached(page, "ssd-mobilenetv2");
  const failure = await page.page.evaluate(() =>
    globalThis.fieldmesh.chooseModel("ssd-mobilenetv2").then(
      () => null,
      ({ code }: { code: string }) => code,
    )
  );
  assert.equal(failure, "model-damaged");
  assert.equal((await inferPicture(page, "/media/astronaut.png"))[0].label, "person");
  assert.equal((await status(page)).engine.modelId, "nanodet-g");
});

function models({ page }: WatchedPage): Promise<readonly ModelInfo[]> {
  return page.evaluate(() => globalThis.fieldmesh.models());
}

/** The option's whole text is its name, for a screen reader. */
async function radioName(page: WatchedPage, id: string): Promise<string> {
  const model = (await models(page)).find((model) => model.id === id);
  if (!model) throw new Error(`no model ${id}`);
  return `${model.name} ${model.about}`;
}

function inferPicture({ page }: WatchedPage, url: string): Promise<readonly InferDetection[]> {
  return page.evaluate(async (url) => {
    const picture = await createImageBitmap(await (await fetch(url)).blob());
    const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
    if (!context) throw new Error("no 2D canvas");
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, picture.width, picture.height);
    return await globalThis.fieldmesh.infer(data, picture.width, picture.height);
  }, url);
}

function extras({ page }: WatchedPage): Promise<string[]> {
  return page.evaluate(async (name) => {
    const kept = await (await caches.open(name)).keys();
    return kept.map(({ url }) => url);
  }, EXTRAS);
}

/** One bit of the file that the worker keeps. */
function damageCached({ page }: WatchedPage, id: string): Promise<void> {
  return page.evaluate(async (id) => {
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        if (!request.url.includes(`/${id}-`)) continue;
        const response = await cache.match(request);
        const bytes = new Uint8Array(await response!.arrayBuffer());
        bytes[bytes.length >> 1] ^= 1;
        await cache.put(request, new Response(bytes, { headers: response!.headers }));
        return;
      }
    }
    throw new Error(`${id} is not cached`);
  }, id);
}
