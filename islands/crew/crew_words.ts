/** What the crew page says, from the worker's figures. */
import type { PeerStatus, Role, Status } from "../../field/messages.ts";
import { counted, listed } from "../format.ts";
import type { Formats } from "../format.ts";

/** "observations 12/12, last 14:02": what a peer has of what is here, and when it was last heard. */
export function peerLine(peer: PeerStatus, formats: Formats, now: number): string {
  const share = `observations ${formats.count(peer.have)}/${
    formats.count(peer.have + peer.missing)
  }`;
  if (peer.lastAt === null) return `${share}, not heard yet`;
  return `${share}, last ${formats.recently(peer.lastAt, now)}`;
}

/** "connected", or "away since 09:40" with the reason, if it is known. */
export function presence(peer: PeerStatus, formats: Formats, now: number): string {
  if (peer.connected) return "Connected";
  const since = peer.lastAt === null ? "" : ` since ${formats.recently(peer.lastAt, now)}`;
  return `Away${since}${peer.reason ? `: ${peer.reason}` : ""}`;
}

/** How the crew as a whole stands, in one line. */
export interface CrewTruth {
  readonly tone: "good" | "info";
  readonly line: string;
}

/** Whether everyone has everything that is on this device's disk. */
export function crewTruth(status: Status, formats: Formats): CrewTruth {
  const { crew, peers, missingMedia } = status;
  if (!crew) return { tone: "info", line: "Only this device has what it recorded" };
  if (crew.removedBy) return { tone: "info", line: "This device was removed from the crew" };
  if (peers.length === 0) return { tone: "info", line: "Nobody else is in the crew yet" };
  const behind = peers.filter((peer) => peer.missing > 0);
  const pictures = missingMedia === 0
    ? ""
    : `, ${counted(missingMedia, "picture", formats)} still on the way here`;
  if (behind.length === 0) {
    const all = peers.length === 1 ? "Both devices have" : `All ${peers.length + 1} devices have`;
    return {
      tone: missingMedia === 0 ? "good" : "info",
      line: `${all} every observation${pictures}`,
    };
  }
  return { tone: "info", line: `${whoLacksWhat(behind, formats)}${pictures}` };
}

function whoLacksWhat(behind: readonly PeerStatus[], formats: Formats): string {
  if (behind.length > 2) return `${formats.count(behind.length)} devices lack observations`;
  return listed(
    behind.map(({ name, missing }) => `${name} lacks ${counted(missing, "observation", formats)}`),
  );
}

/** A role in one word. */
export function roleWord(role: Role): string {
  return ROLES[role];
}

const ROLES: Readonly<Record<Role, string>> = {
  admin: "Admin",
  sensor: "Sensor",
  viewer: "Viewer",
  publisher: "Publisher",
};

/** Whether a link to this host opens on another device too. */
export function opensElsewhere(link: string): boolean {
  const { hostname } = new URL(link);
  return !["localhost", "127.0.0.1", "[::1]"].includes(hostname) &&
    !hostname.endsWith(".localhost");
}

/** The invite in an address's fragment (`#join=…`), null when there is none. */
export function inviteInHash(hash: string): string | null {
  const code = new URLSearchParams(hash.replace(/^#/, "")).get("join");
  return code === null || code === "" ? null : code;
}
