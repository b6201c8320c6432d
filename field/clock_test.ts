import assert from "node:assert/strict";
import fc from "fast-check";
import { HybridClock, isStamp, stampMs } from "./clock.ts";

const NOW = 1_800_000_000_000;

Deno.test("next() rises under any clock, whatever is heard in between", () => {
  const moment = fc.oneof(
    fc.double({ min: 0, max: 2 * NOW, noNaN: true }),
    fc.integer({ min: NOW, max: NOW + 3 }),
    fc.constantFrom(0, NOW),
  );
  const step = fc.record({ now: moment, heard: fc.option(fc.maxSafeInteger().map(Math.abs)) });
  fc.assert(fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
    let now = NOW;
    const clock = new HybridClock(() => now);
    let last = -1;
    for (const { now: moved, heard } of steps) {
      now = moved;
      if (heard !== null) clock.observe(heard);
      const stamp = clock.next();
      assert.ok(isStamp(stamp), `${stamp} is no stamp`);
      assert.ok(stamp > last, `${stamp} after ${last}`);
      last = stamp;
    }
  }));
});

Deno.test("next() is the wall clock when that is ahead", () => {
  let now = NOW;
  const clock = new HybridClock(() => now);
  assert.equal(stampMs(clock.next()), NOW);
  now += 12_345;
  assert.equal(stampMs(clock.next()), NOW + 12_345);
});

Deno.test("next() stays within the millisecond for a thousand stamps of a clock that stands", () => {
  const clock = new HybridClock(() => NOW);
  const stamps = Array.from({ length: 1024 }, () => clock.next());
  assert.equal(new Set(stamps).size, 1024);
  assert.ok(stamps.every((stamp) => stampMs(stamp) === NOW));
});

Deno.test("next() goes on from the stamp that a clock was made with", () => {
  const clock = new HybridClock(() => 0, 5_000_000);
  assert.equal(clock.next(), 5_000_001);
});

Deno.test("observe() puts the next stamp above one that is a little ahead", () => {
  const clock = new HybridClock(() => NOW);
  const heard = (NOW + 60_000) * 1024 + 7;
  clock.observe(heard);
  assert.equal(clock.next(), heard + 1);
});

Deno.test("observe() does not let a stamp far in the future drag the clock along", () => {
  const clock = new HybridClock(() => NOW);
  clock.observe((NOW + 6 * 60_000) * 1024);
  clock.observe(Number.MAX_SAFE_INTEGER);
  assert.equal(stampMs(clock.next()), NOW);
});

Deno.test("observe() of an old stamp changes nothing", () => {
  const clock = new HybridClock(() => NOW);
  const before = clock.next();
  clock.observe(17);
  assert.equal(clock.next(), before + 1);
});

Deno.test("isStamp() holds for whole numbers from 0 to 2^53 - 1", () => {
  for (const good of [0, 1, NOW * 1024, Number.MAX_SAFE_INTEGER]) assert.ok(isStamp(good));
  for (const bad of [-1, 0.5, 2 ** 53, NaN, Infinity, "1", 1n, null, undefined, {}]) {
    assert.ok(!isStamp(bad), String(bad));
  }
});
