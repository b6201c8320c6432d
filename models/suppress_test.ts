import assert from "node:assert/strict";
import fc from "fast-check";
import { type Candidate, overlap, suppressOverlaps } from "./suppress.ts";

const LIMIT = 0.5;

const anyCandidate: fc.Arbitrary<Candidate> = fc.record({
  left: fc.integer({ min: 0, max: 40 }),
  top: fc.integer({ min: 0, max: 40 }),
  width: fc.integer({ min: 1, max: 40 }),
  height: fc.integer({ min: 1, max: 40 }),
  label: fc.integer({ min: 0, max: 2 }),
  score: fc.double({ min: 0, max: 1, noNaN: true }),
}).map(({ left, top, width, height, label, score }) => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
  label,
  score,
}));
const anyCandidates = fc.array(anyCandidate, { maxLength: 30 });

function box(left: number, top: number, right: number, bottom: number) {
  return { left, top, right, bottom };
}

function conflict(a: Candidate, b: Candidate): boolean {
  return a.label === b.label && overlap(a, b) > LIMIT;
}

Deno.test("overlap() is shared area over joint area", () => {
  assert.equal(overlap(box(0, 0, 2, 2), box(1, 0, 3, 2)), 2 / 6);
  assert.equal(overlap(box(0, 0, 2, 2), box(0, 0, 2, 2)), 1);
  assert.equal(overlap(box(0, 0, 2, 2), box(2, 0, 4, 2)), 0);
  assert.equal(overlap(box(0, 0, 2, 2), box(5, 5, 6, 6)), 0);
  assert.equal(overlap(box(1, 1, 1, 1), box(1, 1, 1, 1)), 0);
});

Deno.test("suppressOverlaps() keeps the best of one object and all of another class", () => {
  const best = { ...box(0, 0, 10, 10), label: 1, score: 0.9 };
  const weaker = { ...box(1, 0, 11, 10), label: 1, score: 0.8 };
  const other = { ...box(0, 0, 10, 10), label: 2, score: 0.7 };
  const far = { ...box(20, 0, 30, 10), label: 1, score: 0.6 };
  assert.deepEqual(suppressOverlaps([far, weaker, other, best], LIMIT), [best, other, far]);
});

Deno.test("suppressOverlaps() returns a part of what it got, best first, without conflicts", () => {
  fc.assert(fc.property(anyCandidates, (candidates) => {
    const kept = suppressOverlaps(candidates, LIMIT);
    assert.ok(kept.every((candidate) => candidates.includes(candidate)));
    assert.ok(kept.every((candidate, k) => k === 0 || kept[k - 1].score >= candidate.score));
    assert.ok(kept.every((a, i) => kept.every((b, k) => i === k || !conflict(a, b))));
  }));
});

Deno.test("suppressOverlaps() drops only what conflicts with something better that it keeps", () => {
  fc.assert(fc.property(anyCandidates, (candidates) => {
    const kept = suppressOverlaps(candidates, LIMIT);
    const dropped = candidates.filter((candidate) => !kept.includes(candidate));
    for (const candidate of dropped) {
      assert.ok(kept.some((one) => one.score >= candidate.score && conflict(one, candidate)));
    }
  }));
});

Deno.test("suppressOverlaps() changes nothing the second time", () => {
  fc.assert(fc.property(anyCandidates, (candidates) => {
    const once = suppressOverlaps(candidates, LIMIT);
    assert.deepEqual(suppressOverlaps(once, LIMIT), once);
  }));
});
