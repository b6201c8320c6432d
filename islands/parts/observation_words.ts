import type { Status } from "../../field/messages.ts";
import type { Observation } from "../../field/observation.ts";
import { duration, shortKey } from "../format.ts";
import type { Formats } from "../format.ts";

/** How long it was in view: "in view now", "in view for 9 s". */
export function inViewFor(observation: Observation): string {
  if (observation.open) return "in view now";
  return `in view for ${duration(observation.last - observation.first)}`;
}

/** The second line of a row: "14:02:11, in view for 9 s". */
export function whenLine(observation: Observation, formats: Formats): string {
  return `${formats.time(observation.first)}, ${inViewFor(observation)}`;
}

/** Whose observation it is: "this device", a peer's name, or the key of one that is not known. */
export function deviceWords(device: string, status: Status | null): string {
  if (device === status?.device.id) return "this device";
  const peer = status?.peers.find((candidate) => candidate.device === device);
  return peer?.name ?? `device ${shortKey(device)}`;
}
