/**
 * What a device keeps at hand of all entries: names, who is in the crew, where its own documents stand. It
 * is derived from the entries, and kept beside them in one transaction with each, so that a start
 * needs neither Automerge nor history.
 */
import { type Bytes, fromHex, toHex } from "../bytes.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import { isStamp } from "../clock.ts";
import { type CrewRecord, encodeCrewRecord, parseCrewRecord } from "./crew.ts";
import { parseDocName } from "./doc_name.ts";
import type { EntryContent } from "./entry_content.ts";
import type { DeviceId } from "../observation.ts";

/** The last document of a kind that a device writes by the number, and how many changes are in it. */
export interface DocPlace {
  readonly n: number;
  readonly changes: number;
}

export type NumberedKind = "obs" | "notes";

/** The snapshot's name in the store. */
export const DERIVED = "derived";

const FORMAT = 2;
/** Names kept of a device: its last one, and those before it in case that it was removed meanwhile. */
const MOST_NAMES = 8;
const FIRST_PLACE: DocPlace = { n: 0, changes: 0 };

/** What a device called itself from one of its entries on. */
export interface NameSince {
  readonly seq: number;
  readonly name: string;
}

/** An entry as far as this state depends on it. */
export interface EntryPlace {
  readonly device: DeviceId;
  readonly seq: number;
  readonly doc: string;
}

export class DerivedState {
  readonly self: DeviceId;
  /** Of whose crew the records are; null while this device is in none. */
  readonly founder: DeviceId | null;
  /** Up to which entry of each feed all is in here. */
  readonly covers: Map<DeviceId, number>;
  /** Of each device the last few, in the order of its entries. */
  readonly names: Map<DeviceId, readonly NameSince[]>;
  readonly crewRecords: CrewRecord[];
  readonly places: Map<NumberedKind, DocPlace>;

  constructor(self: DeviceId, founder: DeviceId | null, from?: Omit<DerivedState, "self">) {
    this.self = self;
    this.founder = founder;
    this.covers = new Map(from?.covers);
    this.names = new Map(from?.names);
    this.crewRecords = [...from?.crewRecords ?? []];
    this.places = new Map(from?.places);
  }

  /** A copy that takes in entries before the disk has them. */
  copy(): DerivedState {
    return new DerivedState(this.self, this.founder, this);
  }

  /** What a device called itself last, up to one of its entries. */
  nameOf(device: DeviceId, through: number): string | undefined {
    return this.names.get(device)?.findLast(({ seq }) => seq <= through)?.name;
  }

  placeOf(kind: NumberedKind): DocPlace {
    return this.places.get(kind) ?? FIRST_PLACE;
  }

  /** Does what is in an entry of this document matter here? */
  reads(doc: string): boolean {
    const { kind } = parseDocName(doc);
    return kind === "device" || kind === "crew";
  }

  /** Takes in the next entry of a feed. `content` may be null where {@link reads} is false. */
  take({ device, seq, doc }: EntryPlace, content: EntryContent | null): void {
    this.covers.set(device, seq);
    if (content?.name !== undefined) this.#named(device, { seq, name: content.name });
    if (content?.crew?.founder === this.founder) {
      this.crewRecords.push(...content?.crew?.records ?? []);
    }
    const name = parseDocName(doc);
    if (device === this.self && (name.kind === "obs" || name.kind === "notes")) {
      const place = this.placeOf(name.kind);
      const changes = name.n === place.n ? place.changes + 1 : 1;
      if (name.n >= place.n) this.places.set(name.kind, { n: name.n, changes });
    }
  }

  #named(device: DeviceId, name: NameSince): void {
    const before = (this.names.get(device) ?? []).filter(({ seq }) => seq < name.seq);
    this.names.set(device, [...before, name].slice(-MOST_NAMES));
  }

  /** As it is kept: canonical CBOR `[1, founder, covers, names, crew records, places]`. */
  encode(): Bytes {
    return encodeCbor([
      FORMAT,
      this.founder && fromHex(this.founder),
      [...this.covers].map(([device, seq]) => [fromHex(device), seq]),
      [...this.names].flatMap(([device, names]) =>
        names.map(({ seq, name }) => [fromHex(device), seq, name])
      ),
      this.crewRecords.map((one) => [
        ...[fromHex(one.device), fromHex(one.by), one.seq],
        encodeCrewRecord(one),
      ]),
      [...this.places].map(([kind, { n, changes }]) => [kind, n, changes]),
    ]);
  }
}

/** Whose crew a snapshot is of; null when of none, or when it cannot be read. */
export function founderIn(bytes: Bytes): DeviceId | null {
  const value = decodeCbor(bytes)?.value;
  const isOurs = Array.isArray(value) && value.length === 6 && value[0] === FORMAT;
  return isOurs && isKey(value[1]) ? toHex(value[1]) : null;
}

/** What {@link DerivedState.encode} wrote for this device and crew; null when it is not that. */
export function parseDerived(
  bytes: Bytes,
  self: DeviceId,
  founder: DeviceId | null,
): DerivedState | null {
  const value = decodeCbor(bytes)?.value;
  if (!Array.isArray(value) || value.length !== 6 || value[0] !== FORMAT) return null;
  const [, ofFounder, covers, names, crewRecords, places] = value as unknown[];
  const state = new DerivedState(self, ofFounder instanceof Uint8Array ? toHex(ofFounder) : null);
  if (state.founder !== founder) return null;
  const isWhole = eachIs(covers, ([device, seq]) => {
    if (!isKey(device) || !isStamp(seq)) return false;
    return Boolean(state.covers.set(toHex(device), seq));
  }) && eachIs(names, ([device, seq, name]) => {
    if (!isKey(device) || !isStamp(seq) || typeof name !== "string") return false;
    const before = state.names.get(toHex(device)) ?? [];
    return Boolean(state.names.set(toHex(device), [...before, { seq, name }]));
  }) && eachIs(crewRecords, ([device, by, seq, record]) => {
    if (!isKey(device) || !isKey(by) || !isStamp(seq) || !(record instanceof Uint8Array)) {
      return false;
    }
    const parsed = parseCrewRecord(toHex(device), record, { by: toHex(by), seq });
    return parsed !== null && state.crewRecords.push(parsed) > 0;
  }) && eachIs(places, ([kind, n, changes]) => {
    if ((kind !== "obs" && kind !== "notes") || !isStamp(n) || !isStamp(changes)) return false;
    return Boolean(state.places.set(kind, { n, changes }));
  });
  return isWhole ? state : null;
}

function eachIs(list: unknown, take: (row: unknown[]) => boolean): boolean {
  return Array.isArray(list) && list.every((row) => Array.isArray(row) && take(row));
}

function isKey(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.length === 32;
}
