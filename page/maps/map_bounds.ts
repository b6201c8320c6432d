import type { LatLon } from "../../field/world/plan_frame.ts";
import type { MapBounds } from "./map_archive.ts";

/** The place in the middle of a map. Bounds whose west is east of their east go over the date line. */
export function middleOfMap([west, south, east, north]: MapBounds): LatLon {
  const length = east >= west ? east - west : east + 360 - west;
  const longitude = west + length / 2;
  return {
    latitude: (south + north) / 2,
    longitude: longitude > 180 ? longitude - 360 : longitude,
  };
}

/** Whether a map shows a place. */
export function isOnMap(
  [west, south, east, north]: MapBounds,
  { latitude, longitude }: LatLon,
): boolean {
  const isBetween = east >= west
    ? longitude >= west && longitude <= east
    : longitude >= west || longitude <= east;
  return isBetween && latitude >= south && latitude <= north;
}
