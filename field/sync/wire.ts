/**
 * A frame's bytes on a link: one byte (0: plain, 1: raw deflate, RFC 1951), then CBOR. Both ways bounded
 * before anything is built from it: what unpacks to more than a frame, nests deeper or lists more than any
 * frame does, is refused while it is read.
 */
import { deflateSync, Inflate } from "fflate";
import { type Bytes, joinBytes } from "../bytes.ts";
import { MOST_FRAME_BYTES } from "./frame_types.ts";

export type WireFault = "malformed" | "oversized";

const PLAIN = 0;
const DEFLATED = 1;
/** Smaller frames are not worth the work. */
const DEFLATE_ABOVE_BYTES = 1024;
/** Signatures, hashes and pictures do not get smaller; what saves less than this share stays plain. */
const WORTHWHILE = 1 / 16;
/** Unpacked at a time: deflate makes at most 1032 bytes of one, so no more than 1 MB is made before we look. */
const PIECE_BYTES = 1024;
/** A frame is an array of lists of arrays. */
const MOST_DEPTH = 4;
/** The longest list of a frame is {@link MOST_ENTRIES} or `MOST_FEEDS`, 512; newer versions may have longer ones. */
const MOST_IN_LIST = 1024;

export function packWire(cbor: Bytes, mayDeflate: boolean): Bytes {
  if (mayDeflate && cbor.length > DEFLATE_ABOVE_BYTES) {
    const deflated = deflateSync(cbor);
    if (deflated.length <= cbor.length * (1 - WORTHWHILE)) {
      return joinBytes(Uint8Array.of(DEFLATED), deflated);
    }
  }
  return joinBytes(Uint8Array.of(PLAIN), cbor);
}

/** The CBOR of a frame of outside origin, within the bounds of one; not yet known to be canonical. */
export function unpackWire(bytes: Uint8Array): Uint8Array | WireFault {
  if (bytes.length > MOST_FRAME_BYTES) return "oversized";
  if (bytes.length < 2) return "malformed";
  const [how] = bytes;
  if (how !== PLAIN && how !== DEFLATED) return "malformed";
  const cbor = how === PLAIN ? bytes.subarray(1) : inflate(bytes.subarray(1));
  return typeof cbor === "string" ? cbor : faultIn(cbor) ?? cbor;
}

function inflate(deflated: Uint8Array): Bytes | WireFault {
  const parts: Uint8Array[] = [];
  let length = 0;
  const inflating = new Inflate((part) => {
    parts.push(part);
    length += part.length;
  });
  try {
    for (let at = 0; at < deflated.length; at += PIECE_BYTES) {
      const end = at + PIECE_BYTES;
      inflating.push(deflated.subarray(at, end), end >= deflated.length);
      if (length >= MOST_FRAME_BYTES) return "oversized";
    }
  } catch {
    return "malformed"; // fflate throws on all that is not deflate
  }
  return joinBytes(...parts);
}

/** Looks at the heads of CBOR items (RFC 8949, section 3) without building anything. */
function faultIn(cbor: Uint8Array): WireFault | null {
  /** Items still to come in each list that is open, the outermost first. */
  const open: number[] = [1];
  for (let at = 0; at < cbor.length;) {
    while (open.length > 0 && open[open.length - 1] === 0) open.pop();
    if (open.length === 0) return "malformed"; // something follows the frame
    open[open.length - 1]--;
    const head = headAt(cbor, at);
    if (!head) return "malformed";
    at = head.end;
    if (head.major === BYTES || head.major === TEXT) at += head.count;
    else if (head.major === LIST || head.major === MAP) {
      if (head.count > MOST_IN_LIST || open.length > MOST_DEPTH) return "oversized";
      open.push(head.major === MAP ? 2 * head.count : head.count);
    }
    if (at > cbor.length) return "malformed";
  }
  return open.some((left) => left > 0) ? "malformed" : null;
}

const BYTES = 2, TEXT = 3, LIST = 4, MAP = 5, TAG = 6;

/** An item's major type, its count (or value), and where its head ends. Null for what canonical CBOR of ours has not. */
function headAt(cbor: Uint8Array, at: number) {
  const major = cbor[at] >> 5, info = cbor[at] & 31;
  if (major === TAG || info > 27) return null;
  if (info < 24) return { major, count: info, end: at + 1 };
  const length = 1 << (info - 24);
  if (at + 1 + length > cbor.length) return null;
  let count = 0;
  for (let i = 1; i <= length; i++) count = count * 256 + cbor[at + i];
  return { major, count, end: at + 1 + length };
}
