import { type Bytes, equalBytes } from "../bytes.ts";
import type { Received } from "../feed/intake.ts";
import type { DeviceId } from "../observation.ts";
import type { Head } from "../store/store.ts";
import { reportFaults } from "./feed_faults.ts";
import { FeedLanes } from "./feed_lanes.ts";
import { FeedWants, WANT_BYTES } from "./feed_wants.ts";
import { type EntriesFrame, type FeedHead, type SummaryFrame, type WantFrame } from "./frames.ts";
import { digestOf, feedHead, heldHead, isSameHead } from "./heads.ts";
import {
  believable,
  findContrary,
  keepHeads,
  lackingAfter,
  repeatsItself,
  waitingFor,
} from "./peer_feeds.ts";
import { originName } from "./push_tree.ts";
import type { Session } from "./session.ts";
import type { TalkPorts } from "./talk_ports.ts";

/** Of fresh entries only a few are pushed; of more a neighbour asks for what it lacks. */
const MOST_PUSHED = 64;
/** A summary sent so lately is being compared, or was: another would be answered in the same way. */
const LATELY_MS = 2_000;

/** What sessions say to each other about feeds: who has what, who is asked for it, who is pushed it. */
export class FeedTalk {
  readonly #ports: TalkPorts;
  readonly #wants: FeedWants;
  readonly #lanes: FeedLanes;
  /** Where feeds ended when peers were last told. */
  readonly #told = new Map<DeviceId, number>();
  /** The crew has changed: sessions may have to end. */
  readonly #crewChanged: () => void;

  constructor(ports: TalkPorts, crewChanged: () => void) {
    this.#ports = ports;
    this.#wants = new FeedWants(ports);
    this.#lanes = new FeedLanes(ports.store, ports.replica);
    this.#crewChanged = crewChanged;
    for (const { device, seq } of ports.replica.heads) this.#told.set(device, seq);
  }

  /** The link is gone, or begins anew. True when it was asked for something. */
  forget(link: string): boolean {
    return this.#wants.forget(link);
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
      for (const { head, from } of feeds) {
        const isForked = head.quarantined !== undefined;
        // of a fork who brought one side of it must hear too
        if (session.link === except && !isForked) continue;
        if (!isForked && isFresh && this.#push(session, head, from)) continue;
        const theirs = session.heads.get(head.device);
        if (isForked ? !isSameHead(theirs, head) : theirs?.seq !== head.seq) {
          session.outbox.tell("heads", [head.device]);
        }
      }
      this.#believe(session, devices);
    }
    this.#wants.askAll();
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
    const news = heads.filter((head) => !isSameHead(session.heads.get(head.device), head));
    session.outbox.tell("heads", news.map(({ device }) => device));
    // what the peer has and did not tell it tells when it sees that we differ
    const isLately = Math.abs(nowMs() - session.summarisedAt) < LATELY_MS;
    if (!isLately) this.summarise(session);
  }

  /** The peer says where its feeds end. */
  async heard(session: Session, peer: DeviceId, heads: readonly FeedHead[]): Promise<void> {
    await findContrary(this.#ports.replica, session, heads);
    this.#wants.told(session, heads);
    await this.note(session, peer, heads);
  }

  /** The peer holds these. */
  async note(session: Session, peer: DeviceId, heads: readonly FeedHead[]): Promise<void> {
    const { replica, book, sessions } = this.#ports;
    keepHeads(replica, session, heads);
    if (book.has(peer, believable(replica, heads))) sessions.changed("status");
    await this.confirm(session);
    this.#wants.ask(session);
  }

  /** The peer wants entries: they are sent as there is room. */
  async give(session: Session, want: WantFrame): Promise<void> {
    const feeds = [];
    for (const { device, after } of want.feeds) {
      session.sent.set(device, after);
      this.#ports.sessions.tree.wants(session, originName(device), true);
      const isForked = this.#ports.replica.headOf(device)?.quarantined !== undefined;
      if (this.#reach(device) <= after && !isForked) continue;
      await this.#lanes.look(device);
      feeds.push({ device, after, lane: this.#lanes.laneOf(device, after) });
    }
    session.outbox.give({ ...want, mostBytes: Math.min(want.mostBytes, WANT_BYTES) }, feeds);
  }

  /** Entries have come, asked for or fresh. */
  async take(session: Session, peer: DeviceId, frame: EntriesFrame): Promise<void> {
    const { entries, answers = 0 } = frame;
    const { replica, sessions } = this.#ports;
    if (answers > session.wants || answers === 0 && entries.length === 0) {
      return sessions.refuse(session, "malformed", "The other device answered what was not asked.");
    }
    const isAnswer = session.wanted?.n === answers;
    const received = await replica.receive(entries);
    this.#wants.progress(session, frame, received);
    if (!reportFaults(sessions, session, received)) return;
    if (!isAnswer && this.#isRepeated(session, received)) {
      const why = "The other device said the same again and again, which had been said before.";
      return sessions.refuse(session, "replayed", why);
    }
    this.#brought(session, received);
    const isPushed = answers === 0;
    await this.#alsoHas(session, peer, received);
    if (isPushed) this.#wasPushed(session, received);
    else for (const device of received.added.keys()) sessions.tree.gave(session, device);
    if (received.added.size > 0) await this.#added(session, peer, received, isPushed);
    const forked = received.refused.flatMap(({ device, why }) =>
      why === "forked" ? device ?? [] : []
    );
    if (forked.length > 0) await this.spread(forked, { isFresh: false });
    // new members came with the crew document: what peers told of them counts from now on
    this.#wants.ask(session);
    this.#wants.askAll();
  }

  /** Gives up what takes too long, compares summaries now and then, and asks on. */
  tick(session: Session, answerMs: number): void {
    const isAsked = session.wanted !== null;
    this.#wants.tick(session, answerMs);
    if (session.pace.isDue(this.#ports.nowMs())) {
      if (!isAsked) session.stalled.clear();
      this.summarise(session);
    }
    this.#wants.ask(session);
  }

  /** Of a restored identity: a peer that holds our feed, and nothing newer of it, says that we are not behind. */
  async confirm(session: Session): Promise<void> {
    const { replica, sessions } = this.#ports;
    if (!replica.unconfirmed) return;
    const theirs = session.heads.get(replica.id);
    if (!theirs || theirs.seq === 0 || lackingAfter(replica, session, theirs) !== null) return;
    if (replica.headOf(replica.id)?.quarantined !== undefined) return;
    await replica.confirmIdentity();
    sessions.changed("status");
  }

  /** Asks for what the peer told of. */
  ask(session: Session): void {
    this.#wants.ask(session);
  }

  /** Records here that the peer is not known to have. */
  waitingFor(session: Session): number {
    return waitingFor(this.#ports.replica, session);
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
    const heads = this.#headsOf(added).map(heldHead);
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

  /** From where it is to be pushed further. */
  #wasPushed(session: Session, { added, held, refused, knownThrough }: Received): void {
    const { tree } = this.#ports.sessions;
    for (const device of added.keys()) tree.brought(session, device);
    if (held > 0 || refused.length > 0) return;
    for (const device of knownThrough.keys()) {
      if (!added.has(device)) tree.repeated(session, device);
    }
  }

  /** The peer has what it sent, and learns that it was here: else each would say that the other lacks it. */
  async #alsoHas(session: Session, peer: DeviceId, { knownThrough }: Received): Promise<void> {
    const both = this.#headsOf([...knownThrough.keys()])
      .filter(({ device, seq }) => knownThrough.get(device) === seq);
    if (both.length === 0) return;
    session.outbox.tell("ack", both.map(({ device }) => device));
    await this.note(session, peer, both.map(heldHead));
  }

  /** Pushes what is fresh of a feed, if the peer has all that is before it. False when it must be told instead. */
  #push(session: Session, { device, seq }: Head, from: number): boolean {
    const { outbox, heads, sent } = session;
    const known = Math.max(heads.get(device)?.seq ?? 0, sent.get(device) ?? 0);
    if (known >= seq) return true;
    const waiting = outbox.rangeOf(device);
    if (waiting) {
      // it goes on to the new end, now perhaps in a higher lane; but the answer to a want may end before
      const lane = this.#lanes.laneOf(device, waiting.after);
      outbox.push({ device, after: waiting.after, lane });
      return waiting.answers === 0;
    }
    if (known < from || seq - known > MOST_PUSHED) return false;
    if (!this.#ports.sessions.tree.isPushed(session, device)) return false;
    outbox.push({ device, after: known, lane: this.#lanes.laneOf(device, known) });
    return true;
  }

  /** What the peer told of these feeds before they had come here is believed now. */
  #believe(session: Session, devices: readonly DeviceId[]): void {
    const { replica, book } = this.#ports;
    const told = devices.flatMap((device) => session.heads.get(device) ?? []);
    if (session.peer) book.has(session.peer, believable(replica, told));
  }

  /** Nothing in it is new, and the peer had said all of it before. */
  #isRepeated(session: Session, { added, held, refused, knownThrough }: Received): boolean {
    const isNews = added.size > 0 || held > 0 || refused.length > 0;
    return !isNews && repeatsItself(session, knownThrough);
  }

  /** How far the peer has said each feed in this session. */
  #brought({ brought }: Session, { added, knownThrough }: Received): void {
    const { replica } = this.#ports;
    for (const device of new Set([...added.keys(), ...knownThrough.keys()])) {
      const last = added.has(device) ? replica.headOf(device)?.seq : knownThrough.get(device);
      brought.set(device, Math.max(last ?? 0, brought.get(device) ?? 0));
    }
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
