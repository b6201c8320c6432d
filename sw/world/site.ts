import { MOST_TILES, type TileGrid } from "../../field/world/tiles.ts";

/** A crew works on one site: all of its cameras tell of one cell. */
export const CELL = "site";

/** A tile is as much as a person looks over at once. */
const TILE_M = 5;
const HALF_M = TILE_M * Math.sqrt(MOST_TILES) / 2;

/** The cell's tiles: 320 m each way with the site's origin in the middle. The same on all devices, for ever. */
export const GRID: TileGrid = { corner: [-HALF_M, -HALF_M], tileM: TILE_M };
