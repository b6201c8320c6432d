import assert from "node:assert/strict";
import fc from "fast-check";
import {
  bitOf,
  joinTiles,
  type MarkedTiles,
  MOST_TILES,
  NO_TILES,
  tileAt,
  tileCorner,
  tilesBeyond,
  tilesIn,
} from "./tiles.ts";

const GRID = { corner: [-100, 50], tileM: 2.5 } as const;

Deno.test("tileAt() counts rows from the south-west, and is null outside of the cell", () => {
  assert.equal(tileAt(GRID, [-100, 50]), 0);
  assert.equal(tileAt(GRID, [-97.5, 50]), 1);
  assert.equal(tileAt(GRID, [-97.6, 52.5]), 64);
  assert.equal(tileAt(GRID, [59.9, 209.9]), MOST_TILES - 1);
  for (const point of [[-100.1, 50], [-100, 49.9], [60, 60], [0, 210], [NaN, 60]] as const) {
    assert.equal(tileAt(GRID, point), null, `${point}`);
  }
});

Deno.test("tileCorner() is the inverse of tileAt()", () => {
  for (let tile = 0; tile < MOST_TILES; tile++) {
    const [east, north] = tileCorner(GRID, tile);
    assert.equal(tileAt(GRID, [east + 1.2, north + 1.2]), tile);
  }
});

/** A set of numbers, and the same as it is kept. */
const someTiles = fc.uniqueArray(fc.nat(MOST_TILES - 1), { maxLength: 20 });

Deno.test("tilesIn() has what is added and not removed, as plain sets do", () => {
  fc.assert(
    fc.property(someTiles, someTiles, (added, removed) => {
      const bits = (tiles: readonly number[]) => tiles.reduce((all, tile) => all | bitOf(tile), 0n);
      const left = added.filter((tile) => !removed.includes(tile)).sort((a, b) => a - b);
      assert.deepEqual(tilesIn({ added: bits(added), removed: bits(removed) }), left);
    }),
    { seed: 98, numRuns: 300 },
  );
});

const bits = fc.bigInt({ min: 0n, max: 0xffffn });
const twoPhase = fc.record({ added: bits, removed: bits }, { noNullPrototype: true });
const anyTiles: fc.Arbitrary<MarkedTiles> = fc.record(
  { searched: twoPhase, cleared: twoPhase },
  { noNullPrototype: true },
);

Deno.test("joinTiles() takes in what tilesBeyond() says is missing, and is the same without news", () => {
  fc.assert(
    fc.property(anyTiles, anyTiles, (a, b) => {
      const both = joinTiles(a, b);
      assert.deepEqual(joinTiles(b, a), both);
      assert.deepEqual(joinTiles(a, tilesBeyond(b, a)), both);
      assert.equal(joinTiles(both, a), both);
      assert.deepEqual(tilesBeyond(a, both), NO_TILES);
    }),
    { seed: 99, numRuns: 300 },
  );
});
