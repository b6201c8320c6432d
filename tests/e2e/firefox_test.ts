import assert from "node:assert/strict";
import { assertVerifies, observations, openApp, startDemo, stop, untilSaved } from "./app.ts";
import { openFirefox } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";

/** The model's card says this of the picture. */
const PERSON_SCORE = 0.73;
const SCORE_WITHIN = 0.05;
const SHOWN = ["person", "cat", "cup"];

endToEnd("in Firefox the app opens, detects in a picture, watches and saves", async () => {
  await using hub = await RunningHub.start();
  await using browser = await openFirefox();
  await using page = await openApp(browser.puppeteer, hub.url);

  const detections = await page.page.evaluate(async () => {
    const picture = await createImageBitmap(await (await fetch("/media/astronaut.png")).blob());
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no 2D canvas");
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, picture.width, picture.height);
    return await globalThis.fieldmesh.infer(data, picture.width, picture.height);
  });
  const person = detections.find(({ label }) => label === "person");
  assert.ok(person, `no person among ${JSON.stringify(detections)}`);
  assert.ok(Math.abs(person.score - PERSON_SCORE) <= SCORE_WITHIN, `score ${person.score}`);

  await startDemo(page);
  await untilSaved(page, 1);
  await stop(page);
  for (const { label } of await observations(page)) assert.ok(SHOWN.includes(label), label);
  await assertVerifies(page);
});
