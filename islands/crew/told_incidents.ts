/** Which serious incidents the user has been told of: each once a day and device, kept over restarts. */
import { signal } from "@preact/signals";
import type { Incident } from "../../field/sync/incidents.ts";
import { MOST_INCIDENTS } from "../../field/sync/incidents.ts";
import type { Formats } from "../format.ts";
import { readSetting, writeSetting } from "../settings.ts";
import { isSerious } from "./incident_words.ts";

const SETTING = "incidents-told";

/** Null until it was read: on the hub there are no settings. */
const told = signal<readonly string[] | null>(null);

/** Those that the user has not put away yet, the newest first. Only in the browser. */
export function untold(
  incidents: readonly Incident[],
  formats: Pick<Formats, "dayStart">,
): readonly Incident[] {
  if (told.peek() === null) told.value = parseKeys(readSetting(SETTING));
  const known = new Set(told.value);
  return incidents.filter((one) => isSerious(one) && !known.has(keyOf(one, formats)));
}

/** The user has seen them. */
export function tell(incidents: readonly Incident[], formats: Pick<Formats, "dayStart">): void {
  told.value = withKeys(told.value ?? [], incidents.map((one) => keyOf(one, formats)));
  writeSetting(SETTING, JSON.stringify(told.value));
}

/** One that goes on all day is one: its time moves with each repetition. */
export function keyOf({ kind, device, at }: Incident, formats: Pick<Formats, "dayStart">): string {
  return `${kind} ${device ?? "unknown"} ${formats.dayStart(at)}`;
}

/** The newest last, and as many as the worker keeps incidents. */
export function withKeys(known: readonly string[], keys: readonly string[]): readonly string[] {
  return [...new Set([...known, ...keys])].slice(-MOST_INCIDENTS);
}

/** Settings can be edited by hand, and by other versions. */
export function parseKeys(text: string | null): readonly string[] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(value) ? value.filter((key) => typeof key === "string") : [];
  } catch (_notJson) {
    return [];
  }
}
