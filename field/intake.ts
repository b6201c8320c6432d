import type { Bytes } from "./bytes.ts";
import { decodeCbor } from "./cbor.ts";
import { type Crew, readCrew } from "./crew.ts";
import { applyToDocument, type Document, parseDocName } from "./documents.ts";
import type { SignedEntry } from "./entry.ts";
import { decodeBatch } from "./observation_batch.ts";
import type { DeviceId, Hex } from "./observation.ts";
import type { Head, IndexedObservation } from "./store.ts";

/** What became of entries from a peer. */
export interface Received {
  /** Entries now on disk that were not before, by device. */
  readonly added: ReadonlyMap<DeviceId, number>;
  /** Devices of whom there was an entry. */
  readonly seen: ReadonlySet<DeviceId>;
  /** They rest on something that has not arrived yet: ask again when more is here. */
  readonly held: number;
  readonly refused: readonly { readonly device: DeviceId | null; readonly why: Refusal }[];
  readonly crewChanged: boolean;
}

export type Refusal =
  | "malformed"
  | "bad-signature"
  | "not-a-member"
  | "not-allowed"
  | "wrong-actor"
  | "quarantined"
  | "forked";

/** Entries being taken in: what the state would be after them, until the store has them. */
export class Intake {
  readonly entries: SignedEntry[] = [];
  readonly observations: IndexedObservation[] = [];
  readonly wanted: Hex[] = [];
  readonly names = new Map<DeviceId, string>();
  readonly refused: { device: DeviceId | null; why: Refusal }[] = [];
  readonly seen = new Set<DeviceId>();
  held = 0;
  crewChanged = false;
  crew: Crew | null;
  crewDocument: Document | null;
  readonly #before: ReadonlyMap<DeviceId, Head>;
  readonly #heads = new Map<DeviceId, Head>();

  constructor(before: ReadonlyMap<DeviceId, Head>, crew: Crew | null, document: Document | null) {
    this.#before = before;
    this.crew = crew;
    this.crewDocument = document;
  }

  head(device: DeviceId): Head | undefined {
    return this.#heads.get(device) ?? this.#before.get(device);
  }

  taken(device: DeviceId, seq: number): SignedEntry | undefined {
    return this.entries.find((entry) => entry.device === device && entry.seq === seq);
  }

  take(entry: SignedEntry): void {
    this.entries.push(entry);
    this.#heads.set(entry.device, { device: entry.device, seq: entry.seq, hash: entry.hash });
  }

  refuse(device: DeviceId | null, why: Refusal): void {
    // a fork is told once, not for each entry that went with it
    const isTold = why === "forked" && this.refused.some((one) => one.device === device);
    if (!isTold) this.refused.push({ device, why });
  }

  /** Takes in what the records say. False: they rest on changes that are not here yet. */
  read(entry: SignedEntry, records: readonly { key: string; value: Bytes }[]): boolean {
    const name = parseDocName(entry.doc);
    switch (name.kind) {
      case "crew":
        return name.founder !== this.crew?.founder || this.#readCrew(entry);
      case "obs":
        this.#readObservations(entry, records);
        return true;
      case "device": {
        const text = nameIn(records);
        if (text !== undefined) this.names.set(name.device, text);
        return true;
      }
      case "unknown":
        return true;
    }
  }

  heads(): { head: Head; after: number }[] {
    return [...this.#heads.values()].map((head) => ({
      head,
      after: this.#before.get(head.device)?.seq ?? 0,
    }));
  }

  result(): Received {
    const added = new Map<DeviceId, number>();
    for (const { device } of this.entries) added.set(device, (added.get(device) ?? 0) + 1);
    return {
      added,
      seen: this.seen,
      held: this.held,
      refused: this.refused,
      crewChanged: this.crewChanged,
    };
  }

  #readCrew(entry: SignedEntry): boolean {
    if (!this.crew || !this.crewDocument) return false;
    const applied = applyToDocument(this.crewDocument, [entry.change]);
    if (!applied) return false;
    this.crewDocument = applied;
    this.crew = readCrew(this.crew.founder, applied);
    this.crewChanged = true;
    return true;
  }

  #readObservations(entry: SignedEntry, records: readonly { value: Bytes }[]): void {
    for (const { value } of records) {
      for (const observation of decodeBatch(value, entry.device) ?? []) {
        this.observations.push({ observation, seq: entry.seq });
        if (observation.thumb !== undefined) this.wanted.push(observation.thumb);
      }
    }
  }
}

const MOST_NAME_LENGTH = 40;

/** The device's name for itself, if these records set it. */
export function nameIn(records: readonly { key: string; value: Bytes }[]): string | undefined {
  const record = records.findLast(({ key }) => key === "name");
  const value = record && decodeCbor(record.value)?.value;
  return typeof value === "string" ? value.slice(0, MOST_NAME_LENGTH) : undefined;
}
