import { batch, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import type { Failure } from "../../field/errors.ts";
import type { ObservationQuery } from "../../field/messages.ts";
import type { NotedObservation } from "../../field/observation.ts";
import type { FilterQuery } from "./log_filter.ts";
import { mergeObservations } from "./merge_observations.ts";

/** Where observations come from: `fieldmesh()` in the app. */
export interface ObservationSource {
  observations(query: ObservationQuery): Promise<readonly NotedObservation[]>;
}

/** The part of the log that has been read so far, newest first, always from the newest on. */
export interface LogRows {
  /** Null until the first page is here. */
  readonly rows: ReadonlySignal<readonly NotedObservation[] | null>;
  /** Nothing older than the last row exists. */
  readonly atEnd: ReadonlySignal<boolean>;
  /** Why the last reading failed, until one succeeds. */
  readonly failure: ReadonlySignal<Failure | null>;
  /** Shows what this query finds, from its newest on; the rows before stay until the first page is here. */
  show(query: FilterQuery): Promise<void>;
  /** Reads the newest page again. */
  refreshTop(): Promise<void>;
  /** Reads all that has been read again: a peer may have brought older observations, or notes of them. */
  refreshAll(): Promise<void>;
  /** Reads the next older page. */
  more(): Promise<void>;
}

/** The most that a query may ask for is 500. */
const PAGE = 250;

export function makeLogRows(source: () => ObservationSource, pageSize = PAGE): LogRows {
  const rows = signal<readonly NotedObservation[] | null>(null);
  const atEnd = signal(false);
  const failure = signal<Failure | null>(null);
  let filter: FilterQuery = {};
  let reading = false;

  const isLast = (page: readonly NotedObservation[]) => page.length < pageSize;

  /** Null: meanwhile another query is shown. */
  async function ask(below: NotedObservation | null): Promise<readonly NotedObservation[] | null> {
    const asked = filter;
    const query = { ...asked, limit: pageSize, ...(below ? { before: below.id } : {}) };
    const page = await source().observations(query);
    return asked === filter ? page : null;
  }

  async function read(below: NotedObservation | null): Promise<readonly NotedObservation[] | null> {
    const page = await ask(below);
    if (!page) return null;
    batch(() => {
      rows.value = mergeObservations(rows.value ?? [], page, { below, toEnd: isLast(page) });
      failure.value = null;
    });
    return page;
  }

  async function attempt(work: () => Promise<void>): Promise<void> {
    const asked = filter;
    try {
      await work();
    } catch (thrown) {
      if (asked === filter) failure.value = toFailure(thrown);
    }
  }

  async function refreshAll(): Promise<void> {
    const wanted = rows.value?.length ?? 0;
    let below: NotedObservation | null = null;
    for (let count = 0; count === 0 || count < wanted || atEnd.value;) {
      const page: readonly NotedObservation[] | null = await read(below);
      if (!page || isLast(page)) return;
      count += page.length;
      below = page[page.length - 1];
    }
  }

  async function more(): Promise<void> {
    const oldest = rows.value?.at(-1);
    if (reading || atEnd.value || !oldest) return;
    reading = true;
    try {
      const page = await read(oldest);
      if (page) atEnd.value = isLast(page);
    } finally {
      reading = false;
    }
  }

  return {
    rows,
    atEnd,
    failure,
    show: (query) => {
      filter = query;
      return attempt(async () => {
        const page = await ask(null);
        if (!page) return;
        batch(() => {
          rows.value = page;
          atEnd.value = isLast(page);
          failure.value = null;
        });
      });
    },
    refreshTop: () =>
      attempt(async () => {
        const page = await read(null);
        if (page && isLast(page)) atEnd.value = true;
      }),
    refreshAll: () => attempt(refreshAll),
    more: () => attempt(more),
  };
}
