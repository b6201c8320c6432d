import assert from "node:assert/strict";
import { LookRates } from "./look_rates.ts";

const NO_QUEUE = { offered: 0, taken: 0, displaced: 0, refused: 0, forgotten: 0 };

/** A device of which a test says how it is. */
function setUp() {
  const device = { inferenceMs: 80 as number | null, pressure: 0, factor: 1, now: 0 };
  const rates = new LookRates({
    inferenceMs: () => device.inferenceMs,
    pressure: () => device.pressure,
    factor: () => device.factor,
    nowMs: () => device.now,
  });
  /** The rest after a frame that took `tookMs`, 10 s after the one before. */
  const restAfter = (tookMs: number, isLook = true, sources: readonly string[] = ["a"]) => {
    device.now += 10_000;
    return rates.restMs({ source: "a", cameMs: device.now - tookMs, isLook }, sources, NO_QUEUE);
  };
  return { device, rates, restAfter };
}

Deno.test("restMs() asks for none while nobody knows what a look takes", () => {
  const { device, restAfter } = setUp();
  device.inferenceMs = null;
  assert.equal(restAfter(0), 0);
  device.inferenceMs = 800;
  assert.equal(restAfter(0), 1000);
  device.inferenceMs = null; // another processor looks: as before, until it is known
  assert.equal(restAfter(0), 1000);
});

Deno.test("restMs() counts what the frame took already, and is never below 0 nor above the whole", () => {
  const { restAfter } = setUp();
  assert.deepEqual([0, 30, 100, 5000, -700].map((took) => restAfter(took)), [100, 70, 0, 0, 100]);
});

Deno.test("restMs() shares the engine among sources, but frames that cost it nothing come as before", () => {
  const { restAfter } = setUp();
  const five = ["a", "b", "c", "d", "e"];
  assert.deepEqual([restAfter(0, true, five), restAfter(0, false, five)], [500, 100]);
});

Deno.test("restMs() spares a battery and links, also with frames that are not looked at", () => {
  const { device, rates, restAfter } = setUp();
  device.inferenceMs = 8;
  rates.charged({ level: 0.1, charging: false });
  assert.deepEqual([restAfter(0), restAfter(0, false)], [400, 400]);
  rates.charged({ level: 0.1, charging: true });
  assert.equal(restAfter(0, false), 100);
  device.pressure = 1;
  assert.equal(restAfter(0, false), 1000);
});

Deno.test("restMs() gives a decision the rate that it wants, within what the engine bears", () => {
  const { device, restAfter } = setUp();
  device.inferenceMs = 800;
  device.factor = 2;
  assert.equal(restAfter(0), 1000);
  device.factor = 0.5;
  assert.equal(restAfter(0), 2000);
  device.factor = 0.0001;
  assert.deepEqual([restAfter(0), restAfter(0, false)], [5000, 5000], "so that it is not lost");
});

Deno.test("restMs() reckons anew once a second, for a new source, and when the clock was set back", () => {
  const { device, rates } = setUp();
  const rest = (source: string, sources: readonly string[]) =>
    rates.restMs({ source, cameMs: device.now, isLook: true }, sources, NO_QUEUE);
  assert.equal(rest("a", ["a"]), 100);
  device.inferenceMs = 800;
  device.now = 999;
  assert.equal(rest("a", ["a"]), 100);
  assert.equal(rest("b", ["a", "b"]), 2000);
  device.inferenceMs = 80;
  device.now = 500;
  assert.equal(rest("a", ["a", "b"]), 2000, "which rises by half a second, and no time has passed");
  device.now = 1500;
  assert.equal(rest("a", ["a", "b"]), 1333);
});

Deno.test("restMs() falls back when frames are displaced in the queue", () => {
  const { device, rates } = setUp();
  const rest = (offered: number, displaced: number) => {
    device.now += 1000;
    const queue = { ...NO_QUEUE, offered, displaced };
    return rates.restMs({ source: "a", cameMs: device.now, isLook: true }, ["a"], queue);
  };
  assert.deepEqual([rest(0, 0), rest(100, 50)], [100, 200]);
});
