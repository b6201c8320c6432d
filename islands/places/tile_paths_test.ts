import assert from "node:assert/strict";
import { bitOf, NO_TILES, type TileBits } from "../../field/world/tiles.ts";
import { runsOf, tilePath } from "./tile_paths.ts";

const GRID = { corner: [-10, 5], tileM: 2.5 } as const;
const bits = (...tiles: readonly number[]): TileBits =>
  tiles.reduce((all, tile) => all | bitOf(tile), 0n);
const added = (...tiles: readonly number[]) => ({ added: bits(...tiles), removed: 0n });

Deno.test("runsOf() joins neighbours in a row, and not over its end", () => {
  assert.deepEqual(runsOf([0, 1, 2, 5]), [{ first: 0, length: 3 }, { first: 5, length: 1 }]);
  assert.deepEqual(runsOf([63, 64]), [{ first: 63, length: 1 }, { first: 64, length: 1 }]);
  assert.deepEqual(runsOf([]), []);
});

Deno.test("tilePath() has rectangles in metres, from their south-west", () => {
  const tiles = [{ grid: GRID, marks: { ...NO_TILES, searched: added(65, 66) } }];
  assert.equal(tilePath(tiles, "searched"), "M-7.5 7.5h5v2.5H-7.5Z");
});

Deno.test("tilePath() of what was searched leaves out what is cleared", () => {
  const tiles = [{ grid: GRID, marks: { searched: added(0, 1), cleared: added(1) } }];
  assert.equal(tilePath(tiles, "searched"), "M-10 5h2.5v2.5H-10Z");
  assert.equal(tilePath(tiles, "cleared"), "M-7.5 5h2.5v2.5H-7.5Z");
});

Deno.test("tilePath() does not show what was taken out", () => {
  const searched = { added: bits(0), removed: bits(0) };
  assert.equal(tilePath([{ grid: GRID, marks: { ...NO_TILES, searched } }], "searched"), "");
});
