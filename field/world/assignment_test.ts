import assert from "node:assert/strict";
import fc from "fast-check";
import { assign, type Pairing } from "./assignment.ts";

/** What a pairing costs: its pairs, and `alone` for each of the fewer side that has none. */
function costOf(costs: readonly (readonly number[])[], pairs: readonly Pairing[], alone: number) {
  const fewer = Math.min(costs.length, costs[0]?.length ?? 0);
  return pairs.reduce((sum, [i, j]) => sum + costs[i][j], alone * (fewer - pairs.length));
}

/** The least that any pairing costs, by trying all. */
function leastCost(costs: readonly (readonly number[])[], alone: number): number {
  const columns = costs[0]?.length ?? 0;
  let least = Infinity;
  const choose = (row: number, pairs: readonly Pairing[]) => {
    if (row === costs.length) {
      least = Math.min(least, costOf(costs, pairs, alone));
      return;
    }
    choose(row + 1, pairs);
    for (let column = 0; column < columns; column++) {
      const isFree = pairs.every(([, taken]) => taken !== column);
      if (isFree && costs[row][column] < alone) choose(row + 1, [...pairs, [row, column]]);
    }
  };
  choose(0, []);
  return least;
}

const cost = fc.oneof(
  fc.integer({ min: -5, max: 20 }),
  fc.double({ min: 0, max: 20, noNaN: true }),
  fc.constant(Infinity),
  fc.constant(NaN),
);
const table = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }))
  .chain(([rows, columns]) =>
    fc.array(fc.array(cost, { minLength: columns, maxLength: columns }), {
      minLength: rows,
      maxLength: rows,
    })
  );

Deno.test("assign() costs as little as the best of all pairings, whatever the shape", () => {
  fc.assert(
    fc.property(table, fc.integer({ min: -3, max: 25 }), (costs, alone) => {
      const pairs = assign(costs, alone);
      assert.ok(pairs.every(([i, j]) => costs[i][j] < alone));
      assert.equal(new Set(pairs.map(([i]) => i)).size, pairs.length);
      assert.equal(new Set(pairs.map(([, j]) => j)).size, pairs.length);
      assert.deepEqual(pairs, pairs.toSorted(([a], [b]) => a - b));
      const difference = costOf(costs, pairs, alone) - leastCost(costs, alone);
      assert.ok(Math.abs(difference) < 1e-9, `${difference} above the least`);
    }),
    { seed: 84, numRuns: 3000 },
  );
});

Deno.test("assign() takes a worse pair where that makes the whole better", () => {
  assert.deepEqual(assign([[1, 2], [2, 9]], 100), [[0, 1], [1, 0]]);
  assert.deepEqual(assign([[1, 2], [2, 9]], 2), [[0, 0]]);
  assert.deepEqual(assign([[4], [1], [3]], 100), [[1, 0]]);
  assert.deepEqual(assign([], 1), []);
  assert.deepEqual(assign([[], []], 1), []);
});

Deno.test("assign() pairs 300 with 400 without a table of all pairings", () => {
  const costs = Array.from(
    { length: 300 },
    (_, i) => Array.from({ length: 400 }, (_, j) => (i * 7919 + j * 104729) % 1009),
  );
  const pairs = assign(costs, 1e6);
  assert.equal(pairs.length, 300);
});

Deno.test("assign() needs a finite highest cost", () => {
  assert.throws(() => assign([[1]], Infinity), /Cannot assign/);
  assert.throws(() => assign([[1]], NaN), /Cannot assign/);
});
