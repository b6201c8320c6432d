import { isHex } from "./bytes.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { isStamp, type Stamp } from "./clock.ts";
import { type Document, parseDocName, recordsOf } from "./documents.ts";
import type { Role } from "./messages.ts";
import type { DeviceId } from "./observation.ts";

/** A member as the crew document has it: one record a device, written by an admin. */
export interface Member {
  readonly role: Role;
  /** When it was admitted. */
  readonly at: Stamp;
}

/** Who belongs to a crew, by its document. The founder is an admin whatever the document says. */
export interface Crew {
  readonly founder: DeviceId;
  readonly members: ReadonlyMap<DeviceId, Member>;
}

const ROLES: ReadonlySet<string> = new Set(["admin", "sensor", "viewer", "publisher"]);

export function isRole(value: unknown): value is Role {
  return typeof value === "string" && ROLES.has(value);
}

export function encodeMember({ role, at }: Member): Uint8Array<ArrayBuffer> {
  return encodeCbor([role, at]);
}

/** Reads the document; records that are not members (or from a newer version) are passed over. */
export function readCrew(founder: DeviceId, document: Document): Crew {
  const members = new Map<DeviceId, Member>([[founder, { role: "admin", at: 0 }]]);
  for (const [device, record] of recordsOf(document)) {
    const value = decodeCbor(record)?.value;
    if (!isHex(device, 32) || device === founder || !Array.isArray(value)) continue;
    const [role, at] = value as unknown[];
    if (isRole(role) && isStamp(at)) members.set(device, { role, at });
  }
  return { founder, members };
}

/**
 * May `device` write to this document? A device always speaks for itself; of what others see, members
 * with a role that writes are taken, and only admins say who is a member.
 */
export function mayWrite(device: DeviceId, doc: string, crew: Crew | null): boolean {
  const name = parseDocName(doc);
  const role = crew?.members.get(device)?.role;
  switch (name.kind) {
    case "device":
      return name.device === device;
    case "obs":
      return name.device === device && role !== "viewer";
    case "crew":
      return name.founder === device || (name.founder === crew?.founder && role === "admin");
    case "unknown":
      return role !== "viewer";
  }
}
