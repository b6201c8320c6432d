import type { Bytes } from "../bytes.ts";
import type { DeviceId, Hex } from "../observation.ts";
import { ClockProbes } from "./clock_offset.ts";
import type { FeedHead, HelloFrame } from "./frames.ts";
import type { LinkKind } from "./lanes.ts";
import { LinkQuality } from "./link_quality.ts";
import { Outbox } from "./outbox.ts";
import { PushLink } from "./push_tree.ts";
import { ReceiveCredit } from "./receive_credit.ts";
import { SummaryPace } from "./summary_pace.ts";

/** A want under way. */
export interface Wanted {
  readonly n: number;
  readonly since: number;
  /** When something last came. */
  at: number;
  readonly feeds: readonly DeviceId[];
  /** Feeds of which something came, and those of which it was news. */
  readonly seen: Set<DeviceId>;
  readonly brought: Set<DeviceId>;
}

/** What was said since the two sides last began anew. */
export interface Conversation {
  openedAt: number;
  /** Set once the other side has proved who it is and that it may be here. */
  peer: DeviceId | null;
  /** Where the peer's feeds end, as it said. */
  readonly heads: Map<DeviceId, FeedHead>;
  /** How far feeds were sent to it. */
  readonly sent: Map<DeviceId, number>;
  /** How far it has said feeds here, and how many frames said only that again. */
  readonly brought: Map<DeviceId, number>;
  repeats: number;
  /** Feeds of which the peer's last entry is another one than ours with its number. */
  readonly contrary: Set<DeviceId>;
  wanted: Wanted | null;
  /** Wants so far. */
  wants: number;
  /** Nothing is asked for before: what a silent link tells of is likely to come over another. */
  askAt: number;
  /** Feeds whose last want brought nothing: not asked for again until something has changed. */
  readonly stalled: Set<DeviceId>;
  readonly pace: SummaryPace;
  /** When a summary was last sent. */
  summarisedAt: number;
  readonly clock: ClockProbes;
  readonly quality: LinkQuality;
  /** How far the peer was asked which of our media it has: after this hash; "done" when it was asked of all. */
  mediaAsked: Hex | null | "done";
  /** Pictures that the peer said it has, of those it knows of. */
  media: { readonly have: number; readonly of: number } | null;
  readonly push: PushLink;
  readonly outbox: Outbox;
  readonly credit: ReceiveCredit;
  /** When records, pictures or messages last came. */
  busyAt: number;
}

/** One link's conversation. */
export interface Session extends Conversation {
  readonly link: string;
  readonly binding: Bytes;
  readonly via: LinkKind;
  readonly hello: HelloFrame;
  /** 0 up to 1. */
  readonly chance: () => number;
  theirs: HelloFrame | null;
  /** Hellos, in a minute that began then. */
  hellos: number;
  hellosSince: number;
  /** Bytes that came before the proof. */
  unprovedBytes: number;
  /** A proof came that answers no hello of this session. */
  hasStaleProof: boolean;
  /** For so long nothing was heard, ms, as far as this node was awake. */
  silentMs: number;
  /** Hellos that wait to be dealt with: what is behind them begins anew. */
  waitingHellos: number;
  /** Frames that wait to be dealt with. */
  waiting: number;
  turn: Promise<void>;
  /** Set while frames are being made. */
  pumping: Promise<void> | null;
}

export function newSession(
  about: Pick<Session, "link" | "binding" | "via" | "hello" | "chance">,
  nowMs: number,
): Session {
  return {
    ...about,
    ...newConversation(nowMs, about.chance),
    theirs: null,
    hellos: 0,
    hellosSince: nowMs,
    unprovedBytes: 0,
    hasStaleProof: false,
    silentMs: 0,
    waitingHellos: 0,
    waiting: 0,
    turn: Promise.resolve(),
    pumping: null,
  };
}

/** Back to before the handshake: what was said under the other side's former hello is void. */
export function beginAnew(session: Session, nowMs: number): void {
  const { credit } = session;
  credit.reset();
  Object.assign(session, newConversation(nowMs, session.chance), { credit });
  session.push.isAgain = true;
}

function newConversation(nowMs: number, chance: () => number): Conversation {
  return {
    openedAt: nowMs,
    peer: null,
    heads: new Map(),
    sent: new Map(),
    brought: new Map(),
    repeats: 0,
    contrary: new Set(),
    wanted: null,
    wants: 0,
    askAt: -Infinity,
    stalled: new Set(),
    pace: new SummaryPace(nowMs, chance),
    summarisedAt: -Infinity,
    clock: new ClockProbes(),
    quality: new LinkQuality(),
    mediaAsked: null,
    media: null,
    push: new PushLink(),
    outbox: new Outbox(),
    credit: new ReceiveCredit(nowMs),
    busyAt: nowMs,
  };
}
