/** What the log shows: the user's choice, and the query that it makes. */
import type { ObservationQuery } from "../../field/messages.ts";
import type { DeviceId } from "../../field/observation.ts";
import { counted } from "../format.ts";
import type { Formats } from "../format.ts";

export interface LogFilter {
  readonly text: string;
  readonly classes: readonly string[];
  readonly devices: readonly DeviceId[];
  readonly starred: boolean;
  /** Leave out what is marked as wrong. */
  readonly withoutWrong: boolean;
  /** Days as `YYYY-MM-DD` in the user's time zone, both included; "" for open ends. */
  readonly from: string;
  readonly to: string;
}

export const SHOW_ALL: LogFilter = {
  text: "",
  classes: [],
  devices: [],
  starred: false,
  withoutWrong: false,
  from: "",
  to: "",
};

export type FilterQuery = Omit<ObservationQuery, "limit" | "before">;

/** Each condition of the filter, with what takes it away: for the chips above the list. */
export interface FilterPart {
  readonly key: string;
  readonly words: string;
  readonly without: LogFilter;
}

export function queryOf(filter: LogFilter): FilterQuery {
  const { classes, devices, starred, withoutWrong } = filter;
  const text = filter.text.trim();
  const [since, until] = [dayStart(filter.from), dayStart(filter.to, 1)];
  return {
    ...(text === "" ? {} : { text }),
    ...(classes.length === 0 ? {} : { classes }),
    ...(devices.length === 0 ? {} : { devices }),
    ...(starred ? { starred } : {}),
    ...(withoutWrong ? { withoutWrong } : {}),
    // a query's bounds are exclusive
    ...(since === null ? {} : { since: since - 1 }),
    ...(until === null ? {} : { until }),
  };
}

export function isAll(filter: LogFilter): boolean {
  return Object.keys(queryOf(filter)).length === 0;
}

/** In a list, puts in what is not there and takes out what is. */
export function toggled(list: readonly string[], one: string): readonly string[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
}

export function partsOf(
  filter: LogFilter,
  nameOf: (device: DeviceId) => string,
): readonly FilterPart[] {
  const parts: FilterPart[] = [];
  const add = (key: string, words: string, without: Partial<LogFilter>) =>
    parts.push({ key, words, without: { ...filter, ...without } });
  for (const one of filter.classes) {
    add(`class ${one}`, one, { classes: toggled(filter.classes, one) });
  }
  for (const one of filter.devices) {
    add(`device ${one}`, nameOf(one), { devices: toggled(filter.devices, one) });
  }
  if (filter.starred) add("starred", "starred", { starred: false });
  if (filter.withoutWrong) add("wrong", "without wrong ones", { withoutWrong: false });
  if (filter.from !== "") add("from", `from ${filter.from}`, { from: "" });
  if (filter.to !== "") add("to", `to ${filter.to}`, { to: "" });
  return parts;
}

/** "37 found", "500 found so far": what a filtered list holds. */
export function foundWords(count: number, atEnd: boolean, formats: Formats): string {
  if (atEnd && count === 0) return "Nothing found";
  const found = `${counted(count, "observation", formats)} found`;
  return atEnd ? found : `${found} so far`;
}

/** Midnight in the user's time zone, `daysLater` after the day; null for no (or half-typed) day. */
function dayStart(day: string, daysLater = 0): number | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!parts) return null;
  const [year, month, date] = parts.slice(1).map(Number);
  const at = new Date(year, month - 1, date + daysLater).getTime();
  return Number.isFinite(at) ? at : null;
}
