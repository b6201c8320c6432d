import { isHex } from "../bytes.ts";
import type { DeviceId } from "../observation.ts";
import { isCell } from "../world/cell.ts";

/** Which device may write which document is decided from its name, so the name is parsed once, here. */
export type DocName =
  /**
   * What one admin (`by`) says of members and roles, of the crew of `founder`. Each writes its own, so
   * that no change ever waits for another device's. Before format 2 of the entries all wrote one (null).
   */
  | { readonly kind: "crew"; readonly founder: DeviceId; readonly by: DeviceId | null }
  /** What a device says of itself. */
  | { readonly kind: "device"; readonly device: DeviceId }
  /** The n-th document of a device's observations, in batches. */
  | { readonly kind: "obs"; readonly device: DeviceId; readonly n: number }
  /** The n-th document of what a device's user says of observations. */
  | { readonly kind: "notes"; readonly device: DeviceId; readonly n: number }
  /** The n-th document of what a device says of a cell of the world: see `../world/world_records.ts`. */
  | { readonly kind: "world"; readonly cell: string; readonly device: DeviceId; readonly n: number }
  /** From a newer version: kept and passed on, not read. */
  | { readonly kind: "unknown" };

/** Of whose documents a device writes one after the other, a new one after some changes. */
export type NumberedKind = "obs" | "notes" | `world/${string}`;

/** The crew documents of all admins begin with this name. */
export function crewDocs(founder: DeviceId): string {
  return `crew/${founder}`;
}

export function crewDoc(founder: DeviceId, by: DeviceId): string {
  return `crew/${founder}/${by}`;
}

export function deviceDoc(device: DeviceId): string {
  return `device/${device}`;
}

export function observationsDoc(device: DeviceId, n: number): string {
  return `obs/${device}/${n}`;
}

export function notesDoc(device: DeviceId, n: number): string {
  return `notes/${device}/${n}`;
}

export function worldKind(cell: string): NumberedKind {
  return `world/${cell}`;
}

export function numberedDoc(kind: NumberedKind, device: DeviceId, n: number): string {
  return `${kind}/${device}/${n}`;
}

export function worldDoc(cell: string, device: DeviceId, n: number): string {
  return numberedDoc(worldKind(cell), device, n);
}

/** Null for documents that have no number. */
export function numberedKindOf(name: DocName): NumberedKind | null {
  if (name.kind === "world") return worldKind(name.cell);
  return name.kind === "obs" || name.kind === "notes" ? name.kind : null;
}

export function isNumberedKind(value: unknown): value is NumberedKind {
  if (typeof value !== "string") return false;
  const [kind, cell, ...rest] = value.split("/");
  if (kind === "world") return isCell(cell) && rest.length === 0;
  return value === "obs" || value === "notes";
}

export function parseDocName(name: string): DocName {
  const [kind, device, detail, ...rest] = name.split("/");
  if (kind === "world") return parseWorldName(name);
  if (!isHex(device, 32) || rest.length > 0) return { kind: "unknown" };
  if (kind === "device" && detail === undefined) return { kind, device };
  if (kind === "crew" && detail === undefined) return { kind, founder: device, by: null };
  if (kind === "crew" && isHex(detail, 32)) return { kind, founder: device, by: detail };
  const n = numberIn(detail);
  return (kind === "obs" || kind === "notes") && n !== null
    ? { kind, device, n }
    : { kind: "unknown" };
}

function parseWorldName(name: string): DocName {
  const [, cell, device, number, ...rest] = name.split("/");
  const n = numberIn(number);
  return isCell(cell) && isHex(device, 32) && n !== null && rest.length === 0
    ? { kind: "world", cell, device, n }
    : { kind: "unknown" };
}

/** In one form only: no leading zeros, at most nine digits. */
function numberIn(detail: string | undefined): number | null {
  return detail !== undefined && /^(?:0|[1-9]\d{0,8})$/.test(detail) ? Number(detail) : null;
}

/**
 * A name within an entry of `device`: that of a document of its own in a few bytes, `[kind]` or
 * `[kind, n]`, any other as it is.
 */
export function packDocName(name: string, device: DeviceId): readonly number[] | string {
  const parsed = parseDocName(name);
  switch (parsed.kind) {
    case "device":
      return parsed.device === device ? [PACKED.device] : name;
    case "obs":
    case "notes":
      return parsed.device === device ? [PACKED[parsed.kind], parsed.n] : name;
    case "crew":
      return parsed.founder === device && parsed.by === device ? [PACKED.crew] : name;
    case "world": // versions that do not know it would take no other form
    case "unknown":
      return name;
  }
}

/** The inverse of {@link packDocName}; null when it is not what that gives. */
export function unpackDocName(packed: unknown, device: DeviceId): string | null {
  if (typeof packed === "string") return packDocName(packed, device) === packed ? packed : null;
  if (!Array.isArray(packed)) return null;
  const [kind, n] = packed as unknown[];
  if (packed.length === 1 && kind === PACKED.device) return deviceDoc(device);
  if (packed.length === 1 && kind === PACKED.crew) return crewDoc(device, device);
  if (packed.length !== 2 || !Number.isSafeInteger(n)) return null;
  if (numberIn(String(n)) === null) return null;
  if (kind === PACKED.obs) return observationsDoc(device, n as number);
  return kind === PACKED.notes ? notesDoc(device, n as number) : null;
}

const PACKED = { device: 1, obs: 2, notes: 3, crew: 4 } as const;
