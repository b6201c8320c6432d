import type { Bytes } from "./bytes.ts";
import type { ObservationQuery } from "./messages.ts";
import type { DeviceId, Hex, Observation } from "./observation.ts";

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

/** What is written together, or not at all. */
export interface Commit {
  readonly entries?: readonly StoredEntry[];
  /** `after`: the seq that must be on disk now (0 for none); else the commit fails with {@link HeadMoved}. */
  readonly heads?: readonly { readonly head: Head; readonly after: number }[];
  readonly observations?: readonly IndexedObservation[];
  readonly blobs?: readonly StoredBlob[];
  /** Blobs that records speak of and that are to be fetched, unless they are here already. */
  readonly wanted?: readonly Hex[];
  readonly settings?: Readonly<Record<string, unknown>>;
  /**
   * Wait for the disk, not only for the browser. Always so with entries: a feed that fell back after a
   * power cut would be continued twice, and that is a fork.
   */
  readonly strict?: boolean;
}

/** Someone else wrote to this feed meanwhile (another worker of this device): read again, then retry. */
export class HeadMoved extends Error {
  constructor(device: DeviceId, expected: number, found: number) {
    super(`Feed ${device.slice(0, 8)} is at ${found} on disk, expected ${expected}`);
    this.name = "HeadMoved";
  }
}

/**
 * Where a device keeps what it knows. A promise of `commit` settles only when the data is on disk
 * (or surely not). Every implementation passes `tests/contracts/store_suite.ts`.
 */
export interface Store {
  heads(): Promise<Head[]>;
  /** Entries of `device` with `seq > after`, in order, as many as fit `mostBytes` (at least one, if any). */
  entriesAfter(device: DeviceId, after: number, mostBytes: number): Promise<StoredEntry[]>;
  /** All entries of a document, by device and seq. */
  entriesOf(doc: string): Promise<StoredEntry[]>;
  /** The names of a device's documents that begin with `prefix`. */
  docs(prefix: string): Promise<string[]>;
  /** Newest first; `query.before` names the last of the page before. */
  observations(query: ObservationQuery): Promise<Observation[]>;
  /**
   * How many observations are in the index: of all devices, of `device`, or of `device` as far as its
   * entry `throughSeq` was the last to speak of them.
   */
  countObservations(device?: DeviceId, throughSeq?: number): Promise<number>;
  /** Observations of `device` still marked as in view. */
  openObservations(device: DeviceId): Promise<Observation[]>;
  blob(hash: Hex): Promise<StoredBlob | null>;
  wanted(limit: number): Promise<Hex[]>;
  countWanted(): Promise<number>;
  /** `unknown`, since it may have been written by another version: parse it. */
  setting(key: string): Promise<unknown>;
  settings(prefix: string): Promise<ReadonlyMap<string, unknown>>;
  commit(commit: Commit): Promise<void>;
  close(): void;
}

/** Newest first, and a total order: by first sight, then by id. */
export function newestFirst(a: Observation, b: Observation): number {
  return b.first - a.first || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}
