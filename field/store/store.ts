import type { Bytes } from "../bytes.ts";
import type { Media, MediaTotals } from "../media.ts";
import type { StoredEdit } from "../notes.ts";
import type { DeviceId, Hex, NotedObservation, Observation } from "../observation.ts";
import type { Facets, ObservationQuery } from "./query.ts";

/** The last entry of a device's feed on this disk. */
export interface Head {
  readonly device: DeviceId;
  readonly seq: number;
  readonly hash: Bytes;
  /** Why nothing more is taken from this device, if so: it signed two entries with one number. */
  readonly quarantined?: string;
}

export interface StoredEntry {
  readonly device: DeviceId;
  readonly seq: number;
  readonly doc: string;
  /** As signed; see `entry.ts`. */
  readonly bytes: Bytes;
}

/** An observation in the index, with the entry that last spoke of it. */
export interface IndexedObservation {
  readonly observation: Observation;
  readonly seq: number;
}

export interface StoredBlob {
  readonly hash: Hex;
  /** Media type: "image/jpeg". */
  readonly type: string;
  readonly bytes: Bytes;
}

/** Something that came in and was not taken, kept to be looked at. */
export interface Quarantined {
  /** When, ms since the epoch by this device's clock. */
  readonly at: number;
  /** Who it claims to be from; null when that cannot be read. */
  readonly device: DeviceId | null;
  readonly seq: number | null;
  readonly why: string;
  /** What came. */
  readonly bytes: Bytes;
}

/** What is written together, or not at all. */
export interface Commit {
  readonly entries?: readonly StoredEntry[];
  /** `after`: the seq that must be on disk now (0 for none); else the commit fails with {@link HeadMoved}. */
  readonly heads?: readonly { readonly head: Head; readonly after: number }[];
  /** Empties the index (observations and edits) before what follows: it is being built anew from the entries. */
  readonly clearIndex?: boolean;
  /** Says from now on, with this commit, whether the index holds all that the entries on disk say; see {@link Store.indexIsWhole}. */
  readonly indexIsWhole?: boolean;
  readonly observations?: readonly IndexedObservation[];
  /** Edits that are there already (same observation, field, counter, device and stamp) stay as they are. */
  readonly edits?: readonly StoredEdit[];
  /** `at`: ms since the epoch, when they came here. */
  readonly blobs?: readonly StoredBlob[];
  readonly at?: number;
  /** Blobs that records speak of and that are to be fetched, unless they are here already or were thinned. */
  readonly wanted?: readonly Hex[];
  /** Other devices have these on disk. */
  readonly copies?: readonly { readonly hash: Hex; readonly device: DeviceId }[];
  /** Remove these blobs' bytes; that they were here stays known. `at` is when. */
  readonly thin?: readonly Hex[];
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Settings that must be so on disk now (undefined: not there), or the commit fails with {@link SettingMoved}. */
  readonly ifSettings?: Readonly<Record<string, unknown>>;
  /** Derived state kept so that a start need not replay the entries; null removes it. */
  readonly snapshots?: Readonly<Record<string, Bytes | null>>;
  /** The newest {@link MOST_QUARANTINED} are kept; proofs of forks before all others. */
  readonly quarantine?: readonly Quarantined[];
  /**
   * Wait for the disk, not only for the browser. Always so with entries: a feed that fell back after a
   * power cut would be continued twice, and that is a fork.
   */
  readonly strict?: boolean;
}

export const MOST_QUARANTINED = 200;
/** Why an entry is kept that proves a fork: without it nobody else could be shown. */
export const FORKED = "forked";

/** Someone else wrote to this feed meanwhile (another worker of this device): read again, then retry. */
export class HeadMoved extends Error {
  constructor(device: DeviceId, expected: number, found: number) {
    super(`Feed ${device.slice(0, 8)} is at ${found} on disk, expected ${expected}`);
    this.name = "HeadMoved";
  }
}

/** Someone else changed what this commit rests on: read again, then retry. */
export class SettingMoved extends Error {
  constructor(name: string) {
    super(`Setting ${name} is not what it was`);
    this.name = "SettingMoved";
  }
}

/**
 * Where a device keeps what it knows, over a {@link Disk}. A promise of `commit` settles only when the
 * data is on disk (or surely not).
 */
export interface Store {
  heads(): Promise<Head[]>;
  /** Entries of `device` with `seq > after`, in order, as many as fit `mostBytes` with their documents' names (at least one, if any). */
  entriesAfter(device: DeviceId, after: number, mostBytes: number): Promise<StoredEntry[]>;
  /** All entries of a document, by device and seq. */
  entriesOf(doc: string): Promise<StoredEntry[]>;
  /** The names of the documents that begin with `prefix`. */
  docs(prefix: string): Promise<string[]>;
  /** Newest first; `query.before` names the last of the page before. */
  observations(query: ObservationQuery): Promise<NotedObservation[]>;
  /** One by its id; null when it is not here. */
  observation(id: string): Promise<NotedObservation | null>;
  facets(): Promise<Facets>;
  /**
   * How many observations are in the index: of all devices, of `device`, or of `device` as far as its
   * entry `throughSeq` was the last to speak of them.
   */
  countObservations(device?: DeviceId, throughSeq?: number): Promise<number>;
  /** Observations of `device` still marked as in view. */
  openObservations(device: DeviceId): Promise<Observation[]>;
  /** All that was ever said of an observation, oldest first by counter, then by device, stamp and field. */
  edits(observation: string): Promise<StoredEdit[]>;
  blob(hash: Hex): Promise<StoredBlob | null>;
  media(hash: Hex): Promise<Media | null>;
  /** Media in the order of their hashes, after this one. */
  mediaAfter(hash: Hex | null, limit: number): Promise<Media[]>;
  mediaTotals(): Promise<MediaTotals>;
  /** Blobs that are to be fetched, in the order of their hashes, after this one. */
  wanted(limit: number, after?: Hex | null): Promise<Hex[]>;
  countWanted(): Promise<number>;
  /** `unknown`, since it may have been written by another version: parse it. */
  setting(key: string): Promise<unknown>;
  settings(prefix: string): Promise<ReadonlyMap<string, unknown>>;
  /** Null when there is none, or it was damaged (then `onDamage` hears of it). */
  snapshot(name: string): Promise<Bytes | null>;
  /**
   * Whether the index holds what the entries on disk say: what was last committed as `indexIsWhole`.
   * Until then it is true as long as every feed came here with all of its entries; where another
   * version wrote the index, it is false. False: build it anew (a commit with `clearIndex` and
   * `indexIsWhole: false`, then all observations and edits of the entries, and `indexIsWhole: true`
   * with the last of them).
   */
  indexIsWhole(): Promise<boolean>;
  /** Newest first. */
  quarantine(): Promise<Quarantined[]>;
  countQuarantined(): Promise<number>;
  commit(commit: Commit): Promise<void>;
  /** Called when a part of the index or a snapshot turns out to be damaged. The entries have it all: build it anew. */
  onDamage: ((what: "index" | "snapshot") => void) | null;
  close(): void;
}

/** Newest first, and a total order: by first sight, then by id. */
export function newestFirst(a: Observation, b: Observation): number {
  return b.first - a.first || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}
