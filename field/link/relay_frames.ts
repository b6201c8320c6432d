/**
 * What goes over the one WebSocket between a device and a hub's relay, as binary messages:
 *
 *   [kind, 1 byte] [peer, 16 bytes] [channel, 8 bytes] [payload]
 *
 * `peer` is a signalling id (`fm-` and 32 hex digits): whom a message is for on the way to the hub, whom
 * it is from on the way back. `channel` is drawn by chance by whoever opens it, so that no frame of a
 * former channel with the same peer is ever taken for one of the present.
 */
import { type Bytes, fromHex, isHex, toHex } from "../bytes.ts";

/** Fields and kinds are only ever added: both sides ignore kinds that they do not know. */
export type RelayFrame =
  /** hub -> device, first: it may go ahead. `peer`: the hub's own id, if it is a peer itself. Comes again when that changes. */
  | { readonly kind: "welcome"; readonly peer: string | null }
  /** hub -> device, now and then: the hub is there. */
  | { readonly kind: "beat" }
  /** To a peer: a channel begins. */
  | { readonly kind: "open"; readonly peer: string; readonly channel: string }
  | {
    readonly kind: "data";
    readonly peer: string;
    readonly channel: string;
    /** A view of the message's own buffer. */
    readonly payload: Bytes;
  }
  /** To a peer: the channel is over, or there is none. */
  | { readonly kind: "close"; readonly peer: string; readonly channel: string }
  /** hub -> device: no such peer is here; the channel is over. */
  | { readonly kind: "absent"; readonly peer: string; readonly channel: string }
  /** hub -> device: the peer has left, and with it all its channels. */
  | { readonly kind: "gone"; readonly peer: string }
  /** hub -> device, last: why it ends the line. A WebSocket's own close reason does not always arrive. */
  | { readonly kind: "bye"; readonly reason: string };

const KINDS = ["welcome", "beat", "open", "data", "close", "absent", "gone", "bye"] as const;
/** What a relay says when another token guards the id. */
export const ID_TAKEN = "ID is taken";
const PEER_AT = 1;
const PEER_BYTES = 16;
const CHANNEL_AT = PEER_AT + PEER_BYTES;
export const CHANNEL_BYTES = 8;
/** What comes before the payload. */
export const RELAY_HEAD_BYTES = CHANNEL_AT + CHANNEL_BYTES;
/** A sealed frame of the sync protocol: 64 KiB and the seal's 16 bytes. */
const MOST_PAYLOAD_BYTES = 64 * 1024 + 16;
/** The largest message that a relay carries. */
export const RELAY_MOST_BYTES = RELAY_HEAD_BYTES + MOST_PAYLOAD_BYTES;

const PREFIX = "fm-";
const NOBODY = "0".repeat(2 * PEER_BYTES);
const NOTHING = new Uint8Array(0);
const utf8 = new TextDecoder();
const NO_CHANNEL = "0".repeat(2 * CHANNEL_BYTES);

/** A relay carries for those that the crew knows by such ids, and for nobody else. */
export function isRelayId(id: unknown): id is string {
  return typeof id === "string" && id.startsWith(PREFIX) &&
    isHex(id.slice(PREFIX.length), PEER_BYTES);
}

/** Throws when an id or channel is not of its form: a programmer's mistake. */
export function encodeRelayFrame(frame: RelayFrame): Bytes {
  const payload = payloadOf(frame);
  const peer = "peer" in frame && frame.peer !== null ? peerHex(frame.peer) : NOBODY;
  const channel = "channel" in frame ? frame.channel : NO_CHANNEL;
  if (!isHex(channel, CHANNEL_BYTES)) throw new Error(`Cannot encode relay channel: ${channel}`);
  const bytes = new Uint8Array(RELAY_HEAD_BYTES + payload.length);
  bytes[0] = KINDS.indexOf(frame.kind) + 1;
  bytes.set(fromHex(peer), PEER_AT);
  bytes.set(fromHex(channel), CHANNEL_AT);
  bytes.set(payload, RELAY_HEAD_BYTES);
  return bytes;
}

/** Null for what is no frame; "unknown" for a kind that a newer version has added. Never throws. */
export function parseRelayFrame(bytes: Bytes): RelayFrame | "unknown" | null {
  if (bytes.length < RELAY_HEAD_BYTES || bytes.length > RELAY_MOST_BYTES || bytes[0] === 0) {
    return null;
  }
  const kind = KINDS[bytes[0] - 1];
  if (kind === undefined) return "unknown";
  if (kind === "beat") return { kind };
  if (kind === "bye") return { kind, reason: utf8.decode(bytes.subarray(RELAY_HEAD_BYTES)) };
  const hex = toHex(bytes.subarray(PEER_AT, CHANNEL_AT));
  const peer = PREFIX + hex;
  if (kind === "welcome") return { kind, peer: hex === NOBODY ? null : peer };
  if (kind === "gone") return { kind, peer };
  const channel = toHex(bytes.subarray(CHANNEL_AT, RELAY_HEAD_BYTES));
  if (kind === "data") return { kind, peer, channel, payload: bytes.subarray(RELAY_HEAD_BYTES) };
  return { kind, peer, channel };
}

/** Makes what came from `from` into what its receiver gets, in place: nothing is copied. */
export function readdress(bytes: Bytes, from: string): Bytes {
  bytes.set(fromHex(peerHex(from)), PEER_AT);
  return bytes;
}

function payloadOf(frame: RelayFrame): Uint8Array {
  if (frame.kind === "data") return frame.payload;
  return frame.kind === "bye" ? new TextEncoder().encode(frame.reason) : NOTHING;
}

function peerHex(peer: string): string {
  if (!isRelayId(peer)) throw new Error(`Cannot encode relay id: ${peer}`);
  return peer.slice(PREFIX.length);
}
