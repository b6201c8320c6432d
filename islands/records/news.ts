import type { DeviceId } from "../../field/observation.ts";
import type { Facets } from "../../field/store/query.ts";

/** Observations that are here now and were not before, by the device that made them. */
export type News = readonly { readonly device: DeviceId; readonly count: number }[];

/** What came between two looks; most first. What the radio or the camera brought meanwhile is among it. */
export function newsBetween(before: Pick<Facets, "devices">, after: Pick<Facets, "devices">): News {
  const were = new Map(before.devices.map(({ device, count }) => [device, count]));
  return after.devices
    .map(({ device, count }) => ({ device, count: count - (were.get(device) ?? 0) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}
