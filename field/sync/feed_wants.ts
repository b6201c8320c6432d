import type { Received } from "../feed/intake.ts";
import type { DeviceId } from "../observation.ts";
import { FeedClaims } from "./feed_claims.ts";
import { type EntriesFrame, type FeedHead, MOST_FEEDS } from "./frames.ts";
import { lackingAfter } from "./peer_feeds.ts";
import type { Session } from "./session.ts";
import type { TalkPorts } from "./talk_ports.ts";

/** Entries that one want asks for. */
export const WANT_BYTES = 256 * 1024;
/** What a silent link tells of usually comes over another one within this time. */
const LAZY_MS = 250;
/** Who still answers, but has not finished by then, gives way to another neighbour that has the feed. */
const LONGEST_ANSWER_MS = 60_000;

/** Who is asked for which feed: one want at a time on a link, and one link at a time for a feed. */
export class FeedWants {
  readonly #ports: Pick<TalkPorts, "replica" | "sessions" | "nowMs">;
  readonly #claims = new FeedClaims();

  constructor(ports: Pick<TalkPorts, "replica" | "sessions" | "nowMs">) {
    this.#ports = ports;
  }

  /** The link is gone, or begins anew. True when it was asked for something. */
  forget(link: string): boolean {
    return this.#claims.release(link);
  }

  /** The peer has told of feeds: it is not asked at once for those that another link is to bring. */
  told(session: Session, heads: readonly FeedHead[]): void {
    const { replica, sessions, nowMs } = this.#ports;
    // deferred once: what is lacking already is asked for in its time, however much more is told
    if (this.#lacks(session)) return;
    const isAwaited = heads.every((theirs) =>
      lackingAfter(replica, session, theirs) === null ||
      sessions.tree.isAwaited(session, theirs.device)
    );
    session.askAt = nowMs() + (isAwaited ? LAZY_MS : 0);
  }

  /** Asks every peer for what only it was found to have; the nearest first. */
  askAll(): void {
    const near = ({ quality }: Session) => quality.rttMs ?? Infinity;
    const open = this.#ports.sessions.ready.toSorted((a, b) => near(a) < near(b) ? -1 : 1);
    for (const session of open) this.ask(session);
  }

  /** Asks for what the peer has and we lack, unless another is asked for it. */
  ask(session: Session): void {
    const now = this.#ports.nowMs();
    if (!this.#ports.sessions.isOpen(session)) return;
    if (session.wanted || session.askAt > now) return;
    const feeds = [...session.heads.values()].flatMap((theirs) => {
      const { device } = theirs;
      if (session.stalled.has(device) || !this.#claims.isFree(device, session.link)) return [];
      const after = this.#lackingAfter(session, theirs);
      return after === null ? [] : { device, after };
    }).slice(0, MOST_FEEDS);
    if (feeds.length === 0) return;
    for (const { device } of feeds) this.#claims.claim(device, session.link);
    const n = ++session.wants;
    session.wanted = {
      ...{ n, since: now, at: now, feeds: feeds.map(({ device }) => device) },
      ...{ seen: new Set(), brought: new Set() },
    };
    // who is asked begins to push again
    for (const { device } of feeds) this.#ports.sessions.tree.asked(session, device);
    session.outbox.say("want", { kind: "want", feeds, mostBytes: WANT_BYTES, n });
  }

  /** What came of the want under way. */
  progress(
    session: Session,
    { answers = 0, more = false }: EntriesFrame,
    received: Received,
  ): void {
    const { wanted } = session;
    if (!wanted || wanted.n !== answers) return;
    wanted.at = this.#ports.nowMs();
    for (const device of received.seen) wanted.seen.add(device);
    for (const device of received.added.keys()) wanted.brought.add(device);
    if (more) return;
    session.wanted = null;
    this.#claims.release(session.link);
    const idle = wanted.seen.size > 0 ? wanted.seen : new Set(wanted.feeds);
    for (const device of idle) if (!wanted.brought.has(device)) session.stalled.add(device);
  }

  /** Gives up what was silent for longer than `answerMs`, or takes long while another could give it. */
  tick(session: Session, answerMs: number): void {
    const now = this.#ports.nowMs();
    const { wanted } = session;
    if (!wanted) return;
    const isLong = Math.abs(now - wanted.since) > LONGEST_ANSWER_MS &&
      wanted.feeds.some((feed) => this.#isElsewhere(feed, session));
    if (!isLong && Math.abs(now - wanted.at) <= answerMs) return;
    session.wanted = null;
    for (const feed of wanted.feeds) session.stalled.add(feed);
    this.#claims.release(session.link);
  }

  /** Does the peer have, as far as it said, what is not here? */
  #lacks(session: Session): boolean {
    return [...session.heads.values()].some((theirs) =>
      !session.stalled.has(theirs.device) && this.#lackingAfter(session, theirs) !== null
    );
  }

  #isElsewhere(feed: DeviceId, session: Session): boolean {
    return this.#ports.sessions.ready.some((other) => {
      const theirs = other.heads.get(feed);
      return other !== session && theirs && this.#lackingAfter(other, theirs) !== null;
    });
  }

  #lackingAfter(session: Session, theirs: FeedHead): number | null {
    return lackingAfter(this.#ports.replica, session, theirs);
  }
}
