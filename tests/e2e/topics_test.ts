import assert from "node:assert/strict";
import { click, openApp, untilShown, waitForStatus } from "./app.ts";
import { openChromium } from "./browser.ts";
import { endToEnd } from "./end_to_end.ts";
import { RunningHub } from "./hub.ts";
import { stopAllWorkers, type WatchedPage } from "./watched_page.ts";

interface Heard {
  readonly topic: string;
  readonly value: unknown;
}

endToEnd(
  "devices of a crew hear each other's topics, the last value also who comes later",
  async () => {
    await using hub = await RunningHub.start();
    await using browser = await openChromium();
    await using one = await openApp(await browser.newContext(), hub.url);
    const { link } = await one.page.evaluate(() => globalThis.fieldmesh.invite());
    await one.page.evaluate(() =>
      globalThis.fieldmesh.publish("sensor/ridge/temperature", 21.5, { retain: true })
    );
    await using other = await openApp(await browser.newContext(), link);
    await click(other, "button", "Join and share");
    await untilShown(other, /This device is in the crew/);
    await listen(other, "sensor/+/temperature");
    await untilHeard(other, [{ topic: "sensor/ridge/temperature", value: 21.5 }]);

    // a worker that was stopped has forgotten who listens, and is told again
    await stopAllWorkers(other);
    await waitForStatus(other, "a peer", ({ peers }) => peers.some(({ connected }) => connected));
    await one.page.evaluate(() =>
      globalThis.fieldmesh.publish("sensor/ridge/temperature", { celsius: 22 }, { retain: true })
    );
    await other.waitFor("the new value", lastHeard, (last) => "celsius" in Object(last?.value));
    await assert.rejects(
      other.page.evaluate(() => globalThis.fieldmesh.publish("sensor/+", 1)),
      /topic/,
    );
  },
);

async function listen({ page }: WatchedPage, pattern: string): Promise<void> {
  await page.evaluate(async (pattern) => {
    const heard: { topic: string; value: unknown }[] = [];
    Object.assign(globalThis, { heard });
    await globalThis.fieldmesh.subscribe(
      pattern,
      ({ topic, value }) => void heard.push({ topic, value }),
    );
  }, pattern);
}

async function untilHeard(page: WatchedPage, wanted: readonly Heard[]): Promise<void> {
  const all = await page.waitFor("what was published", allHeard, ({ length }) => length > 0);
  assert.deepEqual(all, wanted);
}

function allHeard(): Heard[] {
  return (globalThis as unknown as { heard: Heard[] }).heard;
}

function lastHeard(): Heard | null {
  return (globalThis as unknown as { heard: Heard[] }).heard.at(-1) ?? null;
}
