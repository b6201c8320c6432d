import { classOf, type DeviceId, type NotedObservation, type Place } from "../observation.ts";
import { type PageSummary, searchedTexts } from "./page_summary.ts";
import type { Bounds, ObservationQuery } from "./query.ts";
import { hasWordWith, wordsOf } from "./words.ts";

/** The conditions of a query, without its order and its limits. */
export class ObservationFilter {
  readonly #query: Omit<ObservationQuery, "limit" | "before">;
  readonly #classes: ReadonlySet<string> | null;
  readonly #devices: ReadonlySet<DeviceId> | null;
  /** What words must begin with. */
  readonly #prefixes: readonly string[];

  constructor(query: Omit<ObservationQuery, "limit" | "before">) {
    this.#query = query;
    this.#classes = query.classes ? new Set(query.classes) : null;
    this.#devices = query.devices ? new Set(query.devices) : null;
    this.#prefixes = wordsOf(query.text ?? "");
  }

  matches(one: NotedObservation): boolean {
    const { since = -Infinity, until = Infinity, within } = this.#query;
    return this.takes(one.device) && one.first > since && one.first < until &&
      (!this.#classes || this.#classes.has(classOf(one))) &&
      (!this.#query.starred || (one.notes?.star ?? false)) &&
      !(this.#query.withoutWrong && one.notes?.wrong) &&
      (!within || one.place !== undefined && isWithin(one.place, within)) &&
      this.#speaksOfIt(one);
  }

  /** May observations of this device be among them? */
  takes(device: DeviceId): boolean {
    return !this.#devices || this.#devices.has(device);
  }

  /** May observations of this page be among them? */
  mayMatch(page: PageSummary): boolean {
    const { since = -Infinity, until = Infinity, within } = this.#query;
    return page.firsts.most > since && page.firsts.least < until &&
      (!this.#classes || [...this.#classes].some((name) => page.classes.has(name))) &&
      (!this.#query.starred || page.starred > 0) &&
      !(this.#query.withoutWrong && page.wrong === page.count) &&
      (!within || page.bounds !== null && overlap(page.bounds, within)) &&
      this.#prefixes.every((prefix) => !page.words || hasWordWith(prefix, page.words));
  }

  #speaksOfIt(one: NotedObservation): boolean {
    if (this.#prefixes.length === 0) return true;
    const words = searchedTexts(one).map(wordsOf);
    return this.#prefixes.every((prefix) => words.some((some) => hasWordWith(prefix, some)));
  }
}

function isWithin({ latitude, longitude }: Place, bounds: Bounds): boolean {
  const { west, east } = bounds;
  const isBetween = west <= east
    ? longitude >= west && longitude <= east
    : longitude >= west || longitude <= east;
  return isBetween && latitude >= bounds.south && latitude <= bounds.north;
}

/** `page` does not cross the 180th meridian; `bounds` may. */
function overlap(page: Bounds, bounds: Bounds): boolean {
  const { west, east } = bounds;
  const isBetween = west <= east
    ? page.east >= west && page.west <= east
    : page.east >= west || page.west <= east;
  return isBetween && page.north >= bounds.south && page.south <= bounds.north;
}
