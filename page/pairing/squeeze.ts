/**
 * One device's half of a pairing in at most 300 bytes.
 *
 *     byte 0      format (high 4 bits), 1: answer, 2: with an invite (low bits)
 *     4 bytes     attempt
 *     16 bytes    the device's id in signalling
 *     1 + 1       lengths of ICE's name and password, then both, 6 bits a character
 *     32 bytes    SHA-256 of the DTLS certificate
 *     1           number of candidates; each: kind (0 IPv4, 1 IPv6, 2 mDNS), 4 or 16 bytes, port
 *     the rest    the invite, if there is one
 */
import { type Bytes, fromBase64Url, fromHex, toBase64Url, toHex } from "../../field/bytes.ts";
import { joinBytes, plainBytes } from "../../field/bytes.ts";
import { ADDRESS_BYTES, type AddressKind } from "./address.ts";
import {
  type Candidate,
  CANDIDATES_MOST,
  type Endpoint,
  FINGERPRINT_BYTES,
  type Half,
  isIceText,
  isPort,
  PWD_CHARS,
  UFRAG_CHARS,
} from "./pair_sdp.ts";

export interface PairHalf {
  readonly half: Half;
  /** Drawn by the device that offers; its answer repeats it. */
  readonly attempt: Bytes;
  /** The device's id in signalling: a claim, until the sync node has checked who is there. */
  readonly peerId: string;
  readonly endpoint: Endpoint;
  /** The code of an invite into the crew, with an offer to a device that is new. */
  readonly invite: string | null;
}

export const SQUEEZED_MOST_BYTES = 300;
export const ATTEMPT_BYTES = 4;

const FORMAT = 1;
const ANSWER = 1;
const WITH_INVITE = 2;
const PEER_PREFIX = "fm-";
const PEER_BYTES = 16;
const KINDS: readonly AddressKind[] = ["ipv4", "ipv6", "mdns"];
/** An invite names one or two keys, an id, a secret and a date. */
const INVITE_BYTES = { least: 12, most: 128 } as const;

/** Leaves out the least useful candidates when there are too many. Throws when it cannot be written at all. */
export function squeeze(half: PairHalf): Bytes {
  for (let count = Math.min(CANDIDATES_MOST, half.endpoint.candidates.length); count > 0; count--) {
    const bytes = write(half, half.endpoint.candidates.slice(0, count));
    if (bytes.length <= SQUEEZED_MOST_BYTES) return bytes;
  }
  throw new Error("Cannot squeeze: no candidate, or an invite that is too long");
}

function write({ half, attempt, peerId, endpoint, invite }: PairHalf, some: readonly Candidate[]) {
  const inviteBytes = invite === null ? null : fromBase64Url(invite);
  if (inviteBytes === null && invite !== null) throw new Error("Cannot squeeze: not an invite");
  const flags = (half === "answer" ? ANSWER : 0) | (inviteBytes ? WITH_INVITE : 0);
  const { ufrag, pwd } = endpoint;
  return joinBytes(
    Uint8Array.of(FORMAT << 4 | flags),
    attempt,
    fromHex(peerId.slice(PEER_PREFIX.length)),
    Uint8Array.of(ufrag.length, pwd.length),
    packIceText(ufrag + pwd),
    endpoint.fingerprint,
    Uint8Array.of(some.length),
    ...some.map(({ kind, bytes, port }) =>
      joinBytes(Uint8Array.of(KINDS.indexOf(kind)), bytes, Uint8Array.of(port >> 8, port & 255))
    ),
    inviteBytes ?? new Uint8Array(),
  );
}

/** "other-format": made by another version of Fieldmesh. "damaged": not made by any. */
export type Unfolded = PairHalf | "other-format" | "damaged";

/** Squeezed bytes of outside origin. Never throws. */
export function unfold(bytes: Uint8Array): Unfolded {
  if (bytes.length === 0 || bytes.length > SQUEEZED_MOST_BYTES) return "damaged";
  if (bytes[0] >> 4 !== FORMAT) return "other-format";
  try {
    return read(new ByteReader(bytes));
  } catch (error) {
    if (error instanceof CutShort) return "damaged";
    throw error;
  }
}

function read(reader: ByteReader): PairHalf | "damaged" {
  const flags = reader.byte() & 15;
  const attempt = reader.bytes(ATTEMPT_BYTES);
  const peerId = PEER_PREFIX + toHex(reader.bytes(PEER_BYTES));
  const [ufragChars, pwdChars] = [reader.byte(), reader.byte()];
  const iceText = unpackIceText(reader, ufragChars + pwdChars);
  const [ufrag, pwd] = [iceText.slice(0, ufragChars), iceText.slice(ufragChars)];
  const fingerprint = reader.bytes(FINGERPRINT_BYTES);
  const candidates = readCandidates(reader);
  const rest = reader.rest();
  const invite = flags & WITH_INVITE ? toBase64Url(rest) : null;
  const isInviteSized = invite === null
    ? rest.length === 0
    : rest.length >= INVITE_BYTES.least && rest.length <= INVITE_BYTES.most;
  const isWhole = flags <= (ANSWER | WITH_INVITE) && candidates !== null && isInviteSized &&
    isIceText(ufrag, UFRAG_CHARS) && isIceText(pwd, PWD_CHARS);
  if (!isWhole) return "damaged";
  const half = flags & ANSWER ? "answer" : "offer";
  return { half, attempt, peerId, endpoint: { ufrag, pwd, fingerprint, candidates }, invite };
}

function readCandidates(reader: ByteReader): Candidate[] | null {
  const count = reader.byte();
  if (count < 1 || count > CANDIDATES_MOST) return null;
  const candidates: Candidate[] = [];
  for (let i = 0; i < count; i++) {
    const kind = KINDS[reader.byte()];
    if (!kind) return null;
    const bytes = reader.bytes(ADDRESS_BYTES[kind]);
    const port = reader.byte() << 8 | reader.byte();
    if (!isPort(port)) return null;
    candidates.push({ kind, bytes, port });
  }
  return candidates;
}

/** ICE's characters are base64's: four of them are three bytes. */
function packIceText(text: string): Bytes {
  const whole = text.padEnd(Math.ceil(text.length / 4) * 4, "A");
  const bytes = Uint8Array.from(atob(whole), (char) => char.charCodeAt(0));
  return bytes.slice(0, packedBytes(text.length));
}

function unpackIceText(reader: ByteReader, chars: number): string {
  const binary = String.fromCharCode(...reader.bytes(packedBytes(chars)));
  return btoa(binary.padEnd(Math.ceil(binary.length / 3) * 3, "\0")).slice(0, chars);
}

function packedBytes(chars: number): number {
  return Math.ceil(chars * 6 / 8);
}

class CutShort extends Error {}

/** Throws {@link CutShort} when asked for more than there is. */
class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    return this.bytes(1)[0];
  }

  bytes(length: number): Bytes {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw new CutShort();
    const part = plainBytes(this.#bytes.slice(this.#offset, end));
    this.#offset = end;
    return part;
  }

  rest(): Bytes {
    return this.bytes(this.#bytes.length - this.#offset);
  }
}
