import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import type { Failure } from "../../field/errors.ts";
import type { ObservationQuery } from "../../field/messages.ts";
import type { Observation } from "../../field/observation.ts";
import { mergeObservations } from "./merge_observations.ts";

/** Where observations come from: `fieldmesh()` in the app. */
export interface ObservationSource {
  observations(query: ObservationQuery): Promise<readonly Observation[]>;
}

/** The part of the log that has been read so far, newest first, always from the newest on. */
export interface LogRows {
  /** Null until the first page is here. */
  readonly rows: ReadonlySignal<readonly Observation[] | null>;
  /** Nothing older than the last row exists. */
  readonly atEnd: ReadonlySignal<boolean>;
  /** Why the last reading failed, until one succeeds. */
  readonly failure: ReadonlySignal<Failure | null>;
  /** Reads the newest page again. */
  refreshTop(): Promise<void>;
  /** Reads all that has been read again: a peer may have brought older observations. */
  refreshAll(): Promise<void>;
  /** Reads the next older page. */
  more(): Promise<void>;
}

/** The most that a query may ask for is 500. */
const PAGE = 250;

export function makeLogRows(source: () => ObservationSource, pageSize = PAGE): LogRows {
  const rows = signal<readonly Observation[] | null>(null);
  const atEnd = signal(false);
  const failure = signal<Failure | null>(null);
  let reading = false;

  async function read(before: string | undefined): Promise<readonly Observation[]> {
    const query = before === undefined ? { limit: pageSize } : { limit: pageSize, before };
    const page = await source().observations(query);
    rows.value = mergeObservations(rows.value ?? [], page);
    failure.value = null;
    return page;
  }

  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      failure.value = toFailure(thrown);
    }
  }

  const isLast = (page: readonly Observation[]) => page.length < pageSize;

  return {
    rows,
    atEnd,
    failure,
    refreshTop: () =>
      attempt(async () => {
        if (isLast(await read(undefined))) atEnd.value = true;
      }),
    refreshAll: () =>
      attempt(async () => {
        const wanted = rows.value?.length ?? 0;
        let before: string | undefined;
        for (let count = 0; count === 0 || count < wanted || atEnd.value;) {
          const page = await read(before);
          if (isLast(page)) return;
          count += page.length;
          before = page[page.length - 1].id;
        }
      }),
    more: () =>
      attempt(async () => {
        const oldest = rows.value?.at(-1);
        if (reading || atEnd.value || !oldest) return;
        reading = true;
        try {
          atEnd.value = isLast(await read(oldest.id));
        } finally {
          reading = false;
        }
      }),
  };
}
