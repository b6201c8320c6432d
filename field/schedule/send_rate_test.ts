import assert from "node:assert/strict";
import fc from "fast-check";
import { LEAST_SENDS, linkSendRate, type LinkState, MOST_SENDS, sendRate } from "./send_rate.ts";

const GOOD: LinkState = { rttMs: 40, loss: 0, pressure: 0 };
const share = fc.double({ min: -0.5, max: 1.5, noNaN: true });
const link = fc.record<LinkState>({
  rttMs: fc.option(fc.double({ min: 0, max: 20_000, noNaN: true })),
  loss: share,
  pressure: share,
});

Deno.test("linkSendRate() is the most on a good link, and on one that nobody knows yet", () => {
  assert.equal(linkSendRate(GOOD), MOST_SENDS);
  assert.equal(linkSendRate({ ...GOOD, rttMs: null }), MOST_SENDS);
  assert.equal(linkSendRate({ ...GOOD, rttMs: 200 }), MOST_SENDS);
  assert.equal(linkSendRate({ ...GOOD, rttMs: 0 }), MOST_SENDS);
});

Deno.test("linkSendRate() is two a round trip, less what loss and pressure take", () => {
  assert.equal(linkSendRate({ ...GOOD, rttMs: 1000 }), 2);
  assert.ok(Math.abs(linkSendRate({ ...GOOD, loss: 0.3 }) - 4.9) < 1e-9);
  assert.equal(linkSendRate({ ...GOOD, pressure: 0.5 }), 5);
  assert.equal(linkSendRate({ rttMs: 9000, loss: 1, pressure: 1 }), LEAST_SENDS);
});

Deno.test("linkSendRate() is bounded, and falls with each of its inputs", () => {
  fc.assert(
    fc.property(link, link, (one, other) => {
      const rate = linkSendRate(one);
      assert.ok(rate >= LEAST_SENDS && rate <= MOST_SENDS);
      const rttMs = Math.max(one.rttMs ?? 200, other.rttMs ?? 200);
      assert.ok(linkSendRate({ ...one, rttMs }) <= rate);
      assert.ok(linkSendRate({ ...one, loss: Math.max(one.loss, other.loss) }) <= rate);
      assert.ok(linkSendRate({ ...one, pressure: Math.max(one.pressure, other.pressure) }) <= rate);
    }),
    { seed: 10, numRuns: 300 },
  );
});

Deno.test("sendRate() is the best link's, which no bad one slows down; without links the most", () => {
  const bad: LinkState = { rttMs: 3000, loss: 0.5, pressure: 1 };
  assert.equal(sendRate([bad, GOOD, bad]), MOST_SENDS);
  assert.equal(sendRate([bad]), LEAST_SENDS);
  assert.equal(sendRate([]), MOST_SENDS);
});
