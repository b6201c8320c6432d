/** What the crew page says of one peer, from the worker's figures. */
import type { PeerStatus } from "../../field/messages.ts";
import type { LinkKind } from "../../field/sync/lanes.ts";
import { capitalised, counted, listed } from "../format.ts";
import type { Formats } from "../format.ts";

/** Below it, loss is what every radio has. */
const LOSS_WORTH_SAYING = 0.05;
const CLASSES_NAMED = 3;

interface LinkWords {
  /** Beside the name. */
  readonly short: string;
  /** As a sentence goes on: "Connected …". */
  readonly spoken: string;
  readonly meaning: string;
}

const LINKS: Readonly<Record<LinkKind, LinkWords>> = {
  webrtc: {
    short: "Direct",
    spoken: "directly",
    meaning: "Directly, over the network that both are in",
  },
  relay: {
    short: "Through the hub",
    spoken: "through the hub",
    meaning: "Through the hub, which passes it on and cannot read it",
  },
  hub: { short: "Hub", spoken: "to the hub", meaning: "To the hub itself" },
  pair: {
    short: "By codes",
    spoken: "by codes",
    meaning: "Directly, found by codes without a hub",
  },
};

/** What a peer lacks of what is here, as far as it is known. */
export interface Lacks {
  readonly observations: number;
  readonly pictures: number;
  /** Comments, members, names: records that hold no observation. */
  readonly others: number;
}

export function lacksOf({ missing, media, waiting }: PeerStatus): Lacks {
  return {
    observations: missing,
    pictures: media ? Math.max(0, media.of - media.have) : 0,
    others: missing > 0 ? 0 : waiting?.records ?? 0,
  };
}

/** "16 observations and 9 pictures"; empty when it lacks nothing. */
export function lacksWords({ observations, pictures, others }: Lacks, formats: Formats): string {
  return listed([
    ...(observations > 0 ? [counted(observations, "observation", formats)] : []),
    ...(others > 0 ? [counted(others, "record", formats)] : []),
    ...(pictures > 0 ? [counted(pictures, "picture", formats)] : []),
  ]);
}

/** Is it there, linked with this device or through others? */
export function isNear({ connected, throughOthers }: PeerStatus): boolean {
  return connected || throughOthers === true;
}

/** Nobody has heard it since it became a member: nothing is known of what it has. */
export function isUnmet(peer: PeerStatus): boolean {
  return !isNear(peer) && peer.lastAt === null;
}

/** What matters most, in one line: what it lacks, and since when it is away. */
export function headline(peer: PeerStatus, formats: Formats, now: number): string {
  if (isUnmet(peer)) return "Not met yet";
  const lacks = lacksWords(lacksOf(peer), formats);
  if (isNear(peer)) {
    if (lacks !== "") return `Lacks ${lacks}`;
    return peer.media ? "Has everything" : "Has every observation";
  }
  const since = peer.lastAt === null ? "" : ` since ${formats.recently(peer.lastAt, now)}`;
  // of what it recorded meanwhile nobody here knows
  const has = peer.media ? "has all that is here" : "has every observation that is here";
  return `Away${since}, ${lacks === "" ? has : `lacks ${lacks}`}`;
}

/**
 * "observations 12/12", "media 3/9", "last 14:02": what a peer has of what is here, and when it was last
 * heard. Nothing of one that was never met.
 */
export function peerShares(peer: PeerStatus, formats: Formats, now: number): readonly string[] {
  if (isUnmet(peer)) return [];
  const share = (have: number, of: number) => `${formats.count(have)}/${formats.count(of)}`;
  return [
    `observations ${share(peer.have, peer.have + peer.missing)}`,
    ...(peer.media && peer.media.of > 0 ? [`media ${share(peer.media.have, peer.media.of)}`] : []),
    ...(peer.lastAt === null ? [] : [`last ${formats.recently(peer.lastAt, now)}`]),
  ];
}

/** "Direct 4 ms": how it is connected; null while it is not. */
export function linkLine(peer: PeerStatus): string | null {
  if (!peer.connected) return isNear(peer) ? "Through others" : null;
  const trip = peer.rttMs === undefined || peer.rttMs === null ? [] : [tripWords(peer.rttMs)];
  return [linkWords(peer.via)?.short ?? "Connected", ...trip].join(" ");
}

/** How it is connected, for the details; null while it is not, or nothing is known of it. */
export function linkMeaning(peer: PeerStatus): string | null {
  if (!peer.connected) return isNear(peer) ? "None; records go through others of the crew" : null;
  const parts = [
    linkWords(peer.via)?.meaning,
    typeof peer.rttMs === "number" ? `round trip ${tripWords(peer.rttMs)}` : undefined,
    lossLine(peer) ?? undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? null : parts.join(", ");
}

/** "12 % lost": when it is worth saying. */
export function lossLine({ connected, loss = 0 }: PeerStatus): string | null {
  if (!connected || loss <= LOSS_WORTH_SAYING) return null;
  return `${Math.round(loss * 100)} % lost`;
}

/** "4 records and 12 parts of pictures": what waits here for it; null when nothing does. */
export function waitingWords({ waiting }: PeerStatus, formats: Formats): string | null {
  const { records = 0, mediaParts = 0 } = waiting ?? {};
  const parts = mediaParts === 1
    ? "1 part of a picture"
    : `${formats.count(mediaParts)} parts of pictures`;
  const words = listed([
    ...(records > 0 ? [counted(records, "record", formats)] : []),
    ...(mediaParts > 0 ? [parts] : []),
  ]);
  return words === "" ? null : words;
}

/** "Sees 2 × person and 1 × dog now"; null when it says nothing of it. */
export function seesLine({ sees }: PeerStatus, formats: Formats): string | null {
  if (!sees || sees.length === 0) return null;
  const named = sees.slice(0, CLASSES_NAMED)
    .map(({ name, count }) => `${formats.count(count)} × ${name}`);
  const rest = sees.length - named.length;
  return `Sees ${listed(rest > 0 ? [...named, `${formats.count(rest)} more`] : named)} now`;
}

/** All that the row shows, in whole sentences for a listener. */
export function spoken(peer: PeerStatus, formats: Formats, now: number): string {
  const { have, missing, media, lastAt } = peer;
  const of = (share: { have: number; of: number }) =>
    `${formats.count(share.have)} of ${formats.count(share.of)}`;
  const link = peer.connected && [
        `Connected ${linkWords(peer.via)?.spoken ?? ""}`.trim(),
        ...(typeof peer.rttMs === "number" ? [`round trip ${tripWords(peer.rttMs)}`] : []),
        ...(lossLine(peer) ? [lossLine(peer)] : []),
      ].join(", ") || isNear(peer) && "Reached through others";
  const shares = isUnmet(peer) ? [] : [
    `observations ${of({ have, of: have + missing })}`,
    ...(media && media.of > 0 ? [`pictures ${of(media)}`] : []),
    ...(lastAt === null ? [] : [`last heard ${formats.recently(lastAt, now)}`]),
  ];
  const sees = seesLine(peer, formats)?.replaceAll(" × ", " ");
  return [peer.name, headline(peer, formats, now), link, capitalised(shares.join(", ")), sees]
    .filter(Boolean).map((sentence) => `${sentence}.`).join(" ");
}

/** A newer worker may know kinds that this page does not. */
function linkWords(via: LinkKind | undefined): LinkWords | undefined {
  return via !== undefined && Object.hasOwn(LINKS, via) ? LINKS[via] : undefined;
}

/** "4 ms", "1.2 s". */
function tripWords(ms: number): string {
  if (ms < 1) return "under 1 ms";
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}
