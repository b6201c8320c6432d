import { ObservationFilter } from "./observation_filter.ts";
import type { ObservationPages } from "./observation_pages.ts";
import { parseObservationId } from "./observation_row.ts";
import type { DeviceId, NotedObservation, Observation } from "../observation.ts";
import type { PageDirectory } from "./page_directory.ts";
import type { PageSummary } from "./page_summary.ts";
import type { Facets, ObservationQuery } from "./query.ts";
import { newestFirst } from "./store.ts";

interface PageOf {
  readonly device: DeviceId;
  readonly summary: PageSummary;
}

/** Pages read at once by a query that finds little. */
const MOST_AT_ONCE = 16;

/** What can be asked of the observations in pages. A page is read when its summary does not answer. */
export class ObservationIndex {
  readonly #pages: ObservationPages;

  constructor(pages: ObservationPages) {
    this.#pages = pages;
  }

  /** See `Store.observations`. */
  observations(query: ObservationQuery): Promise<NotedObservation[]> {
    return this.#pages.read(async (directory) => {
      if (query.before === undefined) return await this.#newest(directory, query, null);
      const last = await this.#find(directory, query.before);
      return last ? await this.#newest(directory, query, last) : [];
    });
  }

  observation(id: string): Promise<NotedObservation | null> {
    return this.#pages.read((directory) => this.#find(directory, id));
  }

  facets(): Promise<Facets> {
    return this.#pages.read(facetsOf);
  }

  /** See `Store.countObservations`. */
  count(device?: DeviceId, throughSeq = Infinity): Promise<number> {
    return this.#pages.read(async (directory) => {
      const pages = device === undefined ? allPages(directory) : pagesOfDevice(directory, device);
      const counts = pages.map((page) => this.#countThrough(directory, page, throughSeq));
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    });
  }

  /** Those of `device` that are still in view, by their begin stamps. */
  open(device: DeviceId): Promise<Observation[]> {
    return this.#pages.read(async (directory) => {
      const pages = pagesOfDevice(directory, device).filter(({ summary }) => summary.open > 0);
      const rows = await Promise.all(pages.map((page) => this.#rows(directory, page)));
      return rows.flat().filter(({ noted }) => noted.open).map(({ noted }) => withoutNotes(noted));
    });
  }

  /** The newest that match, below `last`. */
  async #newest(
    directory: PageDirectory,
    query: ObservationQuery,
    last: Observation | null,
  ): Promise<NotedObservation[]> {
    const filter = new ObservationFilter(query);
    const isBelow = (one: Observation) => last === null || newestFirst(last, one) < 0;
    const ahead = pagesFor(directory, filter, last?.first ?? Infinity);
    let found: NotedObservation[] = [];
    let atOnce = 1;
    for (let next = 0; next < ahead.length; next += atOnce, atOnce *= 2) {
      // what is not read yet may tie with what was found: only behind it is certain
      const isCertain = found.length >= query.limit &&
        found[query.limit - 1].first > ahead[next].summary.firsts.most;
      if (isCertain) break;
      atOnce = Math.min(atOnce, MOST_AT_ONCE);
      const opened = ahead.slice(next, next + atOnce);
      const rows = await Promise.all(opened.map((page) => this.#rows(directory, page)));
      const matching = rows.flat().map(({ noted }) => noted)
        .filter((one) => isBelow(one) && filter.matches(one));
      found = [...found, ...matching].sort(newestFirst).slice(0, query.limit);
    }
    return found;
  }

  async #find(directory: PageDirectory, id: string): Promise<NotedObservation | null> {
    const parts = parseObservationId(id);
    if (!parts) return null;
    for (const device of directory.pages.keys()) {
      if (!device.startsWith(parts.devicePrefix)) continue;
      const rows = await this.#pages.rowsOf(directory, device, [parts.begin]);
      const row = rows.get(parts.begin);
      if (row) return row.noted;
    }
    return null;
  }

  async #countThrough(directory: PageDirectory, page: PageOf, throughSeq: number): Promise<number> {
    const { seqs, count } = page.summary;
    if (seqs.most <= throughSeq) return count;
    if (seqs.least > throughSeq) return 0;
    const rows = await this.#rows(directory, page);
    return rows.filter(({ seq }) => seq <= throughSeq).length;
  }

  async #rows(directory: PageDirectory, { device, summary }: PageOf) {
    return (await this.#pages.page(directory, device, summary))?.rows ?? [];
  }
}

function pagesOfDevice(directory: PageDirectory, device: DeviceId): PageOf[] {
  return (directory.pages.get(device) ?? []).map((summary) => ({ device, summary }));
}

function allPages(directory: PageDirectory): PageOf[] {
  return [...directory.pages.keys()].flatMap((device) => pagesOfDevice(directory, device));
}

/** The pages that may have what is asked for, not newer than `newest`; those with the newest first. */
function pagesFor(directory: PageDirectory, filter: ObservationFilter, newest: number): PageOf[] {
  const pages: PageOf[] = [];
  for (const [device, summaries] of directory.pages) {
    if (!filter.takes(device)) continue;
    for (const summary of summaries) {
      if (summary.firsts.least <= newest && filter.mayMatch(summary)) {
        pages.push({ device, summary });
      }
    }
  }
  return pages.sort((a, b) => b.summary.firsts.most - a.summary.firsts.most);
}

function facetsOf(directory: PageDirectory): Facets {
  const classes = new Map<string, number>();
  const devices: { device: DeviceId; count: number }[] = [];
  let [from, to] = [Infinity, -Infinity];
  for (const [device, summaries] of directory.pages) {
    for (const { firsts, classes: counts } of summaries) {
      [from, to] = [Math.min(from, firsts.least), Math.max(to, firsts.most)];
      for (const [name, count] of counts) classes.set(name, (classes.get(name) ?? 0) + count);
    }
    devices.push({ device, count: summaries.reduce((sum, { count }) => sum + count, 0) });
  }
  return {
    classes: [...classes].map(([name, count]) => ({ name, count }))
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
    devices: devices.sort((a, b) => b.count - a.count || (a.device < b.device ? -1 : 1)),
    from: from === Infinity ? null : from,
    to: to === -Infinity ? null : to,
  };
}

function withoutNotes({ notes: _, ...observation }: NotedObservation): Observation {
  return observation;
}
