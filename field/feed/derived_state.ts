/**
 * What a device keeps at hand of all entries: names, who is in the crew, where its own documents stand. It
 * is derived from the entries, and kept beside them in one transaction with each, so that a start
 * needs neither Automerge nor history.
 */
import { type Bytes, fromHex, toHex } from "../bytes.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import { isStamp } from "../clock.ts";
import { isCell } from "../world/cell.ts";
import { type CrewRecord, encodeCrewRecord, parseCrewRecord } from "./crew.ts";
import { isNumberedKind, type NumberedKind, numberedKindOf, parseDocName } from "./doc_name.ts";
import type { EntryContent } from "./entry_content.ts";
import type { DeviceId } from "../observation.ts";
import type { RulesPlace } from "./rules_record.ts";

/** The last document of a kind that a device writes by the number, and how many changes are in it. */
export interface DocPlace {
  readonly n: number;
  readonly changes: number;
}

/** The snapshot's name in the store. */
export const DERIVED = "derived";

const FORMAT = 3;
/** Had no worlds and no rules. */
const FORMAT_BEFORE = 2;
/** Names kept of a device: its last one, and those before it in case that it was removed meanwhile. */
const MOST_NAMES = 8;
/** Cells of which a device's world is kept at hand: those that it wrote of last. */
const MOST_CELLS = 64;
const FIRST_PLACE: DocPlace = { n: 0, changes: 0 };

/** What a device called itself from one of its entries on. */
export interface NameSince {
  readonly seq: number;
  readonly name: string;
}

/** A device's world of a cell, and the last of its entries that speaks of it. */
export interface WorldPlace {
  readonly cell: string;
  readonly device: DeviceId;
  readonly seq: number;
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
  /** Of the crew's rules, where admins wrote them. */
  readonly rules: RulesPlace[];
  #worlds: readonly WorldPlace[];

  constructor(self: DeviceId, founder: DeviceId | null, from?: DerivedState) {
    this.self = self;
    this.founder = founder;
    this.covers = new Map(from?.covers);
    this.names = new Map(from?.names);
    this.crewRecords = [...from?.crewRecords ?? []];
    this.places = new Map(from?.places);
    this.rules = [...from?.rules ?? []];
    this.#worlds = from?.worlds ?? [];
  }

  /** A copy that takes in entries before the disk has them. */
  copy(): DerivedState {
    return new DerivedState(this.self, this.founder, this);
  }

  /** What a device called itself last, up to one of its entries. */
  nameOf(device: DeviceId, through: number): string | undefined {
    return this.names.get(device)?.findLast(({ seq }) => seq <= through)?.name;
  }

  /** By cell and device. */
  get worlds(): readonly WorldPlace[] {
    return this.#worlds;
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
      this.rules.push(...(content?.crew?.rules ?? []).map(({ bytes: _, ...place }) => place));
    }
    const name = parseDocName(doc);
    if (name.kind === "world") this.wroteWorld({ cell: name.cell, device, seq });
    const kind = numberedKindOf(name);
    if (device === this.self && kind !== null && "n" in name) {
      const place = this.placeOf(kind);
      const changes = name.n === place.n ? place.changes + 1 : 1;
      if (name.n >= place.n) this.places.set(kind, { n: name.n, changes });
    }
  }

  /** Of more cells of a device than are kept, those that it wrote of last, so all devices keep the same. */
  wroteWorld(place: WorldPlace): void {
    const { cell, device } = place;
    const others = this.#worlds.filter((one) => one.device !== device);
    const own = this.#worlds.filter((one) => one.device === device && one.cell !== cell);
    const last = [...own, place].sort((a, b) => a.seq - b.seq).slice(-MOST_CELLS);
    this.#worlds = [...others, ...last];
  }

  #named(device: DeviceId, name: NameSince): void {
    const before = (this.names.get(device) ?? []).filter(({ seq }) => seq < name.seq);
    this.names.set(device, [...before, name].slice(-MOST_NAMES));
  }

  /** As it is kept: canonical CBOR `[3, founder, covers, names, crew records, places, worlds, rules]`. */
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
      this.#worlds.map(({ cell, device, seq }) => [cell, fromHex(device), seq]),
      this.rules.map(({ by, seq, at, counter }) => [fromHex(by), seq, at, counter]),
    ]);
  }
}

/** Whose crew a snapshot is of; null when of none, or when it cannot be read. */
export function founderIn(bytes: Bytes): DeviceId | null {
  const value = decodeCbor(bytes)?.value;
  const isOurs = Array.isArray(value) && (value[0] === FORMAT || value[0] === FORMAT_BEFORE);
  return isOurs && isKey(value[1]) ? toHex(value[1]) : null;
}

/** What {@link DerivedState.encode} wrote for this device and crew; null when it is not that. */
export function parseDerived(
  bytes: Bytes,
  self: DeviceId,
  founder: DeviceId | null,
): DerivedState | null {
  const value = decodeCbor(bytes)?.value;
  if (!Array.isArray(value) || value.length !== 8 || value[0] !== FORMAT) return null;
  const [, ofFounder, covers, names, crewRecords, places, worlds, rules] = value as unknown[];
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
    if (!isNumberedKind(kind) || !isStamp(n) || !isStamp(changes)) return false;
    return Boolean(state.places.set(kind, { n, changes }));
  }) && eachIs(worlds, ([cell, device, seq]) => {
    if (!isCell(cell) || !isKey(device) || !isStamp(seq)) return false;
    state.wroteWorld({ cell, device: toHex(device), seq });
    return true;
  }) && eachIs(rules, ([by, seq, at, counter]) => {
    if (!isKey(by) || !isStamp(seq) || !isStamp(at) || !isStamp(counter)) return false;
    return state.rules.push({ by: toHex(by), seq, at, counter }) > 0;
  });
  return isWhole ? state : null;
}

function eachIs(list: unknown, take: (row: unknown[]) => boolean): boolean {
  return Array.isArray(list) && list.every((row) => Array.isArray(row) && take(row));
}

function isKey(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.length === 32;
}
