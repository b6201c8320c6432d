import assert from "node:assert/strict";
import fc from "fast-check";
import type { NotedObservation } from "../../field/observation.ts";
import { newestFirst } from "../../field/store/store.ts";
import { mergeObservations } from "./merge_observations.ts";

function seen(id: string, first: number, rest: Partial<NotedObservation> = {}): NotedObservation {
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

const idsOf = (list: readonly NotedObservation[]) => list.map(({ id }) => id).join("");
const [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map((id, index) => seen(id, 10 * (index + 1)));
const TOP = { below: null, toEnd: false };

Deno.test("mergeObservations() puts in what is new within a page's part of the list", () => {
  assert.equal(idsOf(mergeObservations([d, b], [e, d, c, b], TOP)), "edcb");
  assert.equal(idsOf(mergeObservations([e, d, b], [c, b, a], { below: d, toEnd: true })), "edcba");
});

Deno.test("mergeObservations() takes out what a page no longer finds, and nothing else", () => {
  assert.equal(idsOf(mergeObservations([e, d, c, b, a], [e, c], TOP)), "ecba");
  assert.equal(idsOf(mergeObservations([e, d, c, b, a], [b], { below: d, toEnd: false })), "edba");
  assert.equal(idsOf(mergeObservations([e, d, c], [d], { below: null, toEnd: true })), "d");
  assert.equal(idsOf(mergeObservations([e, d, c], [], { below: d, toEnd: true })), "ed");
});

Deno.test("mergeObservations() replaces an earlier record of an observation", () => {
  const later = seen("a", 10, { last: 90, frames: 20 });
  const merged = mergeObservations([seen("a", 10, { open: true })], [later], TOP);
  assert.deepEqual(merged, [later]);
});

Deno.test("mergeObservations() returns the very same list when nothing changed", () => {
  const known = [c, b, a];
  assert.equal(mergeObservations(known, [{ ...c }, { ...b }], TOP), known);
  assert.equal(mergeObservations(known, [{ ...a }], { below: b, toEnd: true }), known);
  assert.equal(mergeObservations(known, [], TOP), known);
});

Deno.test("mergeObservations() notices whatever alone changed in a record", () => {
  const changes: readonly Partial<NotedObservation>[] = [
    { last: 99 },
    { open: true },
    { frames: 4 },
    { score: 0.6 },
    { thumb: "ab" },
    { frame: "cd" },
    { notes: { star: true, wrong: false, labels: [] } },
  ];
  for (const change of changes) {
    const [merged] = mergeObservations([a], [seen("a", 10, change)], TOP);
    assert.deepEqual(merged, seen("a", 10, change));
  }
});

Deno.test("mergeObservations() page after page ends with what is there, from whatever was known", () => {
  const list = fc.uniqueArray(fc.integer({ min: 0, max: 60 }))
    .map((firsts) => firsts.map((first) => seen(`o${first % 7}-${first}`, first >> 1)))
    .map((some) => some.sort(newestFirst));
  fc.assert(fc.property(list, list, fc.integer({ min: 1, max: 9 }), (known, there, size) => {
    let rows: readonly NotedObservation[] = known;
    let below: NotedObservation | null = null;
    for (let at = 0; at <= there.length; at += size) {
      const page = there.slice(at, at + size);
      rows = mergeObservations(rows, page, { below, toEnd: page.length < size });
      below = page.at(-1) ?? below;
    }
    assert.deepEqual(rows, there);
  }));
});
