/** Sizes of the swarm's ground: what its scene, its flights and its cameras have in common. */
import type { TileGrid } from "../world/tiles.ts";
import type { Vector } from "../world/world_track.ts";

/** Of the ground's picture, and so of all frames: all drones fly at one height. */
export const PX_PER_M = 20;
/** Of a frame's edge: what the detector takes in. */
export const FRAME_PX = 416;
export const FRAME_M = FRAME_PX / PX_PER_M;
export const FOV_DEG = 60;
/** At which a frame shows so much: FRAME_M / 2 / tan(FOV_DEG / 2). */
export const HEIGHT_M = FRAME_M / 2 * 1.7320508075688772;

/** Around the part that is searched, so that frames never show nothing. */
export const MARGIN_M = 7;
/**
 * One drone's part, west to east. Its frame is wider by more than the widest object (5 m), so that what lies on
 * the border of two parts is wholly in the frames of one of them.
 */
export const STRIP_M = 12.75;
/** Rows of objects, from the south: in even ones they stand, in odd ones they walk. */
export const ROWS = 5;
export const ROW_M = 8.4;
const TILE_M = 2;

/** Of the whole ground: 77.75 m × 56 m for five. */
export function groundOf(drones: number): Vector {
  return [2 * MARGIN_M + drones * STRIP_M, 2 * MARGIN_M + ROWS * ROW_M];
}

export const TILES: TileGrid = { corner: [0, 0], tileM: TILE_M };
