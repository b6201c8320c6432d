/**
 * What two sync nodes say to each other: types, and the one place where bytes become frames.
 * A frame on a link is one byte (0: plain) and a canonical CBOR array that begins with the frame's number.
 * Only ever added to: a frame with an unknown number is passed over, extra fields are ignored.
 */
import { type Bytes, fromHex, joinBytes, plainBytes, toHex } from "../bytes.ts";
import { decodeCbor, encodeCbor } from "../cbor.ts";
import type { DeviceId, Hex } from "../observation.ts";

/** Both sides, at once: who I am. `invite`: the id of one I took up, if I am not yet a member. */
export interface HelloFrame {
  readonly kind: "hello";
  readonly device: DeviceId;
  readonly nonce: Bytes;
  readonly invite: Bytes | null;
}
/** Answer to the other's hello: signature over the transcript; with an invite, its secret's proof. */
export interface ProofFrame {
  readonly kind: "proof";
  /** First bytes of the nonce that it answers: a proof for an earlier hello is stale, not false. */
  readonly answers: Bytes;
  readonly sig: Bytes;
  readonly invite: Bytes | null;
}
/** A digest of all heads that I may tell of: equal means nothing to do. */
export interface SummaryFrame {
  readonly kind: "summary";
  readonly digest: Bytes;
}
/** Heads, all of them or those that moved: how far each feed reaches on my disk. */
export interface HeadsFrame {
  readonly kind: "heads";
  readonly heads: readonly FeedHead[];
}
export interface FeedHead {
  readonly device: DeviceId;
  readonly seq: number;
  /** First 8 bytes of the last entry's hash: shows a fork without its entries. */
  readonly hash: Bytes;
}
/** Send entries after these, `mostBytes` of them in all. The answer is one `entries`. A want is the credit for it. */
export interface WantFrame {
  readonly kind: "want";
  readonly feeds: readonly { readonly device: DeviceId; readonly after: number }[];
  readonly mostBytes: number;
}
/** Entries as signed, each feed in order; may be empty. */
export interface EntriesFrame {
  readonly kind: "entries";
  readonly entries: readonly Bytes[];
}
/** These are on my disk now. */
export interface AckFrame {
  readonly kind: "ack";
  readonly heads: readonly FeedHead[];
}
/** Send these parts of blobs; each is answered by one `blob-chunk` that begins at its offset. */
export interface BlobWantFrame {
  readonly kind: "blob-want";
  readonly parts: readonly { readonly hash: Hex; readonly offset: number }[];
}
/** I have these on disk: got meanwhile (who wanted them may ask again), or asked about. */
export interface BlobHaveFrame {
  readonly kind: "blob-have";
  readonly hashes: readonly Hex[];
  readonly keeping: Keeping;
}
/**
 * What becomes of my media. "all": they stay. "shared": a rule removes what others have too. "none": a
 * rule removes them whether others have them or not, so nobody can rely on my copy.
 */
export type Keeping = "all" | "shared" | "none";
/** Which of these do you have on disk? Answered by a `blob-have` of those, if there are any. */
export interface BlobAskFrame {
  readonly kind: "blob-ask";
  readonly hashes: readonly Hex[];
}
/** What does your clock show? Answered by `clock`. */
export interface ClockProbeFrame {
  readonly kind: "clock-probe";
  /** Which question of this session it is. */
  readonly n: number;
}
/** When I heard question `n`, ms since the epoch by my clock, and how long I kept it, ms. */
export interface ClockFrame {
  readonly kind: "clock";
  readonly n: number;
  readonly receivedAt: number;
  readonly heldMs: number;
}
/** A part of a blob of `total` bytes. `total` 0: I do not have it. */
export interface BlobChunkFrame {
  readonly kind: "blob-chunk";
  readonly hash: Hex;
  readonly type: string;
  readonly offset: number;
  readonly total: number;
  readonly bytes: Bytes;
}
/** Why I am about to close. */
export interface ByeFrame {
  readonly kind: "bye";
  readonly reason: string;
}

export type SyncFrame =
  | HelloFrame
  | ProofFrame
  | SummaryFrame
  | HeadsFrame
  | WantFrame
  | EntriesFrame
  | AckFrame
  | BlobWantFrame
  | BlobHaveFrame
  | BlobChunkFrame
  | BlobAskFrame
  | ClockProbeFrame
  | ClockFrame
  | ByeFrame;

export const NONCE_BYTES = 16;
export const ANSWERS_BYTES = 4;
export const DIGEST_BYTES = 8;
export const HEAD_HASH_BYTES = 8;
/** The most that one data-channel message carries safely everywhere. */
export const MOST_FRAME_BYTES = 64 * 1024;
export const MOST_FEEDS = 512;
export const MOST_BLOB_WANTS = 16;
/** Blobs named in one `blob-ask` or `blob-have`. */
export const MOST_BLOB_NAMES = 256;

/** In the order of their numbers on the wire. */
const KEEPINGS: readonly Keeping[] = ["none", "shared", "all"];
const PLAIN = 0;
const NUMBERS = {
  hello: 1,
  proof: 2,
  summary: 3,
  heads: 4,
  want: 5,
  entries: 6,
  ack: 7,
  "blob-want": 8,
  "blob-chunk": 9,
  bye: 10,
  "blob-have": 11,
  "blob-ask": 12,
  "clock-probe": 13,
  clock: 14,
} as const satisfies Record<SyncFrame["kind"], number>;

export function encodeFrame(frame: SyncFrame): Bytes {
  return joinBytes(Uint8Array.of(PLAIN), encodeCbor(fieldsOf(frame)));
}

/**
 * A frame of outside origin. `"unknown"`: well-formed, from a newer version, to be passed over.
 * Null: not a frame; the sender is broken or hostile.
 */
export function parseFrame(bytes: Uint8Array): SyncFrame | "unknown" | null {
  if (bytes.length < 2 || bytes.length > MOST_FRAME_BYTES || bytes[0] !== PLAIN) return null;
  const value = decodeCbor(bytes.subarray(1))?.value;
  if (!Array.isArray(value) || !Number.isSafeInteger(value[0])) return null;
  const [number, ...fields] = value as [number, ...unknown[]];
  const parse = PARSERS[number];
  return parse ? parse(fields) : "unknown";
}

function fieldsOf(frame: SyncFrame): unknown[] {
  const number = NUMBERS[frame.kind];
  switch (frame.kind) {
    case "hello":
      return [number, fromHex(frame.device), frame.nonce, frame.invite];
    case "proof":
      return [number, frame.answers, frame.sig, frame.invite];
    case "summary":
      return [number, frame.digest];
    case "heads":
    case "ack":
      return [number, frame.heads.map(({ device, seq, hash }) => [fromHex(device), seq, hash])];
    case "want":
      return [
        number,
        frame.feeds.map(({ device, after }) => [fromHex(device), after]),
        frame.mostBytes,
      ];
    case "entries":
      return [number, frame.entries];
    case "blob-want":
      return [number, frame.parts.map(({ hash, offset }) => [fromHex(hash), offset])];
    case "blob-have":
      return [number, frame.hashes.map(fromHex), KEEPINGS.indexOf(frame.keeping)];
    case "blob-ask":
      return [number, frame.hashes.map(fromHex)];
    case "clock-probe":
      return [number, frame.n];
    case "clock":
      return [number, frame.n, frame.receivedAt, frame.heldMs];
    case "blob-chunk":
      return [number, fromHex(frame.hash), frame.type, frame.offset, frame.total, frame.bytes];
    case "bye":
      return [number, frame.reason];
  }
}

const PARSERS: Readonly<Record<number, (fields: unknown[]) => SyncFrame | null>> = {
  [NUMBERS.hello]: ([device, nonce, invite]) =>
    isBytes(device, 32) && isBytes(nonce, NONCE_BYTES) && isBytesOrNull(invite)
      ? { kind: "hello", device: toHex(device), nonce, invite }
      : null,
  [NUMBERS.proof]: ([answers, sig, invite]) =>
    isBytes(answers, ANSWERS_BYTES) && isBytes(sig, 64) && isBytesOrNull(invite)
      ? { kind: "proof", answers, sig, invite }
      : null,
  [NUMBERS.summary]: ([digest]) =>
    isBytes(digest, DIGEST_BYTES) ? { kind: "summary", digest } : null,
  [NUMBERS.heads]: ([heads]) => {
    const parsed = parseAll(heads, MOST_FEEDS, parseHead);
    return parsed && { kind: "heads", heads: parsed };
  },
  [NUMBERS.want]: ([feeds, mostBytes]) => {
    const parsed = parseAll(feeds, MOST_FEEDS, parseWantedFeed);
    return parsed && isCount(mostBytes) ? { kind: "want", feeds: parsed, mostBytes } : null;
  },
  [NUMBERS.entries]: ([entries]) => {
    const parsed = parseAll(entries, MOST_FRAME_BYTES, (one) => isBytes(one) ? one : null);
    return parsed && { kind: "entries", entries: parsed };
  },
  [NUMBERS.ack]: ([heads]) => {
    const parsed = parseAll(heads, MOST_FEEDS, parseHead);
    return parsed && { kind: "ack", heads: parsed };
  },
  [NUMBERS["blob-want"]]: ([parts]) => {
    const parsed = parseAll(parts, MOST_BLOB_WANTS, parseBlobPart);
    return parsed && { kind: "blob-want", parts: parsed };
  },
  [NUMBERS["blob-have"]]: ([names, number]) => {
    const hashes = parseAll(names, MOST_BLOB_NAMES, parseHash);
    // who does not say (an older version) or says something new is not relied on
    const keeping = typeof number === "number" ? KEEPINGS[number] ?? "none" : "none";
    return hashes && { kind: "blob-have", hashes, keeping };
  },
  [NUMBERS["blob-ask"]]: ([names]) => {
    const hashes = parseAll(names, MOST_BLOB_NAMES, parseHash);
    return hashes && { kind: "blob-ask", hashes };
  },
  [NUMBERS["clock-probe"]]: ([n]) => isCount(n) ? { kind: "clock-probe", n } : null,
  [NUMBERS.clock]: ([n, receivedAt, heldMs]) =>
    isCount(n) && isCount(receivedAt) && isCount(heldMs)
      ? { kind: "clock", n, receivedAt, heldMs }
      : null,
  [NUMBERS["blob-chunk"]]: ([hash, type, offset, total, bytes]) =>
    isBytes(hash, 32) && typeof type === "string" && type.length <= 64 && isCount(offset) &&
      isCount(total) && isBytes(bytes)
      ? { kind: "blob-chunk", hash: toHex(hash), type, offset, total, bytes }
      : null,
  [NUMBERS.bye]: ([reason]) =>
    typeof reason === "string" ? { kind: "bye", reason: reason.slice(0, 200) } : null,
};

function parseAll<T>(
  value: unknown,
  most: number,
  parse: (one: unknown) => T | null,
): T[] | null {
  if (!Array.isArray(value) || value.length > most) return null;
  const parsed: T[] = [];
  for (const one of value) {
    const good = parse(one);
    if (good === null) return null;
    parsed.push(good);
  }
  return parsed;
}

function parseHead(value: unknown): FeedHead | null {
  if (!Array.isArray(value)) return null;
  const [device, seq, hash] = value as unknown[];
  return isBytes(device, 32) && isCount(seq) && isBytes(hash, HEAD_HASH_BYTES)
    ? { device: toHex(device), seq, hash }
    : null;
}

function parseWantedFeed(value: unknown): { device: DeviceId; after: number } | null {
  if (!Array.isArray(value)) return null;
  const [device, after] = value as unknown[];
  return isBytes(device, 32) && isCount(after) ? { device: toHex(device), after } : null;
}

function parseBlobPart(value: unknown): { hash: Hex; offset: number } | null {
  if (!Array.isArray(value)) return null;
  const [hash, offset] = value as unknown[];
  return isBytes(hash, 32) && isCount(offset) ? { hash: toHex(hash), offset } : null;
}

function parseHash(value: unknown): Hex | null {
  return isBytes(value, 32) ? toHex(value) : null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isBytes(value: unknown, length?: number): value is Bytes {
  return value instanceof Uint8Array && plainBytes(value) === value &&
    (length === undefined || value.length === length);
}

function isBytesOrNull(value: unknown): value is Bytes | null {
  return value === null || isBytes(value);
}
