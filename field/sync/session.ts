import type { Bytes } from "../bytes.ts";
import type { DeviceId, Hex } from "../observation.ts";
import { ClockProbes } from "./clock_offset.ts";
import type { FeedHead, HelloFrame } from "./frames.ts";

/** One link's conversation. */
export interface Session {
  readonly link: string;
  readonly binding: Bytes;
  readonly hello: HelloFrame;
  openedAt: number;
  theirs: HelloFrame | null;
  /** Set once the other side has proved who it is and that it may be here. */
  peer: DeviceId | null;
  readonly heads: Map<DeviceId, FeedHead>;
  /** Feeds of which the peer's last entry is another one than ours with its number. */
  readonly contrary: Set<DeviceId>;
  /** Feeds asked for in the want under way. */
  wanted: { readonly at: number; readonly feeds: readonly DeviceId[] } | null;
  /** Answers to wants that were given up: they may still come. */
  late: number;
  /** Feeds whose last want brought nothing: not asked for again until something has changed. */
  readonly stalled: Set<DeviceId>;
  summaryAt: number;
  clock: ClockProbes;
  /** How far the peer was asked which of our media it has: after this hash; "done" when it was asked of all. */
  mediaAsked: Hex | null | "done";
  waiting: number;
  turn: Promise<void>;
}

export function newSession(
  link: string,
  binding: Bytes,
  hello: HelloFrame,
  nowMs: number,
): Session {
  return {
    link,
    binding,
    hello,
    openedAt: nowMs,
    theirs: null,
    peer: null,
    heads: new Map(),
    contrary: new Set(),
    wanted: null,
    late: 0,
    stalled: new Set(),
    summaryAt: nowMs,
    clock: new ClockProbes(),
    mediaAsked: null,
    waiting: 0,
    turn: Promise.resolve(),
  };
}

/** Back to before the handshake: what was said under the other side's former hello is void. */
export function beginAnew(session: Session, nowMs: number): void {
  session.peer = null;
  session.openedAt = nowMs;
  session.heads.clear();
  session.contrary.clear();
  session.wanted = null;
  session.late = 0;
  session.stalled.clear();
  session.clock = new ClockProbes();
  session.mediaAsked = null;
}
