import assert from "node:assert/strict";
import fc from "fast-check";
import { type Batch, formBatch } from "./batch_former.ts";
import { LatestWins } from "./latest_wins.ts";

const policy = { most: 4, lingerMs: 30, sources: 8 };

function queueOf(...offers: readonly (readonly [source: string, atMs: number])[]) {
  const queue = new LatestWins<number>();
  offers.forEach(([source, atMs], i) => queue.offer(source, i, atMs));
  return queue;
}

function sourcesOf<T>(batch: Batch<T>): readonly string[] | number | null {
  return "frames" in batch ? batch.frames.map(({ source }) => source) : batch.waitMs;
}

Deno.test("formBatch() of nothing waits for a frame", () => {
  assert.equal(sourcesOf(formBatch(queueOf(), 0, policy)), null);
});

Deno.test("formBatch() waits for others until the first has lingered long enough", () => {
  const queue = queueOf(["a", 100], ["b", 110]);
  assert.equal(sourcesOf(formBatch(queue, 112, policy)), 18);
  assert.deepEqual(sourcesOf(formBatch(queue, 130, policy)), ["a", "b"]);
  assert.equal(queue.size, 0);
});

Deno.test("formBatch() lingers from when a source began to wait, not from its newest frame", () => {
  const queue = queueOf(["a", 100], ["a", 125]);
  assert.deepEqual(sourcesOf(formBatch(queue, 130, policy)), ["a"]);
});

Deno.test("formBatch() does not wait when it is full, when all are there or the clock was set back", () => {
  const full = queueOf(["a", 0], ["b", 0], ["c", 0], ["d", 0], ["e", 0]);
  assert.deepEqual(sourcesOf(formBatch(full, 0, policy)), ["a", "b", "c", "d"]);
  assert.equal(full.size, 1);
  const all = queueOf(["a", 0], ["b", 0]);
  assert.deepEqual(sourcesOf(formBatch(all, 0, { ...policy, sources: 2 })), ["a", "b"]);
  assert.deepEqual(sourcesOf(formBatch(queueOf(["a", 500]), 100, policy)), ["a"]);
});

Deno.test("formBatch() leaves out who is not ready, and lingers for the others", () => {
  const queue = queueOf(["a", 0], ["b", 20], ["c", 25]);
  const isReady = (source: string) => source !== "a";
  assert.equal(sourcesOf(formBatch(queue, 40, { ...policy, isReady })), 10);
  assert.deepEqual(sourcesOf(formBatch(queue, 50, { ...policy, isReady })), ["b", "c"]);
  assert.equal(sourcesOf(formBatch(queue, 50, { ...policy, isReady })), null);
  assert.equal(queue.size, 1);
});

Deno.test("formBatch() takes one at a time from an engine that cannot do more", () => {
  for (const most of [0, 1]) {
    const queue = queueOf(["a", 0], ["b", 0]);
    assert.deepEqual(sourcesOf(formBatch(queue, 0, { ...policy, most })), ["a"]);
  }
});

Deno.test("formBatch(), asked again after the time that it says, always gives a batch within its bounds", () => {
  const offers = fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d", "e"), fc.nat(50)), {
    minLength: 1,
    maxLength: 12,
  });
  const any = fc.record({ most: fc.nat(5), lingerMs: fc.nat(60), sources: fc.nat(6) });
  fc.assert(
    fc.property(offers, any, (list, policy) => {
      const queue = queueOf(...list.toSorted(([, a], [, b]) => a - b));
      const waiting = queue.size;
      let batch = formBatch(queue, 50, policy);
      if (!("frames" in batch)) {
        assert.ok(batch.waitMs !== null && batch.waitMs > 0 && batch.waitMs <= policy.lingerMs);
        batch = formBatch(queue, 50 + batch.waitMs, policy);
      }
      assert.ok("frames" in batch);
      assert.equal(batch.frames.length, Math.min(waiting, Math.max(1, policy.most)));
      assert.equal(new Set(batch.frames.map(({ source }) => source)).size, batch.frames.length);
      assert.equal(queue.size, waiting - batch.frames.length);
    }),
    { seed: 7, numRuns: 300 },
  );
});
