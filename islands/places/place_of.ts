import type { RuleSet } from "../../field/decide/rule.ts";
import type { SitePoint } from "../../field/decide/site_point.ts";
import type { Vector } from "../../field/world/world_track.ts";
import { boundsOf } from "./fit_view.ts";
import { inMetres } from "./outline_draft.ts";
import type { Picked, PlaceSnapshot } from "./place_snapshot.ts";

/** Where what is picked is, m; null when it is not there, or nobody knows where. */
export function placeOf(
  { kind, id }: Picked,
  { agents, tracks, decisions }: PlaceSnapshot,
  { zones, lines }: RuleSet,
): Vector | null {
  switch (kind) {
    case "track":
      return tracks.find((one) => one.id === id)?.position ?? null;
    case "agent":
      return agents.find((one) => one.id === id)?.pose.position ?? null;
    case "decision": {
      const place = decisions.find((one) => one.id === id)?.occasion?.place;
      return place ? inMetres(place) : null;
    }
    case "zone":
      return middleOf(zones.find((one) => one.id === id)?.corners ?? []);
    case "line": {
      const line = lines.find((one) => one.id === id);
      return middleOf(line ? [line.from, line.to] : []);
    }
  }
}

function middleOf(corners: readonly SitePoint[]): Vector | null {
  const bounds = boundsOf(corners.map(inMetres));
  return bounds && [(bounds.west + bounds.east) / 2, (bounds.south + bounds.north) / 2];
}
