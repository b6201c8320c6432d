/** Documents: Automerge maps from text keys to records in CBOR, one operation a record. */
import * as Automerge from "@automerge/automerge/slim";
import { type Bytes, plainBytes } from "../bytes.ts";
import { isModestChange } from "./change_size.ts";
import type { DeviceId } from "../observation.ts";

export type Document = Automerge.Doc<Record<string, Uint8Array>>;

/** What a change sets one key of a document to. */
export interface DocRecord {
  readonly key: string;
  readonly value: Bytes;
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

/** Sets records, at least one to a value that it does not have yet, with one change. `nowMs` becomes its time, in Automerge's whole seconds. */
export function putRecords(
  document: Document,
  records: readonly DocRecord[],
  nowMs: number,
): { readonly document: Document; readonly change: Bytes } {
  const keys = records.map(({ key }) => key).join(", ");
  if (records.some(({ key }) => key === NO_KEY)) {
    throw new Error(`Cannot write record ${NO_KEY}: no key may be called so`);
  }
  const changed = Automerge.change(document, { time: Math.floor(nowMs / 1000) }, (draft) => {
    for (const { key, value } of records) draft[key] = value;
  });
  const change = Automerge.getLastLocalChange(changed);
  // of the value that is there already Automerge makes no change, and would hand out the one before
  const isNew = Automerge.getHeads(changed).join() !== Automerge.getHeads(document).join();
  if (!change || !isNew) throw new Error(`Cannot write ${keys}: Automerge made no change`);
  return { document: changed, change: plainBytes(change) };
}

/** Who made a change, and the records it sets. */
export interface Change {
  readonly actor: DeviceId;
  readonly records: readonly DocRecord[];
}

/** A change of outside origin. Null when it is not one, or unpacks to more than anybody writes. */
export function parseChange(change: Uint8Array): Change | null {
  if (!isModestChange(change)) return null;
  try {
    const { actor, ops } = Automerge.decodeChange(change);
    if (ops.some(({ key }) => key === NO_KEY)) return null;
    return { actor, records: ops.flatMap(recordOf) };
  } catch {
    return null; // Automerge throws on every malformed change
  }
}

function recordOf(op: unknown): DocRecord[] {
  const { action, obj, key, value } = op as Record<string, unknown>;
  if (action !== "set" || obj !== "_root" || typeof key !== "string") return [];
  if (value instanceof Uint8Array) return [{ key, value: plainBytes(value) }];
  // decodeChange hands bytes over as a plain array of numbers
  return Array.isArray(value) ? [{ key, value: Uint8Array.from(value as number[]) }] : [];
}
