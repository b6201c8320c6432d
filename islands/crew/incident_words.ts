/** What peers did that no honest one does, in plain words: who, what, how often, what to do. */
import type { Status } from "../../field/messages.ts";
import type { Incident, IncidentKind } from "../../field/sync/incidents.ts";
import { capitalised, shortKey } from "../format.ts";
import type { Formats } from "../format.ts";

interface KindWords {
  /** After the name of whom it is of. */
  readonly did: string;
  /** For a member of the crew, and for anyone else; nothing where there is nothing to do. */
  readonly member?: string;
  readonly stranger?: string;
}

const ASK = "Ask whoever carries it. If that does not explain it, remove it from the crew.";

const KINDS: Readonly<Record<IncidentKind, KindWords>> = {
  forged: { did: "sent something that is not genuine", member: ASK },
  replayed: { did: "sent again what was said at another time" },
  forked: {
    did: "wrote two different records with one number",
    member: "Its identity may be in use twice, as after a backup was restored. Nothing more is " +
      "taken from it: ask whoever carries it, and invite the device anew.",
  },
  oversized: { did: "sent more at once than it may" },
  "too-fast": { did: "sent more often than it may" },
  silent: { did: "held a link and said nothing" },
  "wrong-role": {
    did: "tried what its role does not allow",
    member: "If it should be allowed, remove it and invite it with another role.",
  },
  revoked: { did: "was removed from the crew and tried to come in" },
  impostor: {
    did: "could not prove who it is",
    member: `Somebody may stand between the two devices. ${ASK}`,
    stranger: "Somebody may pretend to be a device of yours. If it goes on, connect the devices " +
      "by codes: then nobody is in between.",
  },
  malformed: {
    did: "sent what cannot be read",
    member: "If it goes on, update the app there.",
  },
};

const SERIOUS: ReadonlySet<IncidentKind> = new Set(["impostor", "forged", "forked"]);

/** Worth a notice, not only a line on the crew page. */
export function isSerious({ kind }: Incident): boolean {
  return SERIOUS.has(kind);
}

/** "Ridge tablet could not prove who it is". */
export function whatHappened({ kind, device }: Incident, status: Status): string {
  const did = wordsOf(kind)?.did ?? "did what was not allowed";
  return `${capitalised(whoWords(device, status))} ${did}`;
}

/** "14:02, 3 times". */
export function whenOften({ at, times }: Incident, formats: Formats, now: number): string {
  const when = formats.recently(at, now);
  return times > 1 ? `${when}, ${formats.count(times)} times` : when;
}

/** What to do about it; null where there is nothing to do. */
export function whatToDo({ kind, device }: Incident, status: Status): string | null {
  const words = wordsOf(kind);
  return (isMember(device, status) ? words?.member : words?.stranger) ?? null;
}

function whoWords(device: string | undefined, { peers }: Status): string {
  if (device === undefined) return "an unknown device";
  const known = peers.find((peer) => peer.device === device);
  return known?.name ?? `an unknown device (${shortKey(device)})`;
}

function isMember(device: string | undefined, { peers }: Status): boolean {
  return peers.some((peer) => peer.device === device);
}

/** A newer worker may know kinds that this page does not. */
function wordsOf(kind: IncidentKind): KindWords | undefined {
  return Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
}
