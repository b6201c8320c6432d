import { isHex } from "../field/bytes.ts";
import { MOST_LABEL_LENGTH } from "../field/notes.ts";
import type { Bounds, ObservationQuery } from "../field/store/query.ts";
import { isBoolean, isFields, isNumber, isText, parseList } from "./call_fields.ts";

/** Which observations, without how many of them. */
export type Filter = Omit<ObservationQuery, "limit" | "before">;

const MOST_ROWS = 500;
const MOST_CHOICES = 32;
const MOST_TEXT_LENGTH = 200;

/** A page's query, every condition checked; null when one is not what it must be. */
export function parseQuery(query: unknown): ObservationQuery | null {
  const filter = parseFilter(query);
  if (!filter || !isFields(query)) return null;
  const { limit, before } = query;
  if (!isNumber(limit) || !Number.isInteger(limit) || limit < 1 || limit > MOST_ROWS) return null;
  if (before === undefined) return { limit, ...filter };
  return isText(before, 64) ? { limit, before, ...filter } : null;
}

type Parsers = { readonly [K in keyof Filter]-?: (value: unknown) => Filter[K] | null };

const PARSERS: Parsers = {
  since: (value) => isNumber(value) ? value : null,
  until: (value) => isNumber(value) ? value : null,
  classes: (value) => parseList(value, MOST_CHOICES, parseClass),
  devices: (value) => parseList(value, MOST_CHOICES, (one) => isHex(one, 32) ? one : null),
  within: parseBounds,
  text: (value) => isText(value, MOST_TEXT_LENGTH) ? value : null,
  starred: (value) => isBoolean(value) ? value : null,
  withoutWrong: (value) => isBoolean(value) ? value : null,
};

export function parseFilter(query: unknown): Filter | null {
  if (!isFields(query)) return null;
  const filter: Record<string, unknown> = {};
  for (const [name, parse] of Object.entries(PARSERS)) {
    if (query[name] === undefined) continue;
    const value = parse(query[name]);
    if (value === null) return null;
    filter[name] = value;
  }
  return filter;
}

function parseClass(value: unknown): string | null {
  return isText(value, MOST_LABEL_LENGTH) ? value : null;
}

function parseBounds(value: unknown): Bounds | null {
  if (!isFields(value)) return null;
  const { west, south, east, north } = value;
  if (!isDegrees(west, 180) || !isDegrees(east, 180)) return null;
  if (!isDegrees(south, 90) || !isDegrees(north, 90) || south > north) return null;
  return { west, south, east, north };
}

function isDegrees(value: unknown, most: number): value is number {
  return isNumber(value) && Math.abs(value) <= most;
}
