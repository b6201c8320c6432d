/**
 * PeerServer's messages (npm `peer` 1.0.2), as JSON text.
 *
 * hub -> client: OPEN, ID-TAKEN, ERROR, EXPIRE, and what another client sent, with `src` set.
 * client -> hub: HEARTBEAT, and OFFER, ANSWER, CANDIDATE, LEAVE, EXPIRE for `dst`.
 */

/** Types that are passed on to `dst`. */
const RELAYED = ["OFFER", "ANSWER", "CANDIDATE", "LEAVE", "EXPIRE"] as const;
export type RelayedType = typeof RELAYED[number];

/** What a client asks of the hub. */
export type ClientMessage =
  | { readonly kind: "heartbeat" }
  | {
    readonly kind: "relay";
    readonly type: RelayedType;
    readonly dst: string;
    readonly payload: unknown;
  }
  /** LEAVE to nobody: the client gives up its id. */
  | { readonly kind: "leave" }
  /** A type that this hub does not know: PeerServer ignores it, so that clients may be newer. */
  | { readonly kind: "unknown" }
  | { readonly kind: "invalid"; readonly reason: string };

export const MAX_ID_CHARS = 128;
const MAX_TOKEN_CHARS = 256;
/** What the stock client accepts as an id, a little wider: separators may repeat. */
const ID = /^[A-Za-z0-9](?:[A-Za-z0-9 _-]*[A-Za-z0-9])?$/;

export function isId(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_ID_CHARS && ID.test(value);
}

export function isToken(value: string): boolean {
  return value.length > 0 && value.length <= MAX_TOKEN_CHARS;
}

/** Parses what came from a socket: text of any content, or not text at all. Never throws. */
export function parseClientMessage(data: unknown): ClientMessage {
  if (typeof data !== "string") return invalid("Messages must be text");
  const message = parseObject(data);
  if (!message) return invalid("Message is not a JSON object");
  const { type, dst, payload } = message;
  if (type === "HEARTBEAT") return { kind: "heartbeat" };
  const relayed = RELAYED.find((known) => known === type);
  if (!relayed) {
    return typeof type === "string" ? { kind: "unknown" } : invalid("Message has no type");
  }
  if (relayed === "LEAVE" && (dst === undefined || dst === null)) return { kind: "leave" };
  if (!isId(dst)) return invalid(`${relayed} has no valid dst`);
  return { kind: "relay", type: relayed, dst, payload };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    // Not JSON: absence is the answer, and the caller tells the client.
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(reason: string): ClientMessage {
  return { kind: "invalid", reason };
}

export const OPEN = JSON.stringify({ type: "OPEN" });
export const ID_TAKEN = JSON.stringify({ type: "ID-TAKEN", payload: { msg: "ID is taken" } });

export function errorMessage(msg: string): string {
  return JSON.stringify({ type: "ERROR", payload: { msg } });
}

export function expireMessage(pair: { readonly src: string; readonly dst: string }): string {
  // It goes back to the sender, in the name of the peer that never came.
  return JSON.stringify({ type: "EXPIRE", src: pair.dst, dst: pair.src });
}

export function relayedMessage(
  { type, src, dst, payload }: { type: RelayedType; src: string; dst: string; payload: unknown },
): string {
  return JSON.stringify({ type, src, dst, payload });
}
