import assert from "node:assert/strict";
import type { SourceStatus } from "../../field/messages.ts";
import { type Counted, countedOf, looksWords, type Pace, paceOf, withCounted } from "./pace.ts";

const SOURCE: SourceStatus = { id: "s", name: "n", kind: "demo", since: 0, frames: 0, looked: 0 };

/** Asked every half second for so many steps of so many frames and looks. */
function watched(
  steps: readonly (readonly [frames: number, looked: number])[],
  before: readonly Counted[] = [],
): readonly Counted[] {
  let { frames, looked = 0, atMs } = before.at(-1) ?? { frames: 0, looked: 0, atMs: 0 };
  let counted = before.length > 0 ? before : [countedOf(SOURCE, atMs)];
  for (const [more, looks] of steps) {
    [frames, looked, atMs] = [frames + more, looked + looks, atMs + 500];
    counted = withCounted(counted, countedOf({ ...SOURCE, frames, looked }, atMs));
  }
  return counted;
}

const many = <T>(n: number, one: T): readonly T[] => Array.from({ length: n }, () => one);

Deno.test("paceOf() is how many looks a second there are while something moves", () => {
  const moving: Pace = { kind: "moving", looksPerSecond: 8 };
  assert.deepEqual(paceOf(watched(many(4, [4, 4]))), moving);
  assert.deepEqual(paceOf(watched(many(100, [4, 4]))), moving);
});

Deno.test("paceOf() is still when most frames need no look, also with the looks of a heartbeat", () => {
  assert.deepEqual(paceOf(watched(many(4, [5, 0]))), { kind: "still" });
  assert.deepEqual(paceOf(watched(many(10, [5, 1]))), { kind: "still" });
  assert.deepEqual(
    paceOf(watched(many(10, [5, 2]))),
    { kind: "still" },
    "a detector that flickers",
  );
});

Deno.test("paceOf() changes within seconds of what it tells of", () => {
  const still = watched(many(100, [5, 0]));
  assert.equal(paceOf(watched(many(3, [5, 5]), still))?.kind, "moving");
  const moving = watched(many(100, [5, 5]));
  assert.equal(paceOf(watched(many(3, [5, 0]), moving))?.kind, "still");
});

Deno.test("paceOf() is null before anything was counted, and where no frame comes", () => {
  assert.equal(paceOf([]), null);
  assert.equal(paceOf(watched([])), null);
  assert.equal(paceOf(watched(many(4, [0, 0]))), null);
});

Deno.test("withCounted() begins anew with another source and with another worker, which counts from nothing", () => {
  const counted = watched(many(4, [5, 5]));
  const other = countedOf({ ...SOURCE, id: "t", frames: 90, looked: 90 }, 2_100);
  assert.deepEqual(withCounted(counted, other), [other]);
  const restarted = countedOf({ ...SOURCE, frames: 2, looked: 2 }, 2_100);
  assert.equal(paceOf(withCounted(counted, restarted))?.kind, "moving");
  assert.deepEqual(withCounted(counted, restarted).at(0)?.frames, 0);
});

Deno.test("withCounted() keeps the last seconds alone", () => {
  assert.ok(watched(many(1000, [5, 5])).length <= 6);
});

Deno.test("countedOf() takes every frame of an older worker as looked at", () => {
  const { looked: _, ...older } = { ...SOURCE, frames: 7 };
  assert.equal(countedOf(older, 0).looked, 7);
});

Deno.test("looksWords() never says that nobody looks", () => {
  assert.deepEqual(looksWords(7.6), { figure: 8, unit: "looks/s" });
  assert.deepEqual(looksWords(1.2), { figure: 1, unit: "look/s" });
  assert.deepEqual(looksWords(0.38), { figure: 0.4, unit: "looks/s" });
  assert.deepEqual(looksWords(0.01), { figure: 0.1, unit: "looks/s" });
});
