import { type Bytes, equalBytes } from "../bytes.ts";
import { seal, unseal } from "../checksum.ts";
import { type Disk, DiskChanged } from "./disk.ts";
import { eachRow } from "./disk_rows.ts";
import { EditTable } from "./edit_table.ts";
import { FieldError } from "../errors.ts";
import { FeedTables } from "./feed_tables.ts";
import { draftIndex, type IndexTables } from "./index_changes.ts";
import type { Media, MediaTotals } from "../media.ts";
import { MediaTables } from "./media_tables.ts";
import type { StoredEdit } from "../notes.ts";
import { ObservationIndex } from "./observation_index.ts";
import { ObservationPages } from "./observation_pages.ts";
import type { DeviceId, Hex, NotedObservation, Observation } from "../observation.ts";
import { QuarantineTable } from "./quarantine_table.ts";
import type { Facets, ObservationQuery } from "./query.ts";
import { sealValue, unsealValue } from "./sealed_value.ts";
import {
  type Commit,
  type Head,
  type Quarantined,
  SettingMoved,
  type Store,
  type StoredBlob,
  type StoredEntry,
} from "./store.ts";
import { WriteDraft } from "./write_draft.ts";

/** Sealed settings by their names. */
type Settings = readonly (readonly [string, Bytes])[];

/** Settings as they must be; null: not there. */
type Expected = readonly (readonly [string, Bytes | null])[];

export interface DiskStoreOptions {
  /** Observations in a page of the index. Another number changes nothing but speed and size. */
  readonly rowsPerPage?: number;
}

/** A page of these is some 8 KB: little to write again for one observation, much to skip for a query. */
const ROWS_PER_PAGE = 128;
const MOST_TRIES = 5;

/** The store over any disk. Its commits go one after the other; another worker's make it read again. */
export class DiskStore implements Store {
  onDamage: ((what: "index" | "snapshot") => void) | null = null;
  readonly #disk: Disk;
  readonly #feeds: FeedTables;
  readonly #tables: IndexTables;
  readonly #index: ObservationIndex;
  readonly #media: MediaTables;
  readonly #quarantine: QuarantineTable;
  #turn: Promise<unknown> = Promise.resolve();
  #writing: Promise<unknown> = Promise.resolve();

  constructor(disk: Disk, { rowsPerPage = ROWS_PER_PAGE }: DiskStoreOptions = {}) {
    const onDamage = () => this.onDamage?.("index");
    const settled = async () => void await this.#writing;
    const pages = new ObservationPages({ disk, settled, onDamage, rowsPerPage });
    this.#disk = disk;
    this.#feeds = new FeedTables(disk);
    this.#tables = { pages, edits: new EditTable(disk, onDamage) };
    this.#index = new ObservationIndex(pages);
    this.#media = new MediaTables(disk);
    this.#quarantine = new QuarantineTable(disk);
  }

  heads(): Promise<Head[]> {
    return this.#feeds.heads();
  }

  entriesAfter(device: DeviceId, after: number, mostBytes: number): Promise<StoredEntry[]> {
    return this.#feeds.entriesAfter(device, after, mostBytes);
  }

  entriesOf(doc: string): Promise<StoredEntry[]> {
    return this.#feeds.entriesOf(doc);
  }

  docs(prefix: string): Promise<string[]> {
    return this.#feeds.docs(prefix);
  }

  observations(query: ObservationQuery): Promise<NotedObservation[]> {
    return this.#index.observations(query);
  }

  observation(id: string): Promise<NotedObservation | null> {
    return this.#index.observation(id);
  }

  facets(): Promise<Facets> {
    return this.#index.facets();
  }

  countObservations(device?: DeviceId, throughSeq?: number): Promise<number> {
    return this.#index.count(device, throughSeq);
  }

  openObservations(device: DeviceId): Promise<Observation[]> {
    return this.#index.open(device);
  }

  edits(observation: string): Promise<StoredEdit[]> {
    return this.#tables.edits.of(observation);
  }

  blob(hash: Hex): Promise<StoredBlob | null> {
    return this.#media.blob(hash);
  }

  media(hash: Hex): Promise<Media | null> {
    return this.#media.media(hash);
  }

  mediaAfter(hash: Hex | null, limit: number): Promise<Media[]> {
    return this.#media.mediaAfter(hash, limit);
  }

  mediaTotals(): Promise<MediaTotals> {
    return this.#media.totals();
  }

  wanted(limit: number, after: Hex | null = null): Promise<Hex[]> {
    return this.#media.wanted(limit, after);
  }

  async countWanted(): Promise<number> {
    return (await this.#media.totals()).wanted;
  }

  async setting(key: string): Promise<unknown> {
    const sealed = await this.#disk.get("settings", [key]);
    return sealed ? unsealValue(sealed)?.value : undefined;
  }

  async settings(prefix: string): Promise<ReadonlyMap<string, unknown>> {
    const settings = new Map<string, unknown>();
    for await (const { key, value } of eachRow(this.#disk, "settings", { from: [prefix] })) {
      const name = String(key[0]);
      if (!name.startsWith(prefix)) break;
      const kept = unsealValue(value);
      if (kept) settings.set(name, kept.value);
    }
    return settings;
  }

  async snapshot(name: string): Promise<Bytes | null> {
    const sealed = await this.#disk.get("snapshots", [name]);
    const bytes = sealed && unseal(sealed);
    if (sealed && !bytes) this.onDamage?.("snapshot");
    return bytes && bytes.slice();
  }

  indexIsWhole(): Promise<boolean> {
    const { pages } = this.#tables;
    return pages.read((directory) => pages.isWhole(directory));
  }

  quarantine(): Promise<Quarantined[]> {
    return this.#quarantine.all();
  }

  countQuarantined(): Promise<number> {
    return this.#quarantine.count();
  }

  async commit(commit: Commit): Promise<void> {
    // now, not in its turn: what a caller does with a value afterwards is not meant
    const settings = Object.entries(commit.settings ?? {})
      .map(([name, value]) => [name, sealValue(value)] as const);
    const expected = Object.entries(commit.ifSettings ?? {})
      .map(([name, value]) => [name, value === undefined ? null : sealValue(value)] as const);
    const written = this.#turn.then(() => this.#write(commit, settings, expected));
    this.#turn = written.catch(() => {}); // the caller has the failure; the line goes on
    await written;
  }

  close(): void {
    this.#disk.close();
  }

  async #write(commit: Commit, settings: Settings, expected: Expected): Promise<void> {
    const strict = (commit.strict ?? false) || (commit.entries ?? []).length > 0;
    for (let tries = 1;; tries++) {
      try {
        const draft = await this.#draft(commit, settings, expected);
        const writing = draft.writeTo(this.#disk, strict);
        this.#writing = writing.catch(() => {}); // awaited next
        return await writing;
      } catch (cause) {
        if (!(cause instanceof DiskChanged)) throw cause;
        if (tries === MOST_TRIES) throw overtaken(cause);
        this.#tables.pages.forget();
      }
    }
  }

  async #expectSetting(draft: WriteDraft, name: string, expected: Bytes | null): Promise<void> {
    const sealed = await this.#disk.get("settings", [name]);
    const isSo = expected && sealed
      ? equalBytes(sealed, expected)
      : !expected && (!sealed || !unsealValue(sealed)); // one that is damaged is not there
    if (!isSo) throw new SettingMoved(name);
    draft.expect("settings", [name], sealed);
  }

  async #draft(commit: Commit, settings: Settings, expected: Expected): Promise<WriteDraft> {
    const draft = new WriteDraft();
    for (const [name, sealed] of expected) await this.#expectSetting(draft, name, sealed);
    await this.#feeds.draft(draft, commit);
    await draftIndex(draft, commit, this.#tables);
    await this.#media.draft(draft, commit);
    await this.#quarantine.draft(draft, commit.quarantine ?? []);
    for (const [name, sealed] of settings) draft.put("settings", [name], sealed);
    for (const [name, bytes] of Object.entries(commit.snapshots ?? {})) {
      if (bytes) draft.put("snapshots", [name], seal(bytes));
      else draft.delete("snapshots", [name]);
    }
    return draft;
  }
}

function overtaken(cause: unknown): FieldError {
  return new FieldError(
    "storage-failed",
    "Nothing was saved: another window of Fieldmesh keeps writing the same records. It is tried " +
      "again; close the other windows if this stays.",
    { cause },
  );
}
