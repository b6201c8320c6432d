/** Marked tiles as one SVG path each mark, in metres: tiles side by side in a row are one rectangle. */
import {
  MOST_TILES,
  tileCorner,
  type TileGrid,
  type TileMark,
  tilesIn,
} from "../../field/world/tiles.ts";
import type { PlacedTiles } from "./place_snapshot.ts";

/** East, north; a run of tiles from west to east. */
interface Run {
  readonly first: number;
  readonly length: number;
}

const TILES_ACROSS = Math.sqrt(MOST_TILES);

/** What is cleared counts as that alone, not as searched too. */
export function tilePath(all: readonly PlacedTiles[], mark: TileMark): string {
  return all.flatMap(({ grid, marks }) => {
    const tiles = tilesIn(marks[mark]);
    const cleared = mark === "searched" ? new Set(tilesIn(marks.cleared)) : null;
    const shown = cleared ? tiles.filter((tile) => !cleared.has(tile)) : tiles;
    return runsOf(shown).map((run) => rectangle(grid, run));
  }).join("");
}

/** `tiles` rises. */
export function runsOf(tiles: readonly number[]): readonly Run[] {
  const runs: Run[] = [];
  for (const tile of tiles) {
    const last = runs.at(-1);
    const isNext = last && tile === last.first + last.length && tile % TILES_ACROSS !== 0;
    if (isNext) runs[runs.length - 1] = { first: last.first, length: last.length + 1 };
    else runs.push({ first: tile, length: 1 });
  }
  return runs;
}

/** m². */
export function tileArea(all: readonly PlacedTiles[], mark: TileMark): number {
  return all.reduce(
    (sum, { grid, marks }) => sum + tilesIn(marks[mark]).length * grid.tileM ** 2,
    0,
  );
}

function rectangle(grid: TileGrid, { first, length }: Run): string {
  const [east, north] = tileCorner(grid, first);
  return `M${mm(east)} ${mm(north)}h${mm(length * grid.tileM)}v${mm(grid.tileM)}H${mm(east)}Z`;
}

function mm(m: number): number {
  return Math.round(m * 1000) / 1000;
}
