import assert from "node:assert/strict";
import fc from "fast-check";
import { clearMot, type Named, type TrackingFrame } from "./clear_mot.ts";
import { identityScore } from "./identity_f1.ts";
import { msUntilHeldByAll } from "./shared_by_all.ts";

function at(id: string, east: number, north = 0): Named {
  return { id, position: [east, north] };
}

function frame(truth: readonly Named[], tracks: readonly Named[]): TrackingFrame {
  return { truth, tracks };
}

Deno.test("clearMot() and identityScore() are perfect for perfect tracks", () => {
  const frames = [0, 1, 2].map((east) =>
    frame([at("p", east), at("q", east, 9)], [at("a:1", east), at("a:2", east, 9)])
  );
  assert.deepEqual(clearMot(frames, 1), {
    ...{ mota: 1, meanErrorM: 0, misses: 0, falsePositives: 0, switches: 0, truths: 6 },
  });
  assert.deepEqual(identityScore(frames, 1), { idf1: 1, precision: 1, recall: 1 });
});

Deno.test("clearMot() counts a miss, a false positive and a switch, and measures what is paired", () => {
  const frames = [
    frame([at("p", 0)], [at("a:1", 0.5)]),
    frame([at("p", 1)], []),
    frame([at("p", 2)], [at("a:2", 2.3), at("a:3", 30)]),
  ];
  const { meanErrorM, ...counts } = clearMot(frames, 1);
  assert.deepEqual(counts, { mota: 0, misses: 1, falsePositives: 1, switches: 1, truths: 3 });
  assert.ok(Math.abs(meanErrorM - 0.4) < 1e-12);
});

Deno.test("clearMot() keeps the pairs of the frame before while they hold, also beside a nearer track", () => {
  const frames = [
    frame([at("p", 0)], [at("a:1", 0)]),
    frame([at("p", 0)], [at("a:1", 0.9), at("a:2", 0)]),
    frame([at("p", 0)], [at("a:1", 1.1), at("a:2", 0)]),
  ];
  const kept = clearMot(frames.slice(0, 2), 1);
  assert.deepEqual([kept.switches, kept.falsePositives, kept.meanErrorM], [0, 1, 0.45]);
  const { switches, falsePositives } = clearMot(frames, 1);
  assert.deepEqual([switches, falsePositives], [1, 2]);
});

Deno.test("clearMot() prefers more pairs to nearer ones", () => {
  const one = frame([at("p", 0), at("q", 0.9)], [at("a:1", 0.8), at("a:2", 1.75)]);
  assert.equal(clearMot([one], 1).misses, 0);
});

Deno.test("two objects that swap their tracks half way keep half of their identity", () => {
  const swapped = [0, 1, 2, 3].map((i) => {
    const [one, other] = i < 2 ? ["a:1", "a:2"] : ["a:2", "a:1"];
    return frame([at("p", 0), at("q", 9)], [at(one, 0), at(other, 9)]);
  });
  assert.equal(clearMot(swapped, 1).switches, 2);
  assert.equal(identityScore(swapped, 1).idf1, 0.5);
});

Deno.test("measures of nothing are no numbers, and of tracks without objects the worst", () => {
  assert.ok(Number.isNaN(clearMot([], 1).mota));
  assert.ok(Number.isNaN(identityScore([frame([], [])], 1).idf1));
  assert.equal(identityScore([frame([], [at("a:1", 0)])], 1).idf1, 0);
  assert.equal(clearMot([frame([at("p", 0)], [])], 1).mota, 0);
});

/** Every way to pair `rows` with different columns or none. */
function* pairings(
  rows: number,
  columns: number,
  used: readonly number[] = [],
): Generator<number[]> {
  if (used.length === rows) return yield [...used];
  yield* pairings(rows, columns, [...used, -1]);
  for (let column = 0; column < columns; column++) {
    if (!used.includes(column)) yield* pairings(rows, columns, [...used, column]);
  }
}

const position = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 2 }));
function someOf(ids: readonly string[]): fc.Arbitrary<readonly Named[]> {
  return fc.subarray([...ids]).chain((chosen) =>
    fc.tuple(...chosen.map((id) => position.map((where): Named => ({ id, position: where }))))
  );
}
const someFrames = fc.array(
  fc.record({ truth: someOf(["p", "q", "r"]), tracks: someOf(["a", "b", "c", "d"]) }),
  { minLength: 1, maxLength: 5 },
);

Deno.test("identityScore() is the best of all ways to pair objects with tracks", () => {
  fc.assert(
    fc.property(someFrames, (frames) => {
      const [objects, tracks] = [["p", "q", "r"], ["a", "b", "c", "d"]];
      let best = 0;
      for (const columns of pairings(3, 4)) {
        let same = 0;
        for (const { truth, tracks: shown } of frames) {
          for (const [i, column] of columns.entries()) {
            const one = truth.find(({ id }) => id === objects[i]);
            const track = shown.find(({ id }) => id === tracks[column]);
            if (!one || !track) continue;
            const [dx, dy] = [0, 1].map((k) => one.position[k] - track.position[k]);
            if (dx * dx + dy * dy <= 4) same++;
          }
        }
        best = Math.max(best, same);
      }
      const all = frames.reduce((sum, { truth, tracks }) => sum + truth.length + tracks.length, 0);
      const expected = all === 0 ? NaN : 2 * best / all;
      assert.equal(identityScore(frames, 2).idf1, expected);
    }),
    { seed: 81, numRuns: 300 },
  );
});

Deno.test("clearMot() of one frame finds the pairing with most pairs and then the least distance", () => {
  fc.assert(
    fc.property(someFrames, ([{ truth, tracks }]) => {
      let [most, least] = [0, Infinity];
      for (const columns of pairings(truth.length, tracks.length)) {
        const distances = columns.flatMap((column, i) =>
          column < 0 ? [] : Math.hypot(
            truth[i].position[0] - tracks[column].position[0],
            truth[i].position[1] - tracks[column].position[1],
          )
        );
        if (distances.some((distance) => distance > 2)) continue;
        const sum = distances.reduce((total, one) => total + one, 0);
        if (distances.length < most || distances.length === most && sum >= least) continue;
        [most, least] = [distances.length, sum];
      }
      const { misses, falsePositives, meanErrorM } = clearMot([{ truth, tracks }], 2);
      assert.equal(truth.length - misses, most);
      assert.equal(tracks.length - falsePositives, most);
      if (most > 0) assert.ok(Math.abs(meanErrorM * most - least) < 1e-9);
    }),
    { seed: 82, numRuns: 500 },
  );
});

Deno.test("msUntilHeldByAll() waits until all agents show one id near the object", () => {
  const views = (...ids: readonly (string | null)[]) =>
    ids.map((id) => id === null ? [] : [at(id, 0.5)]);
  const truth = [at("p", 0)];
  const moments = [
    { atMs: 1000, truth, views: views("a:1", null) },
    { atMs: 1100, truth, views: views("a:1", "b:1") },
    { atMs: 1250, truth: [...truth, at("q", 50)], views: views("a:1", "a:1") },
    { atMs: 1400, truth, views: views(null, "a:1") },
  ];
  assert.deepEqual([...msUntilHeldByAll(moments, 1)], [["p", 250], ["q", null]]);
  for (const none of [views(), views("a:1", "a:1", "c:1"), views("a:1", null, "a:1")]) {
    assert.deepEqual([...msUntilHeldByAll([{ atMs: 0, truth, views: none }], 1)], [["p", null]]);
  }
});
