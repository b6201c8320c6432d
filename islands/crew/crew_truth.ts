/** How the crew as a whole stands, in one line. */
import type { PeerStatus, Status } from "../../field/messages.ts";
import { counted, listed } from "../format.ts";
import type { Formats } from "../format.ts";
import { isNear, isUnmet, lacksOf, lacksWords } from "./peer_words.ts";

export interface CrewTruth {
  readonly tone: "good" | "info";
  readonly line: string;
}

/**
 * Whether everyone has everything that is on this device's disk, or what is missing where. What is known
 * only from before a peer went away is said with its time.
 */
export function crewTruth(status: Status, formats: Formats, now: number): CrewTruth {
  const { crew, peers, missingMedia } = status;
  if (!crew) return { tone: "info", line: "Only this device has what it recorded" };
  if (crew.removedBy) return { tone: "info", line: "This device was removed from the crew" };
  if (peers.length === 0) return { tone: "info", line: "Nobody else is in the crew yet" };
  const met = peers.filter((peer) => !isUnmet(peer));
  const behind = met.filter((peer) => lacksWords(lacksOf(peer), formats) !== "");
  const missing = [
    ...whoLacksWhat(behind, formats, now),
    ...unmetWords(peers.filter(isUnmet), formats),
    ...(missingMedia > 0 ? [`${counted(missingMedia, "picture", formats)} on the way here`] : []),
  ];
  if (missing.length > 0) return { tone: "info", line: missing.join(" · ") };
  const all = peers.length === 1 ? "Both devices have" : `All ${peers.length + 1} devices have`;
  const what = peers.every(({ media }) => media) ? "everything" : "every observation";
  return { tone: "good", line: `${all} ${what}${asOf(peers, formats, now)}` };
}

/** One is named, more are counted: the list below names them. */
function whoLacksWhat(behind: readonly PeerStatus[], formats: Formats, now: number): string[] {
  if (behind.length === 0) return [];
  const [one, ...others] = behind;
  const time = asOf(behind, formats, now);
  if (others.length === 0) return [`${one.name} lacks ${lacksWords(lacksOf(one), formats)}${time}`];
  const lacks = behind.map(lacksOf);
  const what = listed([
    ...(lacks.some(({ observations }) => observations > 0) ? ["observations"] : []),
    ...(lacks.some(({ others }) => others > 0) ? ["records"] : []),
    ...(lacks.some(({ pictures }) => pictures > 0) ? ["pictures"] : []),
  ]);
  return [`${counted(behind.length, "device", formats)} lack ${what}${time}`];
}

function unmetWords(unmet: readonly PeerStatus[], formats: Formats): string[] {
  if (unmet.length === 0) return [];
  const who = unmet.length === 1 ? unmet[0].name : counted(unmet.length, "device", formats);
  return [`${who} not met yet`];
}

/** ", as of 14:02": the oldest word that the line rests on; nothing while all of them are connected. */
function asOf(told: readonly PeerStatus[], formats: Formats, now: number): string {
  const times = told.flatMap((peer) => isNear(peer) || peer.lastAt === null ? [] : peer.lastAt);
  return times.length === 0 ? "" : `, as of ${formats.recently(Math.min(...times), now)}`;
}
