import assert from "node:assert/strict";
import fc from "fast-check";
import {
  aheadOfPeers,
  ClockProbes,
  type ClockReading,
  parseReading,
  readingOf,
} from "./clock_offset.ts";

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;

/** A peer whose clock is ahead, over a link whose two ways take so long. */
function ask(
  probes: ClockProbes,
  at: number,
  peer: { ahead: number; there: number; held?: number; back: number },
): ClockReading | null {
  const n = probes.next(at);
  assert.notEqual(n, null);
  const { ahead, there, held = 0, back } = peer;
  const reply = { n: n ?? 0, receivedAt: at + there + ahead, heldMs: held };
  return probes.answered(reply, at + there + held + back);
}

Deno.test("a reading is right within half the round trip, whatever the link and the clocks", () => {
  const ms = fc.integer({ min: 0, max: 20_000 });
  const ahead = fc.integer({ min: -400 * DAY, max: 400 * DAY });
  fc.assert(fc.property(ms, ms, ms, ahead, (there, held, back, ahead) => {
    const reply = { receivedAt: NOW + there + ahead, heldMs: held };
    const reading = readingOf(NOW, NOW + there + held + back, reply);
    assert.ok(Math.abs(reading.aheadMs - ahead) <= reading.withinMs + 1);
    assert.ok(reading.withinMs <= (there + back) / 2 + 1);
  }));
});

Deno.test("of several answers the shortest round trip counts", () => {
  const probes = new ClockProbes();
  ask(probes, NOW, { ahead: 5000, there: 900, back: 0 });
  assert.equal(ask(probes, NOW + 1000, { ahead: 5000, there: 3, back: 3 })?.aheadMs, 5000);
  const best = ask(probes, NOW + 2000, { ahead: 5000, there: 0, back: 800 });
  assert.deepEqual(best, { aheadMs: 5000, withinMs: 3, at: NOW + 1006 });
});

Deno.test("a clock that was set in between is noticed at the next answer, however slow that one was", () => {
  const probes = new ClockProbes();
  ask(probes, NOW, { ahead: 0, there: 2, back: 2 });
  const after = ask(probes, NOW + 1000, { ahead: -3_600_000, there: 400, back: 400 });
  assert.equal(after?.aheadMs, -3_600_000);
});

Deno.test("an old answer gives way to a new one, since clocks drift", () => {
  const probes = new ClockProbes();
  ask(probes, NOW, { ahead: 100, there: 1, back: 1 });
  const later = ask(probes, NOW + 11 * 60_000, { ahead: 150, there: 60, back: 60 });
  assert.deepEqual([later?.aheadMs, later?.withinMs], [150, 60]);
});

Deno.test("next() asks a few times at first, then now and then", () => {
  const probes = new ClockProbes();
  const asked: number[] = [];
  for (let s = 0; s <= 600; s++) if (probes.next(NOW + s * 1000) !== null) asked.push(s);
  assert.deepEqual(asked, [0, 1, 2, 3, 123, 243, 363, 483]);
});

Deno.test("next() goes on asking after the clock was set back", () => {
  const probes = new ClockProbes();
  for (let s = 0; s < 4; s++) probes.next(NOW + s * 1000);
  assert.notEqual(probes.next(NOW - DAY), null);
});

Deno.test("answered() passes over what was not asked, twice answered, or from before the clock was set back", () => {
  const probes = new ClockProbes();
  const reply = { receivedAt: NOW, heldMs: 0 };
  assert.equal(probes.answered({ n: 0, ...reply }, NOW), null);
  assert.equal(probes.answered({ n: 1, ...reply }, NOW), null);
  const n = probes.next(NOW) ?? 0;
  assert.equal(probes.answered({ n: n + 1, ...reply }, NOW), null);
  assert.equal(probes.answered({ n, ...reply }, NOW - 1), null);
  assert.notEqual(probes.answered({ n, ...reply }, NOW), null);
  assert.equal(probes.answered({ n, ...reply }, NOW), null);
});

Deno.test("answered() takes any lie without breaking: it is only shown, and no clock is a century off", () => {
  const count = fc.maxSafeNat();
  fc.assert(fc.property(count, count, (receivedAt, heldMs) => {
    const probes = new ClockProbes();
    const n = probes.next(NOW) ?? 0;
    const reading = probes.answered({ n, receivedAt, heldMs }, NOW + 50);
    if (Math.abs(receivedAt - NOW) < 10 * 365 * DAY) assert.ok(reading);
    if (Math.abs(receivedAt - NOW) > 101 * 365 * DAY) assert.equal(reading, null);
    assert.ok(!reading || Number.isFinite(reading.aheadMs) && reading.withinMs >= 0);
  }));
  const probes = new ClockProbes();
  const n = probes.next(NOW) ?? 0;
  assert.ok(probes.answered({ n, receivedAt: 0, heldMs: 0 }, NOW + 50), "it shows 1970");
});

Deno.test("aheadOfPeers() is the median of the last week's readings, seen from this side", () => {
  const reading = (aheadMs: number, at = NOW): ClockReading => ({ aheadMs, withinMs: 1, at });
  assert.equal(aheadOfPeers([], NOW), null);
  assert.deepEqual(aheadOfPeers([reading(-300)], NOW), { aheadMs: 300, peers: 1 });
  assert.deepEqual(aheadOfPeers([reading(10), reading(9e12), reading(-20)], NOW), {
    aheadMs: -10,
    peers: 3,
  });
  assert.deepEqual(aheadOfPeers([reading(10), reading(20)], NOW), { aheadMs: -15, peers: 2 });
  assert.deepEqual(aheadOfPeers([reading(0)], NOW), { aheadMs: 0, peers: 1 });
  const old = [reading(5, NOW - 8 * DAY), reading(5, NOW + 8 * DAY)];
  assert.equal(aheadOfPeers(old, NOW), null, "a clock may have been set since");
});

Deno.test("parseReading() reads what was kept, and nothing else", () => {
  const reading = { aheadMs: -5, withinMs: 2, at: NOW };
  assert.deepEqual(parseReading({ ...reading, more: 1 }), reading);
  for (
    const bad of [null, 7, {}, { ...reading, aheadMs: 1.5 }, { ...reading, withinMs: -1 }, {
      ...reading,
      at: "now",
    }]
  ) assert.equal(parseReading(bad), null);
});
