import assert from "node:assert/strict";
import type { Observation } from "../../field/observation.ts";
import { mergeObservations } from "./merge_observations.ts";

function seen(id: string, first: number, rest: Partial<Observation> = {}): Observation {
  return {
    id,
    device: "d",
    label: "cat",
    score: 0.5,
    box: { x: 0, y: 0, width: 1, height: 1 },
    first,
    last: first + 10,
    open: false,
    frames: 3,
    source: "Demo",
    model: { id: "m", sha256: "0" },
    ...rest,
  };
}

const idsOf = (list: readonly Observation[]) => list.map(({ id }) => id).join("");

Deno.test("mergeObservations() keeps the newest first wherever a page falls", () => {
  const known = [seen("d", 40), seen("b", 20)];
  assert.equal(
    idsOf(mergeObservations(known, [seen("e", 50), seen("c", 30), seen("a", 10)])),
    "edcba",
  );
});

Deno.test("mergeObservations() replaces an earlier record of an observation", () => {
  const known = [seen("a", 10, { open: true })];
  const merged = mergeObservations(known, [seen("a", 10, { last: 90, frames: 20 })]);
  assert.equal(merged.length, 1);
  assert.equal(merged[0].last, 90);
  assert.equal(merged[0].open, false);
});

Deno.test("mergeObservations() returns the very same list when nothing changed", () => {
  const known = [seen("b", 20), seen("a", 10)];
  assert.equal(mergeObservations(known, [seen("a", 10)]), known);
  assert.equal(mergeObservations(known, []), known);
});

Deno.test("mergeObservations() orders equal times by id, always the same way", () => {
  assert.equal(idsOf(mergeObservations([seen("a", 10)], [seen("b", 10)])), "ba");
  assert.equal(idsOf(mergeObservations([seen("b", 10)], [seen("a", 10)])), "ba");
});

Deno.test("mergeObservations() notices whatever alone changed in a record", () => {
  const changes: readonly Partial<Observation>[] = [
    { last: 99 },
    { open: true },
    { frames: 4 },
    { score: 0.6 },
    { thumb: "ab" },
  ];
  for (const change of changes) {
    const [merged] = mergeObservations([seen("a", 10)], [seen("a", 10, change)]);
    assert.deepEqual(merged, seen("a", 10, change));
  }
});
