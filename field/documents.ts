/**
 * Documents: Automerge maps from text keys to records in CBOR, one operation a record. Which device
 * may write which document is decided from its name, so the name is parsed once, here.
 */
import * as Automerge from "@automerge/automerge/slim";
import { type Bytes, isHex, plainBytes } from "./bytes.ts";
import type { DeviceId } from "./observation.ts";

export type Document = Automerge.Doc<Record<string, Uint8Array>>;

export type DocName =
  /** Members and roles; named after the founder, whose word it begins with. */
  | { readonly kind: "crew"; readonly founder: DeviceId }
  /** What a device says of itself. */
  | { readonly kind: "device"; readonly device: DeviceId }
  /** The n-th batch document of a device's observations. */
  | { readonly kind: "obs"; readonly device: DeviceId; readonly n: number }
  /** From a newer version: kept and passed on, not read. */
  | { readonly kind: "unknown" };

export function crewDoc(founder: DeviceId): string {
  return `crew/${founder}`;
}

export function deviceDoc(device: DeviceId): string {
  return `device/${device}`;
}

export function observationsDoc(device: DeviceId, n: number): string {
  return `obs/${device}/${n}`;
}

export function parseDocName(name: string): DocName {
  const [kind, device, n, ...rest] = name.split("/");
  if (!isHex(device, 32) || rest.length > 0) return { kind: "unknown" };
  if (kind === "crew" && n === undefined) return { kind, founder: device };
  if (kind === "device" && n === undefined) return { kind, device };
  if (kind === "obs" && n !== undefined && /^(?:0|[1-9]\d{0,8})$/.test(n)) {
    return { kind, device, n: Number(n) };
  }
  return { kind: "unknown" };
}

/** The document that these changes add up to, to be written on by `device`. */
export function openDocument(device: DeviceId, changes: readonly Uint8Array[]): Document {
  const empty = Automerge.init<Record<string, Uint8Array>>({ actor: device });
  return changes.length === 0 ? empty : Automerge.applyChanges(empty, [...changes])[0];
}

/**
 * No record's key: Automerge keeps its maps in plain objects, where writing to this name sets the
 * prototype instead (or nothing, under Deno).
 */
const NO_KEY = "__proto__";

/** Sets one record to a value that it does not have yet. `nowMs` becomes the change's time, in Automerge's whole seconds. */
export function putRecord(
  document: Document,
  key: string,
  record: Bytes,
  nowMs: number,
): { readonly document: Document; readonly change: Bytes } {
  if (key === NO_KEY) throw new Error(`Cannot write record ${key}: no key may be called so`);
  const time = Math.floor(nowMs / 1000);
  const changed = Automerge.change(document, { time }, (draft) => {
    draft[key] = record;
  });
  const change = Automerge.getLastLocalChange(changed);
  // of the value that is there already Automerge makes no change, and would hand out the one before
  const isNew = Automerge.getHeads(changed).join() !== Automerge.getHeads(document).join();
  if (!change || !isNew) throw new Error(`Cannot write record ${key}: Automerge made no change`);
  return { document: changed, change: plainBytes(change) };
}

/** Applies others' changes; null when one of them rests on a change that is not here yet. */
export function applyToDocument(
  document: Document,
  changes: readonly Uint8Array[],
): Document | null {
  const copy = Automerge.clone(document, { actor: Automerge.getActorId(document) });
  const [applied] = Automerge.applyChanges(copy, [...changes]);
  return Automerge.getMissingDeps(applied, []).length > 0 ? null : applied;
}

export function recordsOf(document: Document): readonly (readonly [string, Uint8Array])[] {
  return Object.entries(document).filter(([, value]) => value instanceof Uint8Array);
}

/** A change of outside origin: who made it, and the records it sets. Null when it is not a change. */
export interface Change {
  readonly actor: DeviceId;
  readonly records: readonly { readonly key: string; readonly value: Bytes }[];
}

export function parseChange(change: Uint8Array): Change | null {
  try {
    const { actor, ops } = Automerge.decodeChange(change);
    if (ops.some(({ key }) => key === NO_KEY)) return null;
    return { actor, records: ops.flatMap(recordOf) };
  } catch {
    return null; // Automerge throws on every malformed change
  }
}

function recordOf(op: unknown): Change["records"] {
  const { action, obj, key, value } = op as Record<string, unknown>;
  if (action !== "set" || obj !== "_root" || typeof key !== "string") return [];
  if (value instanceof Uint8Array) return [{ key, value: plainBytes(value) }];
  // decodeChange hands bytes over as a plain array of numbers
  return Array.isArray(value) ? [{ key, value: Uint8Array.from(value as number[]) }] : [];
}
