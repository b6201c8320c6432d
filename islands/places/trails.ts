/** Where tracks came from, out of the snapshots before. */
import type { Vector } from "../../field/world/world_track.ts";
import type { PlaceSnapshot } from "./place_snapshot.ts";

/** So far back, ms. */
export const TRAIL_MS = 6_000;

export interface Trail {
  readonly id: string;
  /** Metres; oldest first. */
  readonly points: readonly Vector[];
}

/** Of each track of the last of the snapshots that was there before; in the order of the tracks. */
export function trailsOf(upTo: readonly PlaceSnapshot[]): readonly Trail[] {
  const shown = upTo.at(-1);
  if (!shown) return [];
  const recent = upTo.filter(({ atMs }) => shown.atMs - atMs <= TRAIL_MS);
  const points = new Map<string, Vector[]>();
  for (const { tracks } of recent) {
    for (const { id, position } of tracks) {
      const known = points.get(id);
      if (known) known.push(position);
      else points.set(id, [position]);
    }
  }
  return shown.tracks.map(({ id }) => ({ id, points: points.get(id) ?? [] }))
    .filter((trail) => trail.points.length > 1);
}
