/** What the picture of the world is drawn from. Plain data: whoever wires it makes it of the worker's messages. */
import type { Decision } from "../../field/decide/decision.ts";
import type { CameraPose } from "../../field/world/camera_pose.ts";
import type { MarkedTiles, TileGrid } from "../../field/world/tiles.ts";
import type { WorldTrack } from "../../field/world/world_track.ts";

/** A device of the crew, where it stands and what it can see. */
export interface PlacedAgent {
  readonly id: string;
  readonly name: string;
  readonly pose: CameraPose;
  /** When something was heard of it last, ms since the epoch. */
  readonly lastAtMs: number;
}

export interface PlacedTiles {
  readonly grid: TileGrid;
  readonly marks: MarkedTiles;
}

/** The world at one moment. */
export interface PlaceSnapshot {
  /** ms since the epoch; rising from one to the next. */
  readonly atMs: number;
  readonly agents: readonly PlacedAgent[];
  /** In the order of their ids, as `worldView` gives them. */
  readonly tracks: readonly WorldTrack[];
  readonly tiles: readonly PlacedTiles[];
  /** All that were decided by then and are still remembered, oldest first. */
  readonly decisions: readonly Decision[];
}

/** What the user has picked to see more of. */
export interface Picked {
  readonly kind: "track" | "agent" | "zone" | "line" | "decision";
  readonly id: string;
}

export function isPicked(picked: Picked | null, kind: Picked["kind"], id: string): boolean {
  return picked?.kind === kind && picked.id === id;
}
