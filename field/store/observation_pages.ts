import { equalBytes } from "../bytes.ts";
import type { Stamp } from "../clock.ts";
import { type Disk, DiskChanged, type Key } from "./disk.ts";
import { eachRow } from "./disk_rows.ts";
import { FieldError } from "../errors.ts";
import { ObservationPage, pagesOf } from "./observation_page.ts";
import type { NotedRow } from "./observation_row.ts";
import type { DeviceId } from "../observation.ts";
import { decodeRoot, encodeRoot, type PageDirectory, placeOf } from "./page_directory.ts";
import { decodeSummary, encodeSummary, type PageSummary } from "./page_summary.ts";
import type { WriteDraft } from "./write_draft.ts";
import { groupBy } from "../group_by.ts";

export interface PagesPorts {
  readonly disk: Disk;
  /** Resolves when no write of this store is under way: only then do memory and disk agree. */
  readonly settled: () => Promise<void>;
  /** A page cannot be read. */
  readonly onDamage: () => void;
  /** At most so many observations in a page. */
  readonly rowsPerPage: number;
}

/** What a write does to the index, besides its rows. */
export interface IndexChange {
  /** Nothing of what was there stays. */
  readonly clear: boolean;
  /** What is said of the index from then on; undefined: what was said before. */
  readonly isWhole?: boolean;
}

const TABLE = "pages";
const ROOT: Key = ["index"];
const SUMMARY = "summary";
/** Decoded pages kept: 2 MB at most. */
const MOST_CACHED = 32;
const MOST_TRIES = 20;

/**
 * The pages of the index on a disk: `[device, begin]` is a page, `["summary", device, begin]` what it
 * holds in short, `["index"]` the root that every write replaces. Summaries are kept in memory, and
 * are read again when the root on disk is not the one they belong to: another worker wrote.
 */
export class ObservationPages {
  readonly #ports: PagesPorts;
  #directory: PageDirectory | null = null;
  #loading: Promise<void> | null = null;
  /** Those used last at the end. One is good as long as the directory names its checksum. */
  readonly #cache = new Map<string, ObservationPage>();
  readonly #damaged = new Set<string>();

  constructor(ports: PagesPorts) {
    this.#ports = ports;
  }

  /** Does `work` on the pages as they are on disk; once more when they have changed under it. */
  async read<T>(work: (directory: PageDirectory) => Promise<T> | T): Promise<T> {
    for (let tries = 1;; tries++) {
      try {
        return await work(await this.#onDisk());
      } catch (cause) {
        if (!(cause instanceof DiskChanged)) throw cause;
        if (tries === MOST_TRIES) throw unsteady(cause);
      }
    }
  }

  /** The pages as they were when this store last looked: for a write, which fails where that is no longer so. */
  async last(): Promise<PageDirectory> {
    return this.#directory ?? await this.#onDisk();
  }

  /** Another worker wrote: look again next time. */
  forget(): void {
    this.#directory = null;
  }

  /** Null when it is damaged. Throws {@link DiskChanged} when the directory is no longer what is on disk. */
  async page(
    directory: PageDirectory,
    device: DeviceId,
    { begin, seal }: PageSummary,
  ): Promise<ObservationPage | null> {
    const name = nameOf(device, begin);
    const cached = this.#cache.get(name);
    if (cached?.seal === seal) return this.#keep(name, cached);
    const sealed = await this.#ports.disk.get(TABLE, [device, begin]);
    const page = sealed && ObservationPage.decode(device, sealed);
    if (page?.seal === seal) return this.#keep(name, page);
    if (!await this.#isOnDisk(directory)) throw new DiskChanged(TABLE, [device, begin]);
    this.#isDamaged(name);
    return null;
  }

  /** The rows that these observations of `device` have, by their begin stamps. */
  async rowsOf(
    directory: PageDirectory,
    device: DeviceId,
    begins: readonly Stamp[],
  ): Promise<ReadonlyMap<Stamp, NotedRow>> {
    const pages = directory.pages.get(device) ?? [];
    const found = new Map<Stamp, NotedRow>();
    if (pages.length === 0) return found;
    for (const [at, some] of groupBy(begins, (begin) => placeOf(begin, pages))) {
      const page = await this.page(directory, device, pages[at]);
      for (const begin of some) {
        const row = page?.find(begin);
        if (row) found.set(begin, row);
      }
    }
    return found;
  }

  /** Adds to a write what puts `rows` (each observation once) into the pages of {@link last}. */
  async draft(draft: WriteDraft, rows: readonly NotedRow[], change: IndexChange): Promise<void> {
    const last = await this.last();
    const isEmptied = change.clear || !last.root.isOurs;
    const before = isEmptied ? { ...last, pages: new Map() } : last;
    const pages = new Map(before.pages);
    let isWhole = change.isWhole ?? await this.isWhole(last);
    for (const [device, some] of groupBy(rows, ({ noted }) => noted.device)) {
      const sorted = some.sort((a, b) => a.begin - b.begin);
      const { summaries, isLost } = await this.#put(draft, before, device, sorted);
      pages.set(device, summaries);
      isWhole &&= !isLost; // what a damaged page held only the entries have now
    }
    const root = encodeRoot(last.root.generation + 1, isWhole);
    if (isEmptied) draft.clear(TABLE);
    draft.expect(TABLE, ROOT, last.root.sealed);
    draft.put(TABLE, ROOT, root.sealed);
    draft.whenWritten(() => {
      this.#directory = { root, pages };
      if (isEmptied) this.#damaged.clear();
    });
  }

  /** What was said of the index, or, where nothing was that this version can read, whether there is nothing to hold. */
  async isWhole({ root }: PageDirectory): Promise<boolean> {
    // a part may have been found damaged before anybody listened
    if (this.#damaged.size > 0) return false;
    return root.isOurs ? root.isWhole : await this.#ports.disk.count("heads", { limit: 1 }) === 0;
  }

  /** A device's pages with `rows` (sorted) put in. `isLost`: what a damaged page held is gone. */
  async #put(
    draft: WriteDraft,
    before: PageDirectory,
    device: DeviceId,
    rows: readonly NotedRow[],
  ): Promise<{ readonly summaries: readonly PageSummary[]; readonly isLost: boolean }> {
    const { rowsPerPage } = this.#ports;
    const summaries = before.pages.get(device) ?? [];
    const after = summaries.map((summary) => [summary]);
    let isLost = false;
    for (const [at, some] of groupBy(rows, ({ begin }) => placeOf(begin, summaries))) {
      const old = summaries[at];
      const page = old && await this.page(before, device, old);
      isLost ||= page === null;
      const put = page ? page.put(some, rowsPerPage) : pagesOf(device, some, rowsPerPage);
      after[Math.max(at, 0)] = put.map((one, i) =>
        one === page ? old : this.#draftPage(draft, one, i === 0 ? old : undefined)
      );
    }
    return { summaries: after.flat(), isLost };
  }

  /** Adds a page to a write, in the place of `old` if there is one. */
  #draftPage(draft: WriteDraft, page: ObservationPage, old?: PageSummary): PageSummary {
    const { device } = page;
    // a key stays while it can, but no row may begin before it
    const begin = Math.min(page.rows[0].begin, old?.begin ?? Infinity);
    const summary = page.summary(begin);
    if (old && begin !== old.begin) {
      draft.delete(TABLE, [device, old.begin]);
      draft.delete(TABLE, [SUMMARY, device, old.begin]);
    }
    draft.put(TABLE, [device, begin], page.sealed);
    draft.put(TABLE, [SUMMARY, device, begin], encodeSummary(summary));
    draft.whenWritten(() => this.#keep(nameOf(device, begin), page));
    return summary;
  }

  async #onDisk(): Promise<PageDirectory> {
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      if (this.#directory && await this.#isOnDisk(this.#directory)) return this.#directory;
      await this.#ports.settled(); // a write of our own has landed, and memory follows in a moment
      if (this.#directory && await this.#isOnDisk(this.#directory)) return this.#directory;
      this.#loading ??= this.#load().finally(() => this.#loading = null);
      await this.#loading;
    }
    throw unsteady(new DiskChanged(TABLE, ROOT));
  }

  async #isOnDisk({ root }: PageDirectory): Promise<boolean> {
    const sealed = await this.#ports.disk.get(TABLE, ROOT);
    return sealed && root.sealed ? equalBytes(sealed, root.sealed) : sealed === root.sealed;
  }

  async #load(): Promise<void> {
    const { disk, onDamage } = this.#ports;
    const root = decodeRoot(await disk.get(TABLE, ROOT));
    if (root.isDamaged) onDamage();
    const directory = { root, pages: root.isOurs ? await this.#summaries() : new Map() };
    // what changed meanwhile may be read half: then the next one to ask sees that it is not on disk
    this.#directory = directory;
  }

  async #summaries(): Promise<Map<DeviceId, PageSummary[]>> {
    const { disk } = this.#ports;
    const texts = new Map<string, string>();
    const shared = (text: string) => texts.get(text) ?? (texts.set(text, text), text);
    const pages = new Map<DeviceId, PageSummary[]>();
    for await (const { key, value } of eachRow(disk, TABLE, { prefix: [SUMMARY] })) {
      const [device, begin] = [String(key[1]), Number(key[2])];
      const summary = decodeSummary(value, shared) ?? await this.#summarize(device, begin);
      if (!summary) continue;
      const known = pages.get(device) ?? [];
      known.push(summary);
      pages.set(device, known);
    }
    return pages;
  }

  /** A summary that is damaged is made anew from its page. Null when that is damaged too. */
  async #summarize(device: DeviceId, begin: Stamp): Promise<PageSummary | null> {
    const sealed = await this.#ports.disk.get(TABLE, [device, begin]);
    const page = sealed && ObservationPage.decode(device, sealed);
    if (!page) this.#isDamaged(nameOf(device, begin));
    return page ? page.summary(begin) : null;
  }

  #isDamaged(name: string): void {
    if (this.#damaged.has(name)) return;
    this.#damaged.add(name);
    this.#ports.onDamage();
  }

  #keep(name: string, page: ObservationPage): ObservationPage {
    this.#cache.delete(name);
    this.#cache.set(name, page);
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > MOST_CACHED) this.#cache.delete(oldest);
    return page;
  }
}

function nameOf(device: DeviceId, begin: Stamp): string {
  return `${device} ${begin}`;
}

function unsteady(cause: unknown): FieldError {
  return new FieldError(
    "storage-failed",
    "Cannot read the list of observations: another window of Fieldmesh keeps changing it. " +
      "Close the other windows, then try again.",
    { cause },
  );
}
