import { type Bytes, isHex } from "../bytes.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import { isStamp, type Stamp } from "../clock.ts";
import { parseDocName } from "./doc_name.ts";
import type { Role } from "../messages.ts";
import type { DeviceId } from "../observation.ts";

/** A member, as an admin admitted it. */
export interface Member {
  readonly role: Role;
  /** When it was admitted. */
  readonly at: Stamp;
}

/** A device that an admin removed: entries of its feed up to `through` stay the crew's, later ones are nobody's. */
export interface Removed {
  /** When it was removed. */
  readonly at: Stamp;
  readonly through: number;
  readonly by: DeviceId;
}

/** Who belongs to a crew. The founder is an admin whatever anybody says. */
export interface Crew {
  readonly founder: DeviceId;
  readonly members: ReadonlyMap<DeviceId, Member>;
  /** Who was a member and is no more. */
  readonly removed: ReadonlyMap<DeviceId, Removed>;
  /** Members who were removed before, or had another role. What they wrote then is a part of their feeds. */
  readonly readmitted: ReadonlySet<DeviceId>;
  /** Whom only the word of admins took in that does not count: they had been removed by then. Nothing of theirs is shown. */
  readonly lapsed: ReadonlySet<DeviceId>;
}

/** What one admin said of one device's place in the crew, and where in the admin's feed. */
export interface CrewRecord {
  readonly device: DeviceId;
  readonly by: DeviceId;
  readonly seq: number;
  /** One above the records of the device that `by` knew of: it holds over what it was meant to replace. */
  readonly counter: number;
  readonly at: Stamp;
  readonly says:
    | { readonly kind: "member"; readonly role: Role }
    | { readonly kind: "removed"; readonly through: number };
}

const ROLES: ReadonlySet<string> = new Set(["admin", "sensor", "viewer", "publisher"]);
const REMOVED = "removed";
/** More than anybody says of one device; who counts further leaves no room above for another's word. */
export const MOST_CREW_COUNTER = 2 ** 32;

export function isRole(value: unknown): value is Role {
  return typeof value === "string" && ROLES.has(value);
}

/** As a document has it under the device's id: canonical CBOR `[role, at, counter]` or `["removed", at, counter, through]`. */
export function encodeCrewRecord({ says, at, counter }: CrewRecord): Bytes {
  return says.kind === "member"
    ? encodeCbor([says.role, at, counter])
    : encodeCbor([REMOVED, at, counter, says.through]);
}

/** Null when it is not one, or of a newer version. Records from before counters count 0. */
export function parseCrewRecord(
  device: string,
  record: Uint8Array,
  from: { readonly by: DeviceId; readonly seq: number },
): CrewRecord | null {
  const value = decodeCbor(record)?.value;
  if (!isHex(device, 32) || !Array.isArray(value)) return null;
  const [what, at, counter = 0, through] = value as unknown[];
  if (!isStamp(at) || !isStamp(counter) || counter > MOST_CREW_COUNTER) return null;
  const base = { device, by: from.by, seq: from.seq, counter, at };
  if (isRole(what)) return { ...base, says: { kind: "member", role: what } };
  if (what !== REMOVED || !isStamp(through)) return null;
  return { ...base, says: { kind: "removed", through } };
}

/**
 * What all records add up to, in whatever order they came, and whoever took in more of a removed
 * admin's feed than others. Later records hold over earlier ones, but an admin is one until the founder
 * removes it, and whom the founder removed only the founder takes in again: else two admins could
 * remove each other, and half of the crew would follow each.
 */
export function crewOf(founder: DeviceId, records: readonly CrewRecord[]): Crew {
  const last = new Map<DeviceId, CrewRecord>();
  const said = new Map<DeviceId, Set<string>>();
  const sorted = records.filter(({ device, by }) => device !== founder && device !== by)
    .sort(byWeightTo(founder));
  for (const record of countingRecords(founder, sorted, endsByFounder(founder, sorted))) {
    const { device, says } = record;
    said.set(device, (said.get(device) ?? new Set()).add(says.kind === "member" ? says.role : ""));
    if (mayFollow(last.get(device), record, founder)) last.set(device, record);
  }
  const members = new Map<DeviceId, Member>([[founder, { role: "admin", at: 0 }]]);
  const removed = new Map<DeviceId, Removed>();
  for (const [device, { at, says, by }] of last) {
    if (says.kind === "member") members.set(device, { role: says.role, at });
    else removed.set(device, { at, through: says.through, by });
  }
  const readmitted = new Set(
    [...said].flatMap(([device, { size }]) => size > 1 && members.has(device) ? device : []),
  );
  const named = countingRecords(founder, sorted, new Map()).map(({ device }) => device);
  const isLapsed = (device: DeviceId) => !members.has(device) && !removed.has(device);
  return { founder, members, removed, readmitted, lapsed: new Set(named.filter(isLapsed)) };
}

/** Whose word on what is an admin's to say counts, and up to which entry of theirs. */
export function wordOf(
  founder: DeviceId,
  records: readonly CrewRecord[],
): ReadonlyMap<DeviceId, number> {
  const sorted = records.filter(({ device, by }) => device !== founder && device !== by)
    .sort(byWeightTo(founder));
  const ends = endsByFounder(founder, sorted);
  const admins = countingRecords(founder, sorted, ends).flatMap(({ device, says }) =>
    says.kind === "member" && says.role === "admin" ? device : []
  );
  return new Map([founder, ...admins].map((device) => [device, ends.get(device) ?? Infinity]));
}

function mayFollow(before: CrewRecord | undefined, next: CrewRecord, founder: DeviceId): boolean {
  if (!before) return true;
  const isByFounder = next.by === founder;
  if (before.says.kind === "removed") return isByFounder || before.by !== founder;
  return before.says.role !== "admin" || isByFounder && next.says.kind === "removed";
}

/** Records by those who were admins when they wrote them, up to where the word of each ends. */
function countingRecords(
  founder: DeviceId,
  sorted: readonly CrewRecord[],
  ends: ReadonlyMap<DeviceId, number>,
): CrewRecord[] {
  const admins = new Set([founder]);
  for (;;) {
    const counting = sorted.filter(({ by, seq }) =>
      admins.has(by) && seq <= (ends.get(by) ?? Infinity)
    );
    const before = admins.size;
    for (const { device, says } of counting) {
      if (says.kind === "member" && says.role === "admin") admins.add(device);
    }
    if (admins.size === before) return counting;
  }
}

/** Up to which entry the word of those counts whom the founder removed, unless they are admins again. */
function endsByFounder(
  founder: DeviceId,
  sorted: readonly CrewRecord[],
): ReadonlyMap<DeviceId, number> {
  const ends = new Map<DeviceId, number>();
  for (const { device, by, says } of sorted) {
    if (by !== founder) continue;
    if (says.kind === "removed") ends.set(device, says.through);
    else if (says.role === "admin") ends.delete(device);
  }
  return ends;
}

/** Of records that count the same the founder's weighs more, then the later one. */
function byWeightTo(founder: DeviceId): (a: CrewRecord, b: CrewRecord) => number {
  return (a, b) =>
    a.counter - b.counter || Number(a.by === founder) - Number(b.by === founder) ||
    a.at - b.at || (a.by < b.by ? -1 : a.by > b.by ? 1 : 0) || a.seq - b.seq;
}

/** Up to which entry a device's feed is taken, passed on and told of: all of a member's, nothing of a stranger's. */
export function throughOf(crew: Crew | null, device: DeviceId): number {
  if (crew?.members.has(device)) return Infinity;
  return crew?.removed.get(device)?.through ?? 0;
}

/** Up to which entry a feed that is here is shown: all, but for what a removed device wrote later. Its own user sees all. */
export function visibleThrough(crew: Crew | null, self: DeviceId, device: DeviceId): number {
  if (device === self) return Infinity;
  return crew?.lapsed.has(device) ? 0 : crew?.removed.get(device)?.through ?? Infinity;
}

/** Would a record about `device` hold, if `by` wrote it now? */
export function mayChange(crew: Crew, by: DeviceId, device: DeviceId): boolean {
  if (device === crew.founder || device === by) return false;
  if (by === crew.founder) return true;
  const isByAdmin = crew.members.get(by)?.role === "admin";
  const isFoundersAlone = crew.members.get(device)?.role === "admin" ||
    crew.removed.get(device)?.by === crew.founder;
  return isByAdmin && !isFoundersAlone;
}

/**
 * May `device` write to this document? A device always speaks for itself; of what others see, members
 * with a role that writes are taken, and only admins say who is a member. What a removed device had
 * written up to its removal was taken by who removed it, and is taken by all; what one that was taken in
 * again wrote in between is taken too, lest its feed end there ({@link crewOf} does not count it).
 */
export function mayWrite(device: DeviceId, doc: string, crew: Crew | null): boolean {
  const name = parseDocName(doc);
  const role = crew?.members.get(device)?.role;
  const mayWriteOn = crew?.readmitted.has(device) ?? false;
  switch (name.kind) {
    case "device":
      return name.device === device;
    case "obs":
    case "notes":
    case "world":
      return name.device === device && (role !== "viewer" || mayWriteOn);
    case "crew": {
      if (name.by !== null && name.by !== device) return false;
      if (name.founder === device) return true;
      // what it said as an admin of another crew is a part of its feed, and nobody's concern here
      if (name.founder !== crew?.founder) return true;
      return role === "admin" || mayWriteOn || crew.removed.has(device);
    }
    case "unknown":
      return role !== "viewer" || mayWriteOn;
  }
}
