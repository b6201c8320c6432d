import { type Bytes, fromHex, toHex } from "../../field/bytes.ts";
import { fingerprint } from "../radio/channel_binding.ts";
import { type Address, formatAddress, parseAddress } from "./address.ts";

/** Where a device can be reached, and by what it is known there: all that one SDP says and another cannot guess. */
export interface Endpoint {
  /** ICE's own name and password: letters, digits, `+` and `/` (RFC 8839, section 5.4). */
  readonly ufrag: string;
  readonly pwd: string;
  /** SHA-256 of the DTLS certificate. */
  readonly fingerprint: Bytes;
  /** The most useful first. */
  readonly candidates: readonly Candidate[];
}

/** A UDP port of a host. */
export interface Candidate extends Address {
  readonly port: number;
}

export type Half = "offer" | "answer";

export const CANDIDATES_MOST = 6;
export const FINGERPRINT_BYTES = 32;
/** RFC 8839 allows 256; browsers take 4 to 8 and 24 to 32. */
export const UFRAG_CHARS = { least: 4, most: 32 } as const;
export const PWD_CHARS = { least: 22, most: 64 } as const;

/** Which reach furthest in one network: IPv6 is what an access point is likelier not to carry. */
const RANKS = { ipv4: 0, mdns: 1, ipv6: 2 } as const;
/** `typ host` and component 1 (RFC 8445, section 5.1.2). */
const HOST_PRIORITY = 126 * 2 ** 24 + 255;
/** What every browser's data channel takes as one message; a frame is a quarter of it. */
const MESSAGE_MOST_BYTES = 262_144;

/** What a browser's description says; null when it is not one of a data channel with one certificate. */
export function readSdp(sdp: string): Endpoint | null {
  const ufrag = /^a=ice-ufrag:(\S+)\s*$/m.exec(sdp)?.[1] ?? "";
  const pwd = /^a=ice-pwd:(\S+)\s*$/m.exec(sdp)?.[1] ?? "";
  const [hash, hex = ""] = fingerprint(sdp)?.split(" ") ?? [];
  const digits = hex.replaceAll(":", "");
  if (!isIceText(ufrag, UFRAG_CHARS) || !isIceText(pwd, PWD_CHARS)) return null;
  if (hash !== "sha-256" || !/^[0-9a-f]{64}$/.test(digits)) return null;
  return { ufrag, pwd, fingerprint: fromHex(digits), candidates: usefulCandidates(sdp) };
}

export function isIceText(
  text: string,
  { least, most }: { readonly least: number; readonly most: number },
): boolean {
  return text.length >= least && text.length <= most && /^[A-Za-z0-9+/]*$/.test(text);
}

/**
 * An SDP that Chromium, Firefox and Safari take for the other side's. It holds nothing of outside origin but
 * numbers, hex digits and checked ICE texts.
 *
 * The offer says that its side starts DTLS ("active", RFC 8842, section 5.2), so that the answer is "passive": the
 * device with the answer has to wait for as long as its code is being read, and Chromium, starting DTLS there,
 * repeats its first message ever more seldom. After a minute nothing came about in 15 s; so it does in 0.1 s.
 */
export function writeSdp(endpoint: Endpoint, half: Half): string {
  const digits = toHex(endpoint.fingerprint).toUpperCase().match(/../g)?.join(":");
  return [
    "v=0",
    "o=- 1 1 IN IP4 0.0.0.0",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0",
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
    "c=IN IP4 0.0.0.0",
    ...endpoint.candidates.map(candidateLine),
    `a=ice-ufrag:${endpoint.ufrag}`,
    `a=ice-pwd:${endpoint.pwd}`,
    `a=fingerprint:sha-256 ${digits}`,
    `a=setup:${half === "offer" ? "active" : "passive"}`,
    "a=mid:0",
    "a=sctp-port:5000",
    `a=max-message-size:${MESSAGE_MOST_BYTES}`,
    "",
  ].join("\r\n");
}

function candidateLine(candidate: Candidate, index: number): string {
  const priority = HOST_PRIORITY + (65_535 - index) * 256;
  const address = formatAddress(candidate);
  return `a=candidate:${index + 1} 1 udp ${priority} ${address} ${candidate.port} typ host`;
}

/** UDP ports of this host, each once, the most useful first. */
function usefulCandidates(sdp: string): Candidate[] {
  const lines = sdp.matchAll(/^a=candidate:\S+ 1 udp (\d+) (\S+) (\d+) typ host\b/gim);
  const found = new Map<string, { readonly candidate: Candidate; readonly priority: number }>();
  for (const [, priority, text, port] of lines) {
    const address = parseAddress(text);
    if (!address || isLinkLocal(address) || !isPort(Number(port))) continue;
    const candidate = { ...address, port: Number(port) };
    found.set(`${text} ${port}`, { candidate, priority: Number(priority) });
  }
  return [...found.values()]
    .sort((a, b) => RANKS[a.candidate.kind] - RANKS[b.candidate.kind] || b.priority - a.priority)
    .slice(0, CANDIDATES_MOST)
    .map(({ candidate }) => candidate);
}

/** fe80::/10 means something only together with an interface's name, which the other device cannot know. */
function isLinkLocal({ kind, bytes }: Address): boolean {
  return kind === "ipv6" && bytes[0] === 0xfe && (bytes[1] & 0xc0) === 0x80;
}

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}
