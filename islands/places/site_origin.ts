/** Where on earth a site is, as people type and read it. Pure. */
import type { LatLon } from "../../field/world/plan_frame.ts";

/** Nearer to a pole, east and north mean little (`field/world/plan_frame.ts`). */
const MOST_LATITUDE = 85;
const MOST_LONGITUDE = 180;

/** Degrees with a point or a comma; south and west are below 0. */
export function typedOrigin(
  latitude: string,
  longitude: string,
): { readonly origin: LatLon } | { readonly fault: string } {
  const [north, east] = [degrees(latitude), degrees(longitude)];
  if (north === null || Math.abs(north) > MOST_LATITUDE) {
    return { fault: "Give a latitude from −85 to 85 degrees, such as 52.5163." };
  }
  if (east === null || Math.abs(east) > MOST_LONGITUDE) {
    return { fault: "Give a longitude from −180 to 180 degrees, such as 13.3777." };
  }
  return { origin: { latitude: north, longitude: east } };
}

function degrees(typed: string): number | null {
  const text = typed.trim().replace(",", ".").replace("−", "-");
  return /^-?\d{1,3}(\.\d+)?$/.test(text) ? Number(text) : null;
}

/** "The plan's origin is at 52.51630° north, 13.37770° east." */
export function siteWords(origin: LatLon | null): string {
  if (!origin) {
    return "The plan has no place on earth yet. It works without; with it, GPS and maps can be used.";
  }
  const { latitude, longitude } = origin;
  const north = `${Math.abs(latitude).toFixed(5)}° ${latitude < 0 ? "south" : "north"}`;
  const east = `${Math.abs(longitude).toFixed(5)}° ${longitude < 0 ? "west" : "east"}`;
  return `The plan's origin is at ${north}, ${east}.`;
}
