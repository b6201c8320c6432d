/**
 * A bundle: all that a store holds, in one file (`*.fieldmesh`). The same contents are always the same
 * bytes.
 *
 *     "fmbundle", format (u16)
 *     records, each: marker (4 bytes), CRC-32 of all that follows, kind (u8), length (u32), payload
 *
 * Numbers are little-endian; a payload is canonical CBOR, or an entry as it was signed. Records come in
 * this order: the header; one `feed` a device; the entries, device by device (the crew's founder first,
 * the others by id), each feed from its first to its last, behind it what contradicts it; media by hash,
 * in parts, with lists of those missing in between; the end. The markers let a reader find the next good
 * record behind damage. A record whose kind is not known is from a newer version, and passed over.
 */
import { mediaType } from "../media.ts";
import { type Bytes, fromHex, plainBytes, toHex } from "../bytes.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import { crc32 } from "../checksum.ts";
import { HASH_BYTES, MOST_ENTRY_BYTES } from "../feed/entry.ts";
import type { DeviceId, Hex } from "../observation.ts";

export const BUNDLE_FORMAT = 1;
/** In the file before the first record: what it is, and its format. */
export const BUNDLE_HEAD: Bytes = new Uint8Array([
  ...new TextEncoder().encode("fmbundle"),
  BUNDLE_FORMAT,
  0,
]);
/** Begins each record. Neither text nor UTF-8, nor what a JPEG is likely to hold. */
export const MARKER: Bytes = new Uint8Array([0xf1, 0xe1, 0xd5, 0x0a]);
/** Marker, CRC, kind, length. */
export const FRAME_HEAD_BYTES = 13;
/** Of a record's payload. An entry or a part of a medium fits; a length beyond it is damage. */
export const MOST_PAYLOAD_BYTES = 128 * 1024;
/** Of a medium. */
export const MOST_MEDIUM_BYTES = 64 * 1024 * 1024;
export const MEDIA_PART_BYTES = 64 * 1024;
export const MOST_LISTED = 1024;

const KINDS = { header: 1, feed: 2, entry: 3, contrary: 4, media: 5, missing: 6, end: 7 } as const;
const CRC_AT = 4;
const KIND_AT = 8;
const LENGTH_AT = 9;

export interface BundleCounts {
  readonly entries: number;
  readonly media: number;
  /** Media that records speak of and that the store did not have. */
  readonly missing: number;
}

export type BundleRecord =
  /** Whose crew this is; null: nobody's. */
  | { readonly kind: "header"; readonly founder: DeviceId | null; readonly devices: number }
  /** How far the feed of a device goes. */
  | { readonly kind: "feed"; readonly device: DeviceId; readonly seq: number; readonly hash: Bytes }
  | { readonly kind: "entry"; readonly bytes: Bytes }
  /** Why a device is quarantined: an entry that contradicts its feed, or two that contradict each other. */
  | { readonly kind: "contrary"; readonly entries: readonly Bytes[] }
  | MediaPart
  | { readonly kind: "missing"; readonly hashes: readonly Hex[] }
  /** `digest`: {@link BlockDigest} of all before this record. */
  | ({ readonly kind: "end"; readonly digest: Bytes } & BundleCounts)
  /** From a newer version. */
  | { readonly kind: "unknown" };

/** `bytes` of a medium from `offset` on. The parts of one follow each other. */
export interface MediaPart {
  readonly kind: "media";
  readonly hash: Hex;
  readonly type: string;
  readonly total: number;
  readonly offset: number;
  readonly bytes: Bytes;
}

/** A record as it stands in the file. Throws when its payload is too large. */
export function encodeRecord(record: Exclude<BundleRecord, { kind: "unknown" }>): Bytes {
  const payload = encodePayload(record);
  if (payload.length > MOST_PAYLOAD_BYTES) {
    throw new Error(`Cannot write a record of a bundle: ${payload.length} bytes is too large`);
  }
  const frame = new Uint8Array(FRAME_HEAD_BYTES + payload.length);
  const view = new DataView(frame.buffer);
  frame.set(MARKER);
  frame[KIND_AT] = KINDS[record.kind];
  view.setUint32(LENGTH_AT, payload.length, true);
  frame.set(payload, FRAME_HEAD_BYTES);
  view.setUint32(CRC_AT, crc32(frame.subarray(KIND_AT)), true);
  return frame;
}

/** How many bytes the payload behind a frame's head says that it has. */
export function payloadLength(head: Uint8Array): number {
  return new DataView(head.buffer, head.byteOffset).getUint32(LENGTH_AT, true);
}

export function isSound(frame: Uint8Array): boolean {
  const sum = new DataView(frame.buffer, frame.byteOffset).getUint32(CRC_AT, true);
  return sum === crc32(frame.subarray(KIND_AT));
}

/** What is in a sound frame; null when its payload is not what its kind promises. */
export function parseRecord(frame: Uint8Array): BundleRecord | null {
  const payload = new Uint8Array(frame.subarray(FRAME_HEAD_BYTES));
  switch (frame[KIND_AT]) {
    case KINDS.entry:
      return payload.length <= MOST_ENTRY_BYTES ? { kind: "entry", bytes: payload } : null;
    case KINDS.contrary:
      return parseContrary(fieldsOf(payload));
    case KINDS.header:
      return parseHeader(fieldsOf(payload));
    case KINDS.feed:
      return parseFeed(fieldsOf(payload));
    case KINDS.media:
      return parseMedia(fieldsOf(payload));
    case KINDS.missing:
      return parseMissing(fieldsOf(payload));
    case KINDS.end:
      return parseEnd(fieldsOf(payload));
    default:
      return { kind: "unknown" };
  }
}

function encodePayload(record: Exclude<BundleRecord, { kind: "unknown" }>): Bytes {
  switch (record.kind) {
    case "entry":
      return record.bytes;
    case "contrary":
      return encodeCbor(record.entries);
    case "header":
      return encodeCbor([record.founder && fromHex(record.founder), record.devices]);
    case "feed":
      return encodeCbor([fromHex(record.device), record.seq, record.hash]);
    case "media": {
      const { hash, type, total, offset, bytes } = record;
      return encodeCbor([fromHex(hash), type, total, offset, bytes]);
    }
    case "missing":
      return encodeCbor(record.hashes.map(fromHex));
    case "end": {
      const { entries, media, missing, digest } = record;
      return encodeCbor([entries, media, missing, digest]);
    }
  }
}

/** Newer versions may add fields behind those that are known. */
function fieldsOf(payload: Bytes): readonly unknown[] {
  const value = decodeCbor(payload)?.value;
  return Array.isArray(value) ? value : [];
}

function parseHeader([founder, devices]: readonly unknown[]): BundleRecord | null {
  if (!(founder === null || isBytes(founder, 32)) || !isCount(devices)) return null;
  return { kind: "header", founder: founder && toHex(founder), devices };
}

function parseFeed([device, seq, hash]: readonly unknown[]): BundleRecord | null {
  if (!isBytes(device, 32) || !isCount(seq) || !isBytes(hash, HASH_BYTES)) return null;
  return { kind: "feed", device: toHex(device), seq, hash: plainBytes(hash) };
}

function parseContrary(entries: readonly unknown[]): BundleRecord | null {
  const isProof = entries.length >= 1 && entries.length <= 2 &&
    entries.every((entry) => isBytes(entry));
  return isProof ? { kind: "contrary", entries: (entries as Uint8Array[]).map(plainBytes) } : null;
}

function parseMedia([hash, type, total, offset, bytes]: readonly unknown[]): BundleRecord | null {
  if (!isBytes(hash, 32) || typeof type !== "string" || type !== mediaType(type)) return null;
  if (!isCount(total) || !isCount(offset) || !isBytes(bytes)) return null;
  if (total > MOST_MEDIUM_BYTES || offset + bytes.length > total) return null;
  return { kind: "media", hash: toHex(hash), type, total, offset, bytes: plainBytes(bytes) };
}

function parseMissing(hashes: readonly unknown[]): BundleRecord | null {
  const isList = hashes.length <= MOST_LISTED && hashes.every((hash) => isBytes(hash, 32));
  return isList ? { kind: "missing", hashes: (hashes as Uint8Array[]).map(toHex) } : null;
}

function parseEnd([entries, media, missing, digest]: readonly unknown[]): BundleRecord | null {
  if (!isCount(entries) || !isCount(media) || !isCount(missing)) return null;
  if (!isBytes(digest, HASH_BYTES)) return null;
  return { kind: "end", entries, media, missing, digest: plainBytes(digest) };
}

function isBytes(value: unknown, length?: number): value is Uint8Array {
  return value instanceof Uint8Array && (length === undefined || value.length === length);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
