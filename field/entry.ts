import { type Bytes, fromHex, joinBytes, plainBytes, sha256, toHex } from "./bytes.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { isStamp, type Stamp } from "./clock.ts";
import { FieldError } from "./errors.ts";
import { type Signer, verifySignature } from "./keys.ts";
import type { DeviceId } from "./observation.ts";

/**
 * One link of a device's feed. On the wire: canonical CBOR
 * `[1, device, seq, prev, at, doc, change, sig]`; `sig` is over {@link SIGNED_AS} and the canonical
 * CBOR of the same array without `sig`, and the entry's hash is the SHA-256 of that same message, so
 * that a second signature over one content is not a second entry.
 */
export interface Entry {
  readonly device: DeviceId;
  /** 1 for a device's first entry, then without a gap. */
  readonly seq: number;
  /** Hash of the entry before; 32 zero bytes for the first. */
  readonly prev: Bytes;
  readonly at: Stamp;
  /** The document that `change` belongs to. */
  readonly doc: string;
  /** One Automerge change. */
  readonly change: Bytes;
}

/** An entry with what proves it. */
export interface SignedEntry extends Entry {
  readonly hash: Bytes;
  readonly sig: Bytes;
  /** As it was signed and travels. */
  readonly bytes: Bytes;
}

export const HASH_BYTES = 32;
export const NO_ENTRY: Bytes = new Uint8Array(HASH_BYTES);
/** An entry must fit one data-channel message beside others. */
export const MOST_ENTRY_BYTES = 60_000;

const FORMAT = 1;
const SIGNED_AS = new TextEncoder().encode("fieldmesh entry 1\n");
const MOST_DOC_LENGTH = 160;

export async function signEntry(entry: Entry, signer: Signer): Promise<SignedEntry> {
  const message = messageOf(entry);
  const [sig, hash] = await Promise.all([signer.sign(message), sha256(message)]);
  const bytes = encodeCbor([...fieldsOf(entry), sig]);
  if (bytes.length > MOST_ENTRY_BYTES) {
    throw new FieldError("entry-invalid", `Cannot sign entry: ${bytes.length} bytes is too large`);
  }
  return { ...entry, hash, sig, bytes };
}

/** Entry of outside origin, its form checked but not yet its signature. Null when it is not one. */
export async function parseEntry(bytes: Uint8Array): Promise<SignedEntry | null> {
  if (bytes.length > MOST_ENTRY_BYTES) return null;
  const decoded = decodeCbor(bytes);
  if (!decoded || !Array.isArray(decoded.value) || decoded.value.length !== 8) return null;
  const [format, device, seq, prev, at, doc, change, sig] = decoded.value as unknown[];
  if (format !== FORMAT || !isBytes(device, 32) || !isSeq(seq) || !isBytes(prev, HASH_BYTES)) {
    return null;
  }
  if (!isStamp(at) || !isDocName(doc) || !isBytes(change) || !isBytes(sig, 64)) return null;
  const entry = {
    device: toHex(device),
    seq,
    prev: plainBytes(prev),
    at,
    doc,
    change: plainBytes(change),
  };
  return {
    ...entry,
    hash: await sha256(messageOf(entry)),
    sig: plainBytes(sig),
    bytes: plainBytes(bytes),
  };
}

/** True when the device named in the entry signed it. */
export function verifyEntry(entry: SignedEntry): Promise<boolean> {
  return verifySignature(entry.device, entry.sig, messageOf(entry));
}

function fieldsOf(entry: Entry): unknown[] {
  const { device, seq, prev, at, doc, change } = entry;
  return [FORMAT, fromHex(device), seq, prev, at, doc, change];
}

function messageOf(entry: Entry): Bytes {
  return joinBytes(SIGNED_AS, encodeCbor(fieldsOf(entry)));
}

function isBytes(value: unknown, length?: number): value is Uint8Array {
  return value instanceof Uint8Array && (length === undefined || value.length === length);
}

function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isDocName(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= MOST_DOC_LENGTH;
}
