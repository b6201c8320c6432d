/**
 * Which tiles of a cell are marked: a two-phase set (Shapiro et al., "A comprehensive study of Convergent and
 * Commutative Replicated Data Types", 2011, specification 12). What was taken out stays out. The tiles are a
 * grid of bounded size, so both of its sets are bitmaps, and neither can grow without end.
 */
import type { Vector } from "./world_track.ts";

/** Bit `n` is tile `n`. */
export type TileBits = bigint;

export interface TwoPhaseTiles {
  readonly added: TileBits;
  readonly removed: TileBits;
}

export const TILE_MARKS = ["searched", "cleared"] as const;
export type TileMark = typeof TILE_MARKS[number];
export type MarkedTiles = Readonly<Record<TileMark, TwoPhaseTiles>>;

const TILES_ACROSS = 64;
export const MOST_TILES = TILES_ACROSS * TILES_ACROSS;

const NONE: TwoPhaseTiles = { added: 0n, removed: 0n };
export const NO_TILES: MarkedTiles = { searched: NONE, cleared: NONE };

/** A square cell of 64 × 64 tiles. */
export interface TileGrid {
  /** Its south-west corner, metres from the site's origin. */
  readonly corner: Vector;
  readonly tileM: number;
}

/** The number of the tile that holds a point: row by row from the south-west. Null outside of the cell. */
export function tileAt({ corner, tileM }: TileGrid, [east, north]: Vector): number | null {
  const column = Math.floor((east - corner[0]) / tileM);
  const row = Math.floor((north - corner[1]) / tileM);
  const isWithin = (i: number) => i >= 0 && i < TILES_ACROSS;
  return isWithin(column) && isWithin(row) ? row * TILES_ACROSS + column : null;
}

/** A tile's south-west corner. */
export function tileCorner({ corner, tileM }: TileGrid, tile: number): Vector {
  const column = tile % TILES_ACROSS;
  return [corner[0] + column * tileM, corner[1] + (tile - column) / TILES_ACROSS * tileM];
}

export function isTile(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < MOST_TILES;
}

/** The one tile. Throws when there is none of that number. */
export function bitOf(tile: number): TileBits {
  if (!isTile(tile)) throw new Error(`Cannot mark tile ${tile}: a cell has ${MOST_TILES}`);
  return 1n << BigInt(tile);
}

export function joinTiles(a: MarkedTiles, b: MarkedTiles): MarkedTiles {
  const searched = joinMark(a.searched, b.searched);
  const cleared = joinMark(a.cleared, b.cleared);
  return searched === a.searched && cleared === a.cleared ? a : { searched, cleared };
}

function joinMark(a: TwoPhaseTiles, b: TwoPhaseTiles): TwoPhaseTiles {
  const [added, removed] = [a.added | b.added, a.removed | b.removed];
  return added === a.added && removed === a.removed ? a : { added, removed };
}

/** What of `tiles` the other does not have. */
export function tilesBeyond(tiles: MarkedTiles, known: MarkedTiles): MarkedTiles {
  const beyond = (mark: TileMark): TwoPhaseTiles => ({
    added: tiles[mark].added & ~known[mark].added,
    removed: tiles[mark].removed & ~known[mark].removed,
  });
  return { searched: beyond("searched"), cleared: beyond("cleared") };
}

/** The numbers of the tiles that are in, rising. */
export function tilesIn({ added, removed }: TwoPhaseTiles): readonly number[] {
  const digits = (added & ~removed).toString(2);
  const tiles: number[] = [];
  for (let tile = 0; tile < digits.length; tile++) {
    if (digits[digits.length - 1 - tile] === "1") tiles.push(tile);
  }
  return tiles;
}
