import { type Bytes, fromHex, joinBytes, plainBytes, sha256, toHex } from "../bytes.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import { isStamp, type Stamp } from "../clock.ts";
import { packDocName, unpackDocName } from "./doc_name.ts";
import { FieldError } from "../errors.ts";
import { SIGNATURE_BYTES, type Signer, verifySignature } from "../keys.ts";
import type { DeviceId } from "../observation.ts";

/**
 * One link of a device's feed. On the wire: canonical CBOR
 * `[2, device, seq, prev, at, doc, change, sig]`, `doc` as `packDocName` has it; `sig` is over
 * "fieldmesh entry 2\n" and the canonical CBOR of the same array without `sig`, and the entry's hash is
 * the SHA-256 of that same message, so that a second signature over one content is not a second entry.
 * Format 1, which is read too, has `doc` as a text, and a 1 for the 2.
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

const FORMAT = 2;
const MOST_DOC_LENGTH = 160;
/** CBOR's heads of an array of 7 and of 8, and of a signature's bytes. */
const SEVEN = 0x87, EIGHT = 0x88;
const SIGNATURE_HEAD = Uint8Array.of(0x58, SIGNATURE_BYTES);

export async function signEntry(entry: Entry, signer: Signer): Promise<SignedEntry> {
  const { device, seq, prev, at, doc, change } = entry;
  const packed = packDocName(doc, device);
  const fields = encodeCbor([FORMAT, fromHex(device), seq, prev, at, packed, change]);
  const message = joinBytes(signedAs(FORMAT), fields);
  const [sig, hash] = await Promise.all([signer.sign(message), sha256(message)]);
  const bytes = joinBytes(Uint8Array.of(EIGHT), fields.subarray(1), SIGNATURE_HEAD, sig);
  if (bytes.length > MOST_ENTRY_BYTES) {
    throw new FieldError("entry-invalid", `Cannot sign entry: ${bytes.length} bytes is too large`);
  }
  return { ...entry, hash, sig, bytes };
}

/** Entry of outside origin, its form checked but not yet its signature. Null when it is not one. */
export async function parseEntry(bytes: Uint8Array): Promise<SignedEntry | null> {
  if (bytes.length > MOST_ENTRY_BYTES) return null;
  const value = decodeCbor(bytes)?.value;
  if (!Array.isArray(value) || value.length !== 8) return null;
  const [format, key, seq, prev, at, packed, change, sig] = value as unknown[];
  if (!isBytes(key, 32) || !isSeq(seq) || !isBytes(prev, HASH_BYTES) || !isStamp(at)) return null;
  if (!isBytes(change) || !isBytes(sig, SIGNATURE_BYTES)) return null;
  const device = toHex(key);
  const doc = docOf(format, packed, device);
  if (doc === null) return null;
  const whole = plainBytes(bytes);
  return {
    ...{ device, seq, prev: plainBytes(prev), at, doc, change: plainBytes(change) },
    hash: await sha256(messageOf(whole)),
    sig: plainBytes(sig),
    bytes: whole,
  };
}

/** True when the device named in the entry signed it. */
export function verifyEntry({ device, sig, bytes }: SignedEntry): Promise<boolean> {
  return verifySignature(device, sig, messageOf(bytes));
}

/** What is signed of an entry's canonical bytes: its array without the last field. */
function messageOf(bytes: Bytes): Bytes {
  const fields = bytes.subarray(1, bytes.length - SIGNATURE_HEAD.length - SIGNATURE_BYTES);
  return joinBytes(signedAs(bytes[1]), Uint8Array.of(SEVEN), fields);
}

function signedAs(format: number): Uint8Array {
  return new TextEncoder().encode(`fieldmesh entry ${format}\n`);
}

function docOf(format: unknown, packed: unknown, device: DeviceId): string | null {
  const doc = format === FORMAT ? unpackDocName(packed, device) : format === 1 ? packed : null;
  return typeof doc === "string" && doc.length > 0 && doc.length <= MOST_DOC_LENGTH ? doc : null;
}

function isBytes(value: unknown, length?: number): value is Uint8Array {
  return value instanceof Uint8Array && (length === undefined || value.length === length);
}

function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
