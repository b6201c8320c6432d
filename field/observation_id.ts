import type { DeviceId } from "./observation.ts";
import type { Stamp } from "./clock.ts";

/** The id of the observation that `device` began at `begin`. */
export function observationId(device: DeviceId, begin: Stamp): string {
  return `${device.slice(0, 12)}-${begin.toString(36)}`;
}

/** When an observation began, from its id. */
export function beginOf(id: string): Stamp {
  return parseInt(id.slice(id.indexOf("-") + 1), 36);
}
