import { type Bytes, fromHex, toHex } from "../../field/bytes.ts";

/** How a candidate names its host. "mdns": `<uuid>.local`, what browsers tell instead of an address (RFC 8828). */
export type AddressKind = "ipv4" | "ipv6" | "mdns";

export interface Address {
  readonly kind: AddressKind;
  /** 4 bytes, or 16. */
  readonly bytes: Bytes;
}

export const ADDRESS_BYTES: Readonly<Record<AddressKind, number>> = { ipv4: 4, ipv6: 16, mdns: 16 };

const UUID_NAME = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\.local$/;
const IPV6_GROUPS = 8;

/** An address as SDP writes it; null when it is none of the three kinds. */
export function parseAddress(text: string): Address | null {
  const uuid = UUID_NAME.exec(text.toLowerCase());
  if (uuid) return { kind: "mdns", bytes: fromHex(uuid.slice(1).join("")) };
  return parseIpv4(text) ?? parseIpv6(text);
}

/** As SDP writes it: of these characters and no others, whatever the bytes are. */
export function formatAddress({ kind, bytes }: Address): string {
  if (kind === "ipv4") return bytes.join(".");
  const hex = toHex(bytes);
  if (kind === "ipv6") return hex.match(/.{4}/g)?.join(":") ?? "";
  const parts = [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]];
  return `${parts.map(([from, to]) => hex.slice(from, to)).join("-")}.local`;
}

function parseIpv4(text: string): Address | null {
  const parts = text.split(".");
  const isNumber = (part: string) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255;
  if (parts.length !== 4 || !parts.every(isNumber)) return null;
  return { kind: "ipv4", bytes: Uint8Array.from(parts, Number) };
}

/** Groups of hex digits, of which `::` leaves zeros out (RFC 4291, section 2.2); not with IPv4 at its end. */
function parseIpv6(text: string): Address | null {
  const halves = text.split("::").map((half) => half === "" ? [] : half.split(":"));
  if (halves.length > 2) return null;
  const [before, after = []] = halves;
  const left = IPV6_GROUPS - before.length - after.length;
  if (halves.length === 2 ? left < 1 : left !== 0) return null;
  const groups = [...before, ...Array<string>(left).fill("0"), ...after];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  const hex = groups.map((group) => group.toLowerCase().padStart(4, "0")).join("");
  return { kind: "ipv6", bytes: fromHex(hex) };
}
