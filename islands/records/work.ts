/**
 * The long work of the records page and of the crew's files: making a file, taking one in. One at a time,
 * kept across pages, so that leaving the page does not end it.
 */
import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { toFailure } from "../../field/errors.ts";
import type { Failure } from "../../field/errors.ts";
import type { ExportFormat, RestoreReport } from "../../field/messages.ts";
import type { ExportedFile, Fieldmesh } from "../../page/fieldmesh.ts";
import type { FilterQuery } from "../log/log_filter.ts";
import { type News, newsBetween } from "./news.ts";
import type { Occasion, OccasionName } from "./occasions.ts";

/** A file to make. */
export interface Task {
  readonly format: ExportFormat;
  /** Undefined: all observations. */
  readonly query: FilterQuery | undefined;
  /** What a finished file counts as, once it was taken; null: neither. */
  readonly counts: OccasionName | null;
  readonly begun: Occasion;
}

/** Of `total` steps or bytes so many. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** Why a bundle is taken in: to have back what was here, or to get what others have. */
export type Purpose = "backup" | "exchange";

export type Work =
  | { readonly step: "idle" }
  | { readonly step: "making"; readonly task: Task; readonly progress: Progress | null }
  /** `placeless`: no observation of it has a place, and this format leaves those out. */
  | {
    readonly step: "made";
    readonly task: Task;
    readonly made: ExportedFile;
    readonly placeless?: boolean;
  }
  /** No observation was chosen: a file of nothing helps nobody. */
  | { readonly step: "nothing"; readonly task: Task }
  | { readonly step: "not-made"; readonly task: Task; readonly failure: Failure }
  | Restoring & { readonly step: "restoring"; readonly progress: Progress }
  | Restoring & {
    readonly step: "restored";
    readonly report: RestoreReport;
    readonly stopped: boolean;
    /** Whose observations are new; null where it was not asked, or could not be told. */
    readonly news: News | null;
  }
  | Restoring & { readonly step: "not-restored"; readonly failure: Failure };

interface Restoring {
  readonly name: string;
  readonly purpose: Purpose;
}

export interface WorkControl {
  readonly work: ReadonlySignal<Work>;
  /** Makes a file. Does nothing while other work is under way. */
  make(task: Task): Promise<void>;
  /** Takes a bundle in. Does nothing while other work is under way. */
  restore(bundle: File, purpose?: Purpose): Promise<void>;
  /** Stops what is under way: no file is made; what was restored stays. */
  cancel(): void;
  /** Puts the outcome away, and the file with it. */
  close(): void;
}

type Doer = Pick<Fieldmesh, "exportAs" | "restore" | "observations" | "facets">;

/** Wherever a place may be: a query with it finds what has one. */
const ANYWHERE = { west: -180, south: -90, east: 180, north: 90 } as const;

export function makeWork(doer: () => Doer): WorkControl {
  const work = signal<Work>({ step: "idle" });
  let stop = new AbortController();

  async function make(task: Task): Promise<void> {
    if (isUnderWay(work.value)) return;
    const { signal } = stop = new AbortController();
    work.value = { step: "making", task, progress: null };
    const onProgress = (done: number, total: number) => {
      if (!signal.aborted) work.value = { step: "making", task, progress: { done, total } };
    };
    const { format, query } = task;
    const settle = (next: Work) => {
      if (!signal.aborted) work.value = next;
    };
    try {
      const options = { signal, onProgress, ...(query === undefined ? {} : { query }) };
      const made = await doer().exportAs(format, options);
      const next = outcomeOf(task, made, work.value);
      const placeless = format === "camtrap-dp" && next.step === "made" && !await hasPlaced(query);
      settle(placeless ? { ...next, placeless } : next);
    } catch (thrown) {
      settle({ step: "not-made", task, failure: toFailure(thrown) });
    }
  }

  /** Camtrap DP leaves out what has no place: without any, the package would be empty. */
  async function hasPlaced(query: FilterQuery | undefined): Promise<boolean> {
    const placed = await doer().observations({ ...query, within: ANYWHERE, limit: 1 });
    return placed.length > 0;
  }

  async function restore(bundle: File, purpose: Purpose = "backup"): Promise<void> {
    if (isUnderWay(work.value)) return;
    const { signal } = stop = new AbortController();
    const which: Restoring = { name: bundle.name, purpose };
    work.value = { step: "restoring", ...which, progress: { done: 0, total: bundle.size } };
    let latest: RestoreReport | null = null;
    const onProgress = (report: RestoreReport, total: number) => {
      latest = report;
      if (signal.aborted) return;
      work.value = { step: "restoring", ...which, progress: { done: report.bytes, total } };
    };
    const tellNews = purpose === "exchange" ? await watchNews() : () => Promise.resolve(null);
    try {
      const report = await doer().restore(bundle, { signal, onProgress });
      const news = await tellNews();
      work.value = { step: "restored", ...which, report, stopped: signal.aborted, news };
    } catch (thrown) {
      work.value = signal.aborted
        ? stoppedAt(which, latest, await tellNews())
        : { step: "not-restored", ...which, failure: toFailure(thrown) };
    }
  }

  /** From now on: gives what is new when it is called. Not knowing it takes nothing from the report. */
  async function watchNews(): Promise<() => Promise<News | null>> {
    const before = await doer().facets().catch(() => null);
    return async () => {
      const after = before && await doer().facets().catch(() => null);
      return before && after && newsBetween(before, after);
    };
  }

  function cancel(): void {
    const now = work.value;
    stop.abort();
    // A restore settles by itself: its report tells what was taken in.
    if (now.step === "making") work.value = { step: "idle" };
  }

  function close(): void {
    if (!isUnderWay(work.value)) work.value = { step: "idle" };
  }

  return { work, make, restore, cancel, close };
}

/** Whether a new piece of work has to wait. */
export function isUnderWay({ step }: Work): boolean {
  return step === "making" || step === "restoring";
}

/** A chosen part of the records may turn out to be empty; a backup of nothing still holds the key's feed. */
function outcomeOf(task: Task, made: ExportedFile, last: Work): Work {
  const isEmpty = last.step === "making" && last.progress?.total === 0 && task.format !== "bundle";
  return isEmpty ? { step: "nothing", task } : { step: "made", task, made };
}

function stoppedAt(which: Restoring, latest: RestoreReport | null, news: News | null): Work {
  if (latest === null) return { step: "idle" };
  return { step: "restored", ...which, report: latest, stopped: true, news };
}
