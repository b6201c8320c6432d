import assert from "node:assert/strict";
import fc from "fast-check";
import { HybridClock } from "../field/clock.ts";
import { BeginStamps } from "./begin_stamps.ts";

const NOW = 1_800_000_000_000;
const UNITS = 1024;

Deno.test("next() is the stamp of the first sight, or one more than the last", () => {
  const stamps = new BeginStamps(new HybridClock(() => NOW), () => NOW + 9000);
  assert.equal(stamps.next(NOW + 5000), (NOW + 5000) * UNITS);
  assert.equal(stamps.next(NOW + 5000), (NOW + 5000) * UNITS + 1);
  assert.equal(stamps.next(NOW + 4000), (NOW + 5000) * UNITS + 2);
  assert.equal(stamps.next(NOW + 6000), (NOW + 6000) * UNITS);
});

Deno.test("next() of a time far ahead is that of now: one wrong frame does not drag all along", () => {
  const stamps = new BeginStamps(new HybridClock(() => NOW), () => NOW);
  assert.equal(stamps.next(NOW + 86_400_000), (NOW + 60_000) * UNITS);
  assert.equal(stamps.next(Number.MAX_VALUE), (NOW + 60_000) * UNITS + 1);
});

Deno.test("no number is given twice, whatever the clock does and however often the worker starts", () => {
  const step = fc.record({
    clock: fc.integer({ min: -100_000, max: 100_000 }),
    first: fc.integer({ min: -20_000, max: 120_000 }),
    restarts: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    let now = NOW;
    const nowMs = () => now;
    let clock = new HybridClock(nowMs);
    let stamps = new BeginStamps(clock, nowMs);
    let last = 0;
    for (const { clock: shift, first, restarts } of steps) {
      now += shift;
      const stamp = stamps.next(now + first);
      assert.ok(Number.isSafeInteger(stamp) && stamp > last);
      last = stamp;
      // what is recorded is in an entry, whose stamp is what the next worker's clock resumes from
      const entryAt = clock.next();
      assert.ok(entryAt > stamp);
      if (!restarts) continue;
      clock = new HybridClock(nowMs);
      clock.resume(entryAt);
      stamps = new BeginStamps(clock, nowMs);
    }
  }));
});
