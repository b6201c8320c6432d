import { type Bytes, fromBase64Url, fromHex, plainBytes, toBase64Url, toHex } from "./bytes.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";
import { isRole } from "./feed/crew.ts";
import type { Role } from "./messages.ts";
import type { DeviceId } from "./observation.ts";

/** What an invite says to the device that takes it up. Whoever holds the secret may join, until it expires. */
export interface InviteTicket {
  readonly founder: DeviceId;
  readonly inviter: DeviceId;
  readonly id: Bytes;
  readonly secret: Bytes;
  /** ms since the epoch, by the inviter's clock. */
  readonly expires: number;
}

/** What the inviter keeps of it. */
export interface IssuedInvite {
  readonly id: Bytes;
  readonly secret: Bytes;
  readonly role: Role;
  readonly expires: number;
  /** Devices that joined by it so far. */
  readonly used: number;
}

export const INVITE_ID_BYTES = 8;
export const INVITE_SECRET_BYTES = 16;
export const INVITE_LASTS_MS = 24 * 3600_000;
/** One code serves a whole team that scans it from one screen. */
export const INVITE_MOST_USES = 16;

const FORMAT = 1;

export function encodeTicket(ticket: InviteTicket): string {
  const { founder, inviter, id, secret, expires } = ticket;
  // most crews are invited by their founder: name the key once, so that the QR code stays small
  const other = inviter === founder ? null : fromHex(inviter);
  return toBase64Url(encodeCbor([FORMAT, fromHex(founder), other, id, secret, expires]));
}

/** An invite code of outside origin; null when it is not one. */
export function parseTicket(code: string): InviteTicket | null {
  const bytes = fromBase64Url(code);
  const value = bytes && decodeCbor(bytes)?.value;
  if (!Array.isArray(value) || value.length !== 6 || value[0] !== FORMAT) return null;
  const [, founder, other, id, secret, expires] = value as unknown[];
  if (!isBytes(founder, 32) || !(other === null || isBytes(other, 32))) return null;
  if (!isBytes(id, INVITE_ID_BYTES) || !isBytes(secret, INVITE_SECRET_BYTES)) return null;
  if (!Number.isSafeInteger(expires)) return null;
  return {
    founder: toHex(founder),
    inviter: toHex(other ?? founder),
    id: plainBytes(id),
    secret: plainBytes(secret),
    expires: expires as number,
  };
}

/** Invites as they were kept in the settings; what is not one is left out. */
export function parseIssued(value: unknown): IssuedInvite[] {
  if (!Array.isArray(value)) return [];
  return value.filter((one): one is IssuedInvite =>
    isBytes(one?.id, INVITE_ID_BYTES) && isBytes(one?.secret, INVITE_SECRET_BYTES) &&
    isRole(one?.role) && typeof one?.expires === "number" && typeof one?.used === "number"
  );
}

function isBytes(value: unknown, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length;
}
