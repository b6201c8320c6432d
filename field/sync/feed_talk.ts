import { type Bytes, equalBytes } from "../bytes.ts";
import type { Received, Refusal } from "../feed/intake.ts";
import type { DeviceId } from "../observation.ts";
import type { Head } from "../store/store.ts";
import { FeedClaims } from "./feed_claims.ts";
import { FeedLanes } from "./feed_lanes.ts";
import {
  type EntriesFrame,
  type FeedHead,
  HEAD_HASH_BYTES,
  MOST_FEEDS,
  type SummaryFrame,
  type WantFrame,
} from "./frames.ts";
import { digestOf, feedHead } from "./heads.ts";
import type { IncidentKind } from "./incidents.ts";
import { fallSilent } from "./push_tree.ts";
import type { Session } from "./session.ts";
import type { TalkPorts } from "./talk_ports.ts";

/** Entries that one want asks for. */
const WANT_BYTES = 256 * 1024;
/** Of fresh entries only a few are pushed; of more a neighbour asks for what it lacks. */
const MOST_PUSHED = 64;
/** What a silent link tells of usually comes over another one within this time. */
const LAZY_MS = 1_000;
/** A summary sent so lately is being compared, or was: another would be answered in the same way. */
const LATELY_MS = 2_000;
/** Who still answers, but has not finished by then, gives way to another neighbour that has the feed. */
const LONGEST_ANSWER_MS = 60_000;

/** What sessions say to each other about feeds: who has what, who is asked for it, who is pushed it. */
export class FeedTalk {
  readonly #ports: TalkPorts;
  readonly #claims = new FeedClaims();
  readonly #lanes: FeedLanes;
  /** Where feeds ended when peers were last told. */
  readonly #told = new Map<DeviceId, number>();
  /** The crew has changed: sessions may have to end. */
  readonly #crewChanged: () => void;

  constructor(ports: TalkPorts, crewChanged: () => void) {
    this.#ports = ports;
    this.#lanes = new FeedLanes(ports.store, ports.replica);
    this.#crewChanged = crewChanged;
    for (const { device, seq } of ports.replica.heads) this.#told.set(device, seq);
  }

  /** The link is gone, or begins anew. True when it was asked for something. */
  forget(link: string): boolean {
    return this.#claims.release(link);
  }

  /**
   * Feeds have grown here: who was right behind is pushed what is fresh, the others are told. `isFresh`
   * false: what has come was asked for, and others may be asking for it too.
   */
  async spread(
    devices: readonly DeviceId[],
    { except, isFresh }: { readonly except?: string; readonly isFresh: boolean },
  ): Promise<void> {
    const feeds = this.#headsOf(devices)
      .map((head) => ({ head, from: this.#told.get(head.device) ?? 0 }));
    for (const { head } of feeds) {
      this.#told.set(head.device, head.seq);
      await this.#lanes.look(head.device);
    }
    const now = this.#ports.nowMs();
    for (const session of this.#ports.sessions.ready) {
      session.stalled.clear();
      session.pace.news(now);
      if (session.link === except) continue;
      for (const { head, from } of feeds) {
        if (isFresh && this.#push(session, head, from)) continue;
        if (session.heads.get(head.device)?.seq !== head.seq) {
          session.outbox.tell("heads", [head.device]);
        }
      }
    }
    this.askAll();
  }

  summarise(session: Session): void {
    session.summarisedAt = this.#ports.nowMs();
    session.pace.compared(session.summarisedAt, session.quality.loss);
    session.outbox.summarise();
  }

  digest(): Promise<Bytes> {
    return digestOf(this.#ports.replica.heads);
  }

  async compare(session: Session, peer: DeviceId, frame: SummaryFrame): Promise<void> {
    const { nowMs, replica, sessions } = this.#ports;
    if (frame.media) {
      const isNews = session.media?.have !== frame.media.have ||
        session.media.of !== frame.media.of;
      session.media = frame.media;
      if (isNews) sessions.changed("links");
    }
    const heads = replica.heads;
    if (equalBytes(frame.digest, await digestOf(heads))) {
      session.pace.compared(nowMs(), session.quality.loss);
      return await this.note(session, peer, heads.map(feedHead));
    }
    const news = heads.filter((head) => !isSame(session.heads.get(head.device), head));
    session.outbox.tell("heads", news.map(({ device }) => device));
    // what the peer has and did not tell it tells when it sees that we differ
    const isLately = Math.abs(nowMs() - session.summarisedAt) < LATELY_MS;
    if (!isLately) this.summarise(session);
  }

  /** The peer says where its feeds end. */
  async heard(session: Session, peer: DeviceId, heads: readonly FeedHead[]): Promise<void> {
    await this.#findContrary(session, heads);
    // deferred once: what is lacking already is asked for in its time, however much more is told
    if (!session.push.wants && !this.#lacks(session)) session.askAt = this.#askAt();
    await this.note(session, peer, heads);
  }

  /** The peer holds these. */
  async note(session: Session, peer: DeviceId, heads: readonly FeedHead[]): Promise<void> {
    for (const head of heads) {
      if ((session.heads.get(head.device)?.seq ?? -1) <= head.seq) {
        session.heads.set(head.device, head);
      }
    }
    if (this.#ports.book.has(peer, heads)) this.#ports.sessions.changed("status");
    await this.confirm(session);
    this.ask(session);
  }

  /** The peer wants entries: they are sent as there is room. */
  async give(session: Session, want: WantFrame): Promise<void> {
    session.push.isWanted = true;
    const feeds = [];
    for (const { device, after } of want.feeds) {
      session.sent.set(device, after);
      if (this.#reach(device) <= after) continue;
      await this.#lanes.look(device);
      feeds.push({ device, after, lane: this.#lanes.laneOf(device, after) });
    }
    session.outbox.give({ ...want, mostBytes: Math.min(want.mostBytes, WANT_BYTES) }, feeds);
  }

  /** Entries have come, asked for or fresh. */
  async take(session: Session, peer: DeviceId, frame: EntriesFrame): Promise<void> {
    const { entries, answers = 0 } = frame;
    const { replica, sessions, nowMs } = this.#ports;
    if (answers > session.wants || answers === 0 && entries.length === 0) {
      return sessions.refuse(session, "malformed", "The other device answered what was not asked.");
    }
    const received = await replica.receive(entries);
    this.#progress(session, frame, received);
    if (!this.#report(session, received)) return;
    const isPushed = answers === 0;
    if (isPushed && received.added.size === 0 && received.known === entries.length) {
      fallSilent(session, this.#ports.sessions.ready, nowMs());
    }
    if (received.added.size > 0) await this.#added(session, peer, received, isPushed);
    // new members came with the crew document: what peers told of them counts from now on
    this.ask(session);
    this.askAll();
  }

  /** Gives up what takes too long, and asks on. */
  tick(session: Session, answerMs: number): void {
    const now = this.#ports.nowMs();
    const { wanted } = session;
    if (wanted) {
      const isLong = Math.abs(now - wanted.since) > LONGEST_ANSWER_MS &&
        wanted.feeds.some((feed) => this.#isElsewhere(feed, session));
      if (isLong || Math.abs(now - wanted.at) > answerMs) {
        session.wanted = null;
        for (const feed of wanted.feeds) session.stalled.add(feed);
        this.#claims.release(session.link);
      }
    }
    if (session.pace.isDue(now)) {
      if (!wanted) session.stalled.clear();
      this.summarise(session);
    }
  }

  /** Asks every peer for what only it was found to have; the nearest first. */
  askAll(): void {
    const near = ({ quality }: Session) => quality.rttMs ?? Infinity;
    const open = this.#ports.sessions.ready.toSorted((a, b) => near(a) < near(b) ? -1 : 1);
    for (const session of open) this.ask(session);
  }

  /** Asks for what the peer has and we lack, unless another is asked for it: one want at a time. */
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
    session.push.wants = true; // who is asked begins to push again
    session.outbox.say("want", { kind: "want", feeds, mostBytes: WANT_BYTES, n });
  }

  /** Of a restored identity: a peer that holds our feed, and nothing newer of it, says that we are not behind. */
  async confirm(session: Session): Promise<void> {
    const { replica, sessions } = this.#ports;
    if (!replica.unconfirmed) return;
    const theirs = session.heads.get(replica.id);
    if (!theirs || theirs.seq === 0 || this.#lackingAfter(session, theirs) !== null) return;
    if (replica.headOf(replica.id)?.quarantined !== undefined) return;
    await replica.confirmIdentity();
    sessions.changed("status");
  }

  /** Records here that the peer is not known to have. */
  waitingFor({ heads }: Session): number {
    return this.#ports.replica.heads.reduce(
      (sum, { device, seq }) => sum + Math.max(0, seq - (heads.get(device)?.seq ?? 0)),
      0,
    );
  }

  async #added(
    session: Session,
    peer: DeviceId,
    received: Received,
    isPushed: boolean,
  ): Promise<void> {
    const { membership, sessions, book } = this.#ports;
    session.stalled.clear();
    await membership.settle();
    const added = [...received.added.keys()];
    const heads = this.#headsOf(added).map(feedHead);
    // it gave them, so it has them
    for (const head of heads) {
      if ((session.heads.get(head.device)?.seq ?? 0) < head.seq) {
        session.heads.set(head.device, head);
      }
    }
    book.has(peer, heads);
    session.outbox.tell("ack", added);
    const crew = received.crewChanged ? ["crew" as const] : [];
    sessions.changed("observations", "status", ...crew);
    if (received.crewChanged) this.#crewChanged();
    await this.spread(added, { except: session.link, isFresh: isPushed });
    await this.confirm(session);
  }

  /** Pushes what is fresh of a feed, if the peer has all that is before it. False when it must be told instead. */
  #push({ outbox, heads, sent, push }: Session, { device, seq }: Head, from: number): boolean {
    const known = Math.max(heads.get(device)?.seq ?? 0, sent.get(device) ?? 0);
    if (known >= seq) return true;
    const waiting = outbox.rangeOf(device);
    if (waiting) {
      // it goes on to the new end, now perhaps in a higher lane; but the answer to a want may end before
      const lane = this.#lanes.laneOf(device, waiting.after);
      outbox.push({ device, after: waiting.after, lane });
      return waiting.answers === 0;
    }
    if (!push.isWanted || known < from || seq - known > MOST_PUSHED) return false;
    outbox.push({ device, after: known, lane: this.#lanes.laneOf(device, known) });
    return true;
  }

  /** What came of the want under way. */
  #progress(
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

  /** Says what was refused and why. False when the peer is to blame, and is gone. */
  #report(session: Session, { refused }: Received): boolean {
    const { sessions } = this.#ports;
    if (refused.some(({ why }) => why === "malformed" || why === "bad-signature")) {
      sessions.refuse(session, "forged", "The other device sent records that are not genuine.");
      return false;
    }
    for (const { device, why } of refused) {
      const told = INCIDENTS[why];
      if (told && device) sessions.incident(told.kind, told.message, device);
    }
    return true;
  }

  /** When to ask over a link that is to be silent: not at once, if another may bring it. */
  #askAt(): number {
    const isAlone = !this.#ports.sessions.ready.some(({ push }) => push.wants);
    return this.#ports.nowMs() + (isAlone ? 0 : LAZY_MS);
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

  /** A device that forked may have said less to the peer than to us: then our own feed tells, further back. */
  async #findContrary(session: Session, heads: readonly FeedHead[]): Promise<void> {
    const { replica } = this.#ports;
    for (const { device, seq, hash } of heads) {
      const mine = replica.headOf(device);
      const isBehind = mine && mine.quarantined === undefined && seq > 0 && seq < mine.seq;
      if (!isBehind || !replica.knows(device)) continue;
      const ours = await replica.hashAt(device, seq);
      if (ours && !equalBytes(hash, ours.subarray(0, HEAD_HASH_BYTES))) {
        session.contrary.add(device);
      } else session.contrary.delete(device);
    }
  }

  /** After which of our entries the peer's feed has news; null for none. */
  #lackingAfter(session: Session, theirs: FeedHead): number | null {
    const { replica } = this.#ports;
    const mine = replica.headOf(theirs.device);
    if (mine?.quarantined !== undefined) return null;
    // of a removed member only what it wrote before is news; of a stranger, nothing
    const reach = Math.min(theirs.seq, replica.through(theirs.device));
    if (reach > (mine?.seq ?? 0)) return mine?.seq ?? 0;
    if (!replica.knows(theirs.device)) return null;
    if (session.contrary.has(theirs.device)) return theirs.seq - 1;
    const forked = mine && theirs.seq === mine.seq && mine.seq > 0 &&
      !equalBytes(theirs.hash, mine.hash.subarray(0, HEAD_HASH_BYTES));
    return forked ? mine.seq - 1 : null;
  }

  /** The last entry of a feed that may be given. */
  #reach(device: DeviceId): number {
    const { replica } = this.#ports;
    return Math.min(replica.headOf(device)?.seq ?? 0, replica.through(device));
  }

  /** Heads of these feeds, as far as others may know of them. */
  #headsOf(devices: readonly DeviceId[]): Head[] {
    const named = new Set(devices);
    return this.#ports.replica.heads.filter(({ device }) => named.has(device));
  }
}

function isSame(theirs: FeedHead | undefined, { seq, hash }: Head): boolean {
  return theirs?.seq === seq && equalBytes(theirs.hash, hash.subarray(0, HEAD_HASH_BYTES));
}

/** Refusals that are somebody's doing: the signature over what was refused is its device's own. */
const INCIDENTS: Partial<Record<Refusal, { kind: IncidentKind; message: string }>> = {
  "wrong-actor": {
    kind: "forged",
    message: "A device signed a record that speaks for another one. It was not taken.",
  },
  forked: {
    kind: "forked",
    message:
      "A device signed two different records with one number. Nothing more is taken from it.",
  },
  "not-allowed": {
    kind: "wrong-role",
    message: "A device wrote what its role in the crew does not allow. It was not taken.",
  },
  removed: {
    kind: "revoked",
    message: "A device that was removed from the crew went on writing. That was not taken.",
  },
};
