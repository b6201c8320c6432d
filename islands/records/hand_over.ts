/** What can be handed over, in whose words, and which observations go into it. */
import type { ExportFormat } from "../../field/messages.ts";
import { counted } from "../format.ts";
import type { Formats } from "../format.ts";
import { isAll, type LogFilter, queryOf } from "../log/log_filter.ts";
import type { FilterQuery } from "../log/log_filter.ts";
import type { IconName } from "../parts/icon.tsx";
import type { Occasion } from "./occasions.ts";

/** A format by what it is for. */
export interface Purpose {
  readonly format: Exclude<ExportFormat, "bundle">;
  readonly icon: IconName;
  readonly name: string;
  readonly contents: string;
  /** As in "Making the …". */
  readonly noun: string;
}

export const PURPOSES: readonly Purpose[] = [
  {
    format: "zip",
    icon: "records",
    name: "Tables, maps and pictures",
    contents: "One ZIP: CSV, GeoJSON and the pictures",
    noun: "ZIP",
  },
  {
    format: "camtrap-dp",
    icon: "camera",
    name: "Ecology tools",
    contents: "Camtrap DP 1.0.2, of what has a place",
    noun: "Camtrap DP package",
  },
  {
    format: "megadetector",
    icon: "picture",
    name: "MegaDetector tools",
    contents: "JSON for Timelapse and AddaxAI",
    noun: "MegaDetector file",
  },
  {
    format: "coco",
    icon: "box",
    name: "Training and labelling",
    contents: "COCO JSON: boxes and classes",
    noun: "COCO file",
  },
  {
    format: "csv",
    icon: "table",
    name: "A spreadsheet",
    contents: "CSV, one row an observation",
    noun: "CSV file",
  },
  {
    format: "geojson",
    icon: "place",
    name: "A map",
    contents: "GeoJSON: QGIS, ArcGIS",
    noun: "GeoJSON file",
  },
];

/** As in "Making the backup". */
export function nounOf(format: ExportFormat): string {
  return PURPOSES.find((purpose) => purpose.format === format)?.noun ?? "backup";
}

export type Which = "all" | "today" | "since" | "log";

/** One choice of observations. */
export interface Selection {
  readonly which: Which;
  readonly name: string;
  readonly hint: string;
  /** Undefined: all of them. */
  readonly query: FilterQuery | undefined;
}

export interface SelectionFacts {
  readonly now: number;
  /** Observations on this device; null while unknown. */
  readonly total: number | null;
  readonly lastHandOver: Occasion | null;
  readonly shown: LogFilter;
  readonly shownWords: readonly string[];
}

/** What there is to choose from now: "since the last hand-over" needs one, "as in the log" a filter. */
export function selections(facts: SelectionFacts, formats: Formats): readonly Selection[] {
  const all: Selection = {
    which: "all",
    name: facts.total === null ? "All observations" : `All ${observations(facts.total, formats)}`,
    hint: "Everything on this device, of the whole crew.",
    query: undefined,
  };
  const today: Selection = {
    which: "today",
    name: "Today",
    hint: "What began since midnight.",
    // A query's bounds are exclusive.
    query: { since: formats.dayStart(facts.now) - 1 },
  };
  return [all, today, ...sinceLast(facts, formats), ...asInLog(facts)];
}

function sinceLast({ lastHandOver, now }: SelectionFacts, formats: Formats): Selection[] {
  if (!lastHandOver) return [];
  const { at } = lastHandOver;
  const when = `${formats.day(at, now)}, ${formats.minute(at)}`;
  return [{
    which: "since",
    name: `Since the last hand-over: ${when}`,
    hint: "What began after it. What peers bring later from before then is not in it.",
    query: { since: at },
  }];
}

function asInLog({ shown, shownWords }: SelectionFacts): Selection[] {
  if (isAll(shown)) return [];
  const words = shown.text.trim() === "" ? shownWords : [`“${shown.text.trim()}”`, ...shownWords];
  return [{
    which: "log",
    name: `As in the log: ${words.join(", ")}`,
    hint: "What the log’s filter lets through now.",
    query: queryOf(shown),
  }];
}

/** After these the next hand-over may go on from here; the others leave something out. */
export function isComplete(which: Which): boolean {
  return which === "all" || which === "since";
}

function observations(total: number, formats: Formats): string {
  return counted(total, "observation", formats);
}
