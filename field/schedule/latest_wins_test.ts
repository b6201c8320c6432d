import assert from "node:assert/strict";
import fc from "fast-check";
import { LatestWins } from "./latest_wins.ts";

Deno.test("offer() keeps of each source the newest, and gives back what it displaced", () => {
  const queue = new LatestWins<number>();
  assert.equal(queue.offer("a", 1, 10), undefined);
  assert.equal(queue.offer("a", 2, 20), 1);
  assert.deepEqual(queue.take(), { source: "a", item: 2, atMs: 20, sinceMs: 10 });
  assert.equal(queue.take(), undefined);
});

Deno.test("take() serves who has waited longest, however often the others offer", () => {
  const queue = new LatestWins<number>();
  for (const source of ["a", "b", "c"]) queue.offer(source, 0, 0);
  for (let i = 1; i < 5; i++) queue.offer("a", i, i);
  queue.offer("b", 9, 9);
  assert.deepEqual([queue.take(), queue.take(), queue.take()].map((one) => one?.source), [
    "a",
    "b",
    "c",
  ]);
});

Deno.test("take() serves a source again only after all who waited meanwhile", () => {
  const queue = new LatestWins<number>();
  queue.offer("a", 0, 0);
  queue.offer("b", 0, 1);
  assert.equal(queue.take()?.source, "a");
  queue.offer("a", 1, 2);
  queue.offer("c", 0, 3);
  assert.deepEqual([queue.take(), queue.take(), queue.take()].map((one) => one?.source), [
    "b",
    "a",
    "c",
  ]);
});

Deno.test("offer() refuses one source too many, but no newer item of those who wait", () => {
  const queue = new LatestWins<string>(2);
  queue.offer("a", "a1", 0);
  queue.offer("b", "b1", 0);
  assert.equal(queue.offer("c", "c1", 0), "c1");
  assert.equal(queue.offer("a", "a2", 0), "a1");
  assert.deepEqual([queue.size, queue.counts.refused, queue.counts.displaced], [2, 1, 1]);
});

Deno.test("forget() gives back what waited of a source, and leaves the others", () => {
  const queue = new LatestWins<number>();
  queue.offer("a", 1, 0);
  queue.offer("b", 2, 0);
  assert.equal(queue.forget("a"), 1);
  assert.equal(queue.forget("a"), undefined);
  assert.deepEqual([queue.next()?.source, queue.size, queue.counts.forgotten], ["b", 1, 1]);
});

Deno.test("take() passes over who is not ready, who keeps its place", () => {
  const queue = new LatestWins<number>();
  for (const source of ["a", "b", "c"]) queue.offer(source, 0, 0);
  const isReady = (source: string) => source !== "a";
  assert.equal(queue.next(isReady)?.source, "b");
  assert.equal(queue.take(isReady)?.source, "b");
  assert.equal(queue.take(() => false), undefined);
  assert.deepEqual([queue.take()?.source, queue.take(isReady)?.source, queue.size], ["a", "c", 0]);
});

const MOST = 3;
const step = fc.record({
  act: fc.constantFrom("offer", "offer", "offer", "take", "forget"),
  source: fc.constantFrom("a", "b", "c", "d"),
});

Deno.test("LatestWins is bounded, loses nothing uncounted, and starves nobody", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const queue = new LatestWins<number>(MOST);
      const newest = new Map<string, number>();
      const turnsWaited = new Map<string, number>();
      steps.forEach(({ act, source }, i) => {
        if (act === "offer") {
          if (queue.offer(source, i, i) === i) return;
          newest.set(source, i);
          if (!turnsWaited.has(source)) turnsWaited.set(source, 0);
        } else if (act === "forget") {
          assert.equal(queue.forget(source), newest.get(source));
          newest.delete(source);
          turnsWaited.delete(source);
        } else {
          const taken = queue.take();
          assert.equal(taken === undefined, newest.size === 0);
          if (!taken) return;
          assert.equal(taken.item, newest.get(taken.source));
          assert.ok(taken.sinceMs <= taken.atMs);
          for (const [one, turns] of turnsWaited) turnsWaited.set(one, turns + 1);
          newest.delete(taken.source);
          turnsWaited.delete(taken.source);
        }
        assert.ok(queue.size <= MOST && queue.size === newest.size);
        assert.ok([...turnsWaited.values()].every((turns) => turns < MOST));
        const { offered, taken, displaced, refused, forgotten } = queue.counts;
        assert.equal(offered, taken + displaced + refused + forgotten + queue.size);
      });
    }),
    { seed: 6, numRuns: 300 },
  );
});
