/**
 * The one place where bytes become frames. Inside {@link packWire}'s envelope a frame is a canonical CBOR
 * array that begins with the frame's number. Only ever added to: a frame with an unknown number is
 * passed over, extra fields are ignored.
 */
import { type Bytes, fromHex, plainBytes, toHex } from "../bytes.ts";
import { decodeCbor, encodeCbor, isCount } from "../cbor.ts";
import { SIGNATURE_BYTES } from "../keys.ts";
import type { DeviceId, Hex } from "../observation.ts";
import { MOST_EPHEMERAL_BYTES } from "./ephemeral_message.ts";
import {
  ANSWERS_BYTES,
  DIGEST_BYTES,
  type FeedHead,
  HEAD_HASH_BYTES,
  type Keeping,
  MESSAGE_ID_BYTES,
  MOST_BLOB_NAMES,
  MOST_BLOB_WANTS,
  MOST_ENTRIES,
  MOST_FEEDS,
  MOST_MESSAGE_IDS,
  MOST_PROOFS,
  NONCE_BYTES,
  ORIGIN_BYTES,
  POSSESSION_BYTES,
  PROTOCOL_VERSION,
  type SyncFrame,
} from "./frame_types.ts";
import { isTopic } from "./topics.ts";
import { packWire, unpackWire, type WireFault } from "./wire.ts";

export * from "./frame_types.ts";

/** In the order of their numbers on the wire. */
const KEEPINGS: readonly Keeping[] = ["none", "shared", "all"];
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
  credit: 15,
  pushing: 16,
  ephemeral: 17,
  "message-have": 20,
  "message-want": 21,
} as const satisfies Record<SyncFrame["kind"], number>;

export function encodeFrame(frame: SyncFrame): Bytes {
  // pictures are compressed already
  return packWire(encodeCbor(fieldsOf(frame)), frame.kind !== "blob-chunk");
}

/**
 * A frame of outside origin. `"unknown"`: well-formed, from a newer version, to be passed over.
 * Null: not a frame; the sender is broken or hostile.
 */
export function parseFrame(bytes: Uint8Array): SyncFrame | "unknown" | null {
  const frame = readFrame(bytes);
  return frame === "malformed" || frame === "oversized" ? null : frame;
}

/** As {@link parseFrame}; says what is wrong with what is no frame. */
export function readFrame(bytes: Uint8Array): SyncFrame | "unknown" | WireFault {
  const cbor = unpackWire(bytes);
  if (typeof cbor === "string") return cbor;
  const value = decodeCbor(cbor)?.value;
  if (!Array.isArray(value) || !Number.isSafeInteger(value[0])) return "malformed";
  const [number, ...fields] = value as [number, ...unknown[]];
  const parse = PARSERS[number];
  return parse ? parse(fields) ?? "malformed" : "unknown";
}

function fieldsOf(frame: SyncFrame): unknown[] {
  const number = NUMBERS[frame.kind];
  switch (frame.kind) {
    case "hello":
      return [
        ...[number, fromHex(frame.device), frame.nonce, frame.invite],
        frame.version ?? PROTOCOL_VERSION,
      ];
    case "proof":
      return [number, frame.answers, frame.sig, frame.invite];
    case "summary":
      // how many lack, most often none: one byte, however many pictures there are
      return frame.media
        ? [number, frame.digest, frame.media.of, frame.media.of - frame.media.have]
        : [number, frame.digest];
    case "heads":
    case "ack":
      return [number, frame.heads.map(fieldsOfHead)];
    case "want":
      return [
        number,
        frame.feeds.map(({ device, after }) => [fromHex(device), after]),
        frame.mostBytes,
        frame.n ?? 1,
      ];
    case "entries":
      return [number, frame.entries, frame.answers ?? 0, frame.more ?? false];
    case "blob-want":
      return [number, frame.parts.map(({ hash, offset }) => [fromHex(hash), offset])];
    case "blob-have":
      return [
        ...[number, frame.hashes.map(fromHex), KEEPINGS.indexOf(frame.keeping)],
        ...(frame.proofs ? [frame.proofs] : []),
      ];
    case "blob-ask":
      return [number, frame.hashes.map(fromHex), ...(frame.nonce ? [frame.nonce] : [])];
    case "clock-probe":
      return [number, frame.n];
    case "clock":
      return [number, frame.n, frame.receivedAt, frame.heldMs];
    case "blob-chunk":
      return [number, fromHex(frame.hash), frame.type, frame.offset, frame.total, frame.bytes];
    case "bye":
      return [number, frame.reason];
    case "credit":
      return [number, frame.bytes, frame.control];
    case "pushing":
      return [number, frame.isWanted, ...(frame.origins ? [frame.origins.map(fromHex)] : [])];
    case "message-have":
    case "message-want":
      return [number, frame.ids.map(fromHex)];
    case "ephemeral": {
      const { topic, from, counter, at, bytes, retain, critical, sig } = frame.message;
      return [number, topic, fromHex(from), counter, at, bytes, retain, critical, sig];
    }
  }
}

/** A mark only where it says something: heads are what most of a quiet link's bytes are. */
function fieldsOfHead({ device, seq, hash, isForked }: FeedHead): unknown[] {
  return [fromHex(device), seq, hash, ...(isForked ? [true] : [])];
}

const PARSERS: Readonly<Record<number, (fields: unknown[]) => SyncFrame | null>> = {
  // who does not say which version it speaks is from before there were any
  [NUMBERS.hello]: ([device, nonce, invite, version = 1]) =>
    isBytes(device, 32) && isBytes(nonce, NONCE_BYTES) && isBytesOrNull(invite) && isCount(version)
      ? { kind: "hello", device: toHex(device), nonce, invite, version }
      : null,
  [NUMBERS.proof]: ([answers, sig, invite]) =>
    isBytes(answers, ANSWERS_BYTES) && isBytes(sig, 64) && isBytesOrNull(invite)
      ? { kind: "proof", answers, sig, invite }
      : null,
  [NUMBERS.summary]: ([digest, of, lacking]) => {
    if (!isBytes(digest, DIGEST_BYTES)) return null;
    if (of === undefined) return { kind: "summary", digest };
    return isCount(of) && isCount(lacking) && lacking <= of
      ? { kind: "summary", digest, media: { have: of - lacking, of } }
      : null;
  },
  [NUMBERS.heads]: ([heads]) => {
    const parsed = parseAll(heads, MOST_FEEDS, parseHead);
    return parsed && { kind: "heads", heads: parsed };
  },
  [NUMBERS.want]: ([feeds, mostBytes, n = 1]) => {
    const parsed = parseAll(feeds, MOST_FEEDS, parseWantedFeed);
    return parsed && isCount(mostBytes) && isCount(n) && n > 0
      ? { kind: "want", feeds: parsed, mostBytes, n }
      : null;
  },
  [NUMBERS.entries]: ([entries, answers = 0, more = false]) => {
    const parsed = parseAll(entries, MOST_ENTRIES, (one) => isBytes(one) ? one : null);
    return parsed && isCount(answers) && typeof more === "boolean"
      ? { kind: "entries", entries: parsed, answers, more }
      : null;
  },
  [NUMBERS.ack]: ([heads]) => {
    const parsed = parseAll(heads, MOST_FEEDS, parseHead);
    return parsed && { kind: "ack", heads: parsed };
  },
  [NUMBERS["blob-want"]]: ([parts]) => {
    const parsed = parseAll(parts, MOST_BLOB_WANTS, parseBlobPart);
    return parsed && { kind: "blob-want", parts: parsed };
  },
  [NUMBERS["blob-have"]]: ([names, number, shown]) => {
    const hashes = parseAll(names, MOST_BLOB_NAMES, hexOf(32));
    // who does not say (an older version) or says something new is not relied on
    const keeping = typeof number === "number" ? KEEPINGS[number] ?? "none" : "none";
    const have = hashes && { kind: "blob-have" as const, hashes, keeping };
    if (!have || shown === undefined) return have;
    const proofs = parseAll(
      shown,
      MOST_PROOFS,
      (one) => isBytes(one, POSSESSION_BYTES) ? one : null,
    );
    return proofs?.length === have.hashes.length ? { ...have, proofs } : null;
  },
  [NUMBERS["blob-ask"]]: ([names, nonce]) => {
    const hashes = parseAll(names, MOST_BLOB_NAMES, hexOf(32));
    if (!hashes || nonce === undefined) return hashes && { kind: "blob-ask", hashes };
    return isBytes(nonce, NONCE_BYTES) ? { kind: "blob-ask", hashes, nonce } : null;
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
  [NUMBERS.credit]: ([bytes, control]) =>
    isCount(bytes) && isCount(control) ? { kind: "credit", bytes, control } : null,
  [NUMBERS.pushing]: ([isWanted, names]) => {
    if (typeof isWanted !== "boolean") return null;
    if (names === undefined) return { kind: "pushing", isWanted };
    const origins = parseAll(names, MOST_FEEDS, hexOf(ORIGIN_BYTES));
    return origins && { kind: "pushing", isWanted, origins };
  },
  [NUMBERS["message-have"]]: ([names]) => {
    const ids = parseAll(names, MOST_MESSAGE_IDS, hexOf(MESSAGE_ID_BYTES));
    return ids && { kind: "message-have", ids };
  },
  [NUMBERS["message-want"]]: ([names]) => {
    const ids = parseAll(names, MOST_MESSAGE_IDS, hexOf(MESSAGE_ID_BYTES));
    return ids && { kind: "message-want", ids };
  },
  [NUMBERS.ephemeral]: ([topic, from, counter, at, bytes, retain, critical, sig]) =>
    isTopic(topic) && isBytes(from, 32) && isCount(counter) && isCount(at) && isBytes(bytes) &&
      bytes.length <= MOST_EPHEMERAL_BYTES && typeof retain === "boolean" &&
      typeof critical === "boolean" && isBytes(sig, SIGNATURE_BYTES)
      ? {
        kind: "ephemeral",
        message: { topic, from: toHex(from), counter, at, bytes, retain, critical, sig },
      }
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
  const [device, seq, hash, isForked] = value as unknown[];
  if (!isBytes(device, 32) || !isCount(seq) || !isBytes(hash, HEAD_HASH_BYTES)) return null;
  return { device: toHex(device), seq, hash, ...(isForked === true ? { isForked } : {}) };
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

/** Reads so many bytes. */
function hexOf(length: number): (value: unknown) => Hex | null {
  return (value) => isBytes(value, length) ? toHex(value) : null;
}

function isBytes(value: unknown, length?: number): value is Bytes {
  return value instanceof Uint8Array && plainBytes(value) === value &&
    (length === undefined || value.length === length);
}

function isBytesOrNull(value: unknown): value is Bytes | null {
  return value === null || isBytes(value);
}
