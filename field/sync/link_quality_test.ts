import assert from "node:assert/strict";
import fc from "fast-check";
import { LinkQuality } from "./link_quality.ts";

/** Questions `from` up to `to`, one a second, each answered after `tookMs`. */
function ask(quality: LinkQuality, from: number, to: number, tookMs: number): void {
  for (let n = from; n < to; n++) {
    quality.asked(n, n * 1000);
    quality.answered(n, n * 1000 + tookMs);
  }
}

Deno.test("a link of which nothing is known has no round trip and no loss", () => {
  const quality = new LinkQuality();
  assert.deepEqual([quality.rttMs, quality.loss], [null, 0]);
});

Deno.test("rttMs is the median of the last 16 answers", () => {
  const quality = new LinkQuality();
  ask(quality, 0, 2, 10);
  ask(quality, 2, 3, 900);
  assert.equal(quality.rttMs, 10, "one late answer moves it little");
  ask(quality, 3, 4, 20);
  assert.equal(quality.rttMs, 15, "of an even number the mean of the middle two");
  ask(quality, 4, 20, 70);
  assert.equal(quality.rttMs, 70, "older ones are forgotten");
});

Deno.test("loss counts what was not answered within a second, once it is late", () => {
  const quality = new LinkQuality();
  ask(quality, 0, 3, 10);
  quality.asked(3, 3000);
  quality.expire(4000);
  assert.equal(quality.loss, 0, "it may still come");
  quality.expire(4001);
  assert.equal(quality.loss, 1 / 4);
  quality.answered(3, 4500);
  assert.equal(quality.loss, 1 / 4, "it came too late");
  assert.equal(quality.rttMs, 10);
});

Deno.test("loss is not what a slow link looks like: late is late by its own round trip", () => {
  const quality = new LinkQuality();
  quality.asked(0, 0);
  quality.expire(3999);
  assert.equal(quality.loss, 1, "so far it is as if lost");
  quality.answered(0, 4000);
  assert.deepEqual([quality.rttMs, quality.loss], [4000, 0]);
  quality.asked(1, 5000);
  quality.expire(16_999);
  assert.equal(quality.loss, 0);
  quality.expire(17_001);
  assert.equal(quality.loss, 1 / 2);
});

Deno.test("loss is of the last 32 questions, and what was under way when the link went is lost", () => {
  const quality = new LinkQuality();
  for (let n = 0; n < 8; n++) quality.asked(n, n * 1000);
  ask(quality, 8, 32, 10);
  assert.equal(quality.loss, 8 / 32);
  ask(quality, 32, 36, 10);
  assert.equal(quality.loss, 4 / 32);
  ask(quality, 36, 60, 10);
  assert.equal(quality.loss, 0);
  quality.asked(60, 60_000);
  quality.expire(Infinity);
  assert.equal(quality.loss, 1 / 32);
});

Deno.test("answered() passes over what was never asked, was answered, or seems to come before its question", () => {
  const quality = new LinkQuality();
  quality.answered(7, 0);
  quality.asked(1, 1000);
  quality.answered(1, 1010);
  quality.answered(1, 1900);
  quality.asked(2, 2000);
  quality.answered(2, 1500);
  quality.answered(2, 2500);
  assert.deepEqual([quality.rttMs, quality.loss], [10, 0]);
});

Deno.test("asked() twice is the same question", () => {
  const quality = new LinkQuality();
  quality.asked(1, 1000);
  quality.asked(1, 1900);
  quality.answered(1, 2000);
  assert.equal(quality.rttMs, 1000);
});

Deno.test("whatever is asked and answered when, the figures are figures, and soon right again", () => {
  const act = fc.record({
    kind: fc.constantFrom("asked", "answered", "expire"),
    n: fc.integer({ min: -3, max: 200 }),
    at: fc.integer({ min: -1e13, max: 1e13 }),
  });
  fc.assert(fc.property(fc.array(act, { maxLength: 300 }), (acts) => {
    const quality = new LinkQuality();
    for (const { kind, n, at } of acts) {
      if (kind === "asked") quality.asked(n, at);
      else if (kind === "answered") quality.answered(n, at);
      else quality.expire(at);
      assert.ok(quality.loss >= 0 && quality.loss <= 1);
      assert.ok(quality.rttMs === null || quality.rttMs >= 0);
    }
    ask(quality, 1000, 1064, 25);
    assert.deepEqual([quality.rttMs, quality.loss], [25, 0]);
  }));
});
