/**
 * When this browser last handed over and backed up: kept as a setting, not as a record. Losing it costs
 * a line of words, never an observation.
 */
import { counted } from "../format.ts";
import type { Formats } from "../format.ts";
import { readSetting, writeSetting } from "../settings.ts";

/** When a file was begun, and how many observations were here then. */
export interface Occasion {
  /** ms since the epoch. */
  readonly at: number;
  readonly total: number;
}

export type OccasionName = "handed-over" | "backed-up";

/** The last time; null when there was none, or the browser keeps no settings. */
export function lastOccasion(name: OccasionName): Occasion | null {
  return parseOccasion(readSetting(name));
}

/** Keeps it. False: the browser keeps no settings. */
export function keepOccasion(name: OccasionName, { at, total }: Occasion): boolean {
  return writeSetting(name, JSON.stringify({ at, total }));
}

/** Settings can be edited by hand, and by other versions. */
export function parseOccasion(text: string | null): Occasion | null {
  if (text === null) return null;
  const { at, total } = parseObject(text);
  if (typeof at !== "number" || !Number.isFinite(at)) return null;
  if (typeof total !== "number" || !Number.isFinite(total)) return null;
  return { at, total };
}

function parseObject(text: string): { readonly at?: unknown; readonly total?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch (_notJson) {
    return {};
  }
}

/** "Last backup: Today, 14:02. 73 observations since."; `total` null while unknown. */
export function sinceLine(
  last: Occasion,
  { what, total, now }: {
    readonly what: string;
    readonly total: number | null;
    readonly now: number;
  },
  formats: Formats,
): string {
  const when = `Last ${what}: ${formats.day(last.at, now)}, ${formats.minute(last.at)}.`;
  if (total === null) return when;
  const since = Math.max(0, total - last.total);
  if (since === 0) return `${when} Nothing new since.`;
  return `${when} ${counted(since, "observation", formats)} since.`;
}
