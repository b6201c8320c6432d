/**
 * The sync node: a state machine over frames. Links hand it bytes and time; what is to be done comes out
 * as effects. What waits for a peer waits in its {@link Outbox}, in lanes; what is under way to it is
 * bounded, so a slow reader never makes a link's queue grow, and no picture delays an alert.
 */
import type { Bytes } from "../bytes.ts";
import { assertNever } from "../errors.ts";
import type { Crew } from "../feed/crew.ts";
import type { DeviceId } from "../observation.ts";
import type { LinkState } from "../schedule/send_rate.ts";
import { Arrivals, type Arrived, costOfArrived } from "./arrivals.ts";
import type { HeardMessage } from "./ephemerals.ts";
import { FeedTalk } from "./feed_talk.ts";
import { FrameMaker } from "./frame_maker.ts";
import { type HelloFrame, NONCE_BYTES, type ProofFrame, type SyncFrame } from "./frames.ts";
import { ENOUGH_NEIGHBOURS, Gatekeeper, REMOVED, STRANGER_CALLED } from "./gatekeeper.ts";
import type { Incident } from "./incidents.ts";
import type { LinkKind } from "./lanes.ts";
import { MediaTalk } from "./media_talk.ts";
import { MessageTalk } from "./message_talk.ts";
import type { NodePorts, PeerLink } from "./node_ports.ts";
import type { PeerBook } from "./peer_book.ts";
import { Pump } from "./pump.ts";
import { WINDOW_BYTES } from "./send_window.ts";
import { newSession, type Session } from "./session.ts";
import { Sessions } from "./sessions.ts";
import { type Standing, Standings } from "./standings.ts";
import { STANDING } from "./topics.ts";

export { ENOUGH_NEIGHBOURS, REMOVED } from "./gatekeeper.ts";
export type { Changed, Effect, NodePorts, PeerLink } from "./node_ports.ts";

const HANDSHAKE_MS = 15_000;
const ANSWER_MS = 20_000;
/** A peer of which nothing is heard for so long is gone. It is asked often enough to say something. */
const SILENT_MS = 30_000;
/** Between two questions, while there is traffic (frequent, to know the link) and while there is none (frugal). */
const PROBE_BUSY_MS = 5_000;
const PROBE_QUIET_MS = 20_000;
const BUSY_MS = 10_000;
/** Time between two ticks that counts as silence: a worker that slept has heard nothing of anybody. */
const MOST_TICK_MS = 2_000;

const ONLY_REPLAYED =
  "The other device only said what had been said before, on another connection.";

type MemberFrame = Exclude<SyncFrame, HelloFrame | ProofFrame | { kind: "bye" }>;

export class SyncNode {
  readonly #ports: NodePorts;
  readonly #sessions: Sessions;
  readonly #arrivals: Arrivals;
  readonly #gate: Gatekeeper;
  readonly #feeds: FeedTalk;
  readonly #media: MediaTalk;
  readonly #messages: MessageTalk;
  readonly #standings: Standings;
  readonly #pump: Pump;
  #tickedAt: number;
  readonly book: PeerBook;

  constructor(ports: NodePorts, book: PeerBook) {
    this.#ports = ports;
    this.book = book;
    this.#tickedAt = ports.nowMs();
    const sessions = new Sessions({
      ...ports,
      book,
      forget: (link) => this.#forget(link),
      woken: () => this.#askOthers(),
    });
    const talk = { ...ports, book, sessions };
    this.#sessions = sessions;
    this.#arrivals = new Arrivals(sessions);
    this.#feeds = new FeedTalk(talk, () => this.#crewChanged());
    this.#media = new MediaTalk(talk);
    this.#messages = new MessageTalk(talk, ports.signer);
    this.#standings = new Standings({
      ...talk,
      publish: (message) => this.#messages.publish(message),
      countMedia: () => this.#media.count(),
    });
    this.#messages.subscribe(STANDING, (heard) => this.#standings.heard(heard));
    const maker = new FrameMaker({ ...talk, feeds: this.#feeds, media: this.#media });
    this.#pump = new Pump({ sessions, maker, effect: ports.effect });
    this.#gate = new Gatekeeper({
      ...talk,
      forget: (link) => this.#forget(link),
      tookIn: ({ link }) => this.#spread([ports.replica.id], link),
      admitted: (session, peer) => this.#admitted(session, peer),
    });
  }

  /** Peers with an open session. */
  get connected(): ReadonlySet<DeviceId> {
    return new Set(this.#sessions.open.flatMap(({ peer }) => peer ?? []));
  }

  /** Open sessions. */
  peers(): readonly PeerLink[] {
    return this.#sessions.open.flatMap((session) => {
      const { peer: device, link, via, openedAt: sinceMs, media, outbox } = session;
      if (device === null) return [];
      const { rttMs, loss } = session.quality;
      const records = this.#feeds.waitingFor(session);
      const waiting = { records, mediaParts: outbox.mediaParts };
      return { device, link, via, sinceMs, rttMs, loss, media, waiting };
    });
  }

  /** How a member stands by its own word, which came through others; undefined when none came of late. */
  standing(device: DeviceId): Standing | undefined {
    return this.#standings.of(device);
  }

  /** What peers did that no honest one does, the newest first. */
  get incidents(): readonly Incident[] {
    return this.#sessions.log.incidents;
  }

  /** How good each open session's link is just now. */
  get links(): readonly LinkState[] {
    return this.#sessions.open.map(({ quality: { rttMs, loss }, outbox: { pressure } }) => ({
      ...{ rttMs, loss, pressure },
    }));
  }

  /** 0: every peer keeps up; 1: records or messages wait for each of them. */
  get pressure(): number {
    const { open } = this.#sessions;
    const sum = open.reduce((all, { outbox }) => all + outbox.pressure, 0);
    return open.length === 0 ? 0 : sum / open.length;
  }

  /**
   * Tells those who subscribe to this topic. `retain`: also who subscribes later; `critical`: before
   * observations, and not only the newest. Throws what {@link Ephemerals.publish} throws.
   */
  async publish(
    message: {
      readonly topic: string;
      readonly bytes: Bytes;
      readonly retain?: boolean;
      readonly critical?: boolean;
    },
  ): Promise<void> {
    await this.#messages.publish(message);
    await this.#pump.run();
  }

  /** Hears what is published on topics of this pattern. Others learn of it at the next tick. Returns what ends it. */
  subscribe(pattern: string, listener: (heard: HeardMessage) => void): () => void {
    return this.#messages.subscribe(pattern, listener);
  }

  /** What a member published under its own name is not what belongs under that topic: a listener says so. */
  reportMalformed(device: DeviceId): void {
    if (!this.#ports.replica.crew?.members.has(device)) return;
    const why = "A device published what cannot be read. It was not taken.";
    this.#sessions.incident("malformed", why, device);
  }

  /** A link is there; `binding` is what both ends know of the channel. Known links begin anew. */
  open(link: string, binding: Bytes, via: LinkKind = "webrtc"): void {
    const { membership, replica, random, nowMs } = this.#ports;
    const hello: HelloFrame = {
      kind: "hello",
      device: replica.id,
      nonce: random(NONCE_BYTES),
      invite: membership.ticket?.id ?? null,
    };
    const about = { link, binding, via, hello, chance: () => this.#chance() };
    this.#sessions.add(newSession(about, nowMs()));
  }

  /** Bytes from the other side. Resolves when they have been dealt with. */
  receive(link: string, bytes: Uint8Array): Promise<void> {
    const session = this.#sessions.get(link);
    const arrived = session && this.#arrivals.take(session, bytes, this.#ports.nowMs());
    if (!session || !arrived) return Promise.resolve();
    session.turn = session.turn.then(() => this.#handle(session, arrived))
      .catch((thrown) => this.#sessions.stop(session, thrown))
      .finally(() => this.#arrivals.left(session, arrived));
    return session.turn;
  }

  /** The link is gone. */
  close(link: string): void {
    this.#sessions.close(link);
  }

  closeAll(): void {
    for (const { link } of this.#sessions.all) this.close(link);
  }

  /** Feeds have grown here: who is right behind is pushed what is fresh, every other peer that is open is told. */
  async announce(devices: readonly DeviceId[], except?: string): Promise<void> {
    await this.#spread(devices, except);
    await this.#pump.run();
  }

  /** Time has passed: ends what takes too long, compares summaries now and then. Call about once a second. */
  async tick(): Promise<void> {
    const now = this.#ports.nowMs();
    const awakeMs = Math.min(MOST_TICK_MS, Math.max(0, now - this.#tickedAt));
    this.#tickedAt = now;
    for (const session of this.#sessions.all) {
      session.silentMs += awakeMs;
      this.#endOverdue(session, now);
      const isReady = this.#sessions.isOpen(session) && !this.#sessions.isWaiting(session);
      if (isReady) await this.#tickSession(session, now);
    }
    this.#sessions.tree.wake();
    this.#messages.tick();
    await this.#messages.tellPatterns();
    await this.#standings.tick();
    await this.#media.tick(ANSWER_MS);
    await this.#pump.run();
    await this.book.save();
  }

  /** Parts from a neighbour that another takes the place of; it is told so. */
  leave(device: DeviceId): void {
    for (const session of this.#sessions.open) {
      if (session.peer === device) this.#sessions.turnAway(session, ENOUGH_NEIGHBOURS);
    }
  }

  /** Ends the sessions of those who are no members any more. */
  dropStrangers(): void {
    const { replica, membership: { ticket } } = this.#ports;
    for (const session of this.#sessions.open) {
      if (session.peer === null || session.peer === ticket?.inviter) continue;
      if (!replica.knows(session.peer)) this.#sessions.turnAway(session, REMOVED);
    }
  }

  // ---------------------------------------------------------------- what comes

  async #handle(session: Session, arrived: Arrived): Promise<void> {
    if (!this.#sessions.has(session)) return;
    const frame = this.#arrivals.read(session, arrived);
    if (!frame) return;
    if (frame !== "unknown") await this.#hear(session, frame, arrived.at);
    if (session.peer) session.credit.dealt(costOfArrived(frame, arrived.bytes.length));
    this.#giveCredit(session);
    await this.#pump.run();
  }

  async #hear(session: Session, frame: SyncFrame, at: number): Promise<void> {
    if (frame.kind === "hello") return await this.#gate.greet(session, frame);
    if (frame.kind === "proof") return await this.#gate.admit(session, frame);
    if (frame.kind === "bye") return await this.#leave(session, frame.reason);
    if (!session.peer) return;
    this.book.heard(session.peer, this.#ports.nowMs());
    await this.#serve(session, session.peer, frame, at);
  }

  async #serve(session: Session, peer: DeviceId, frame: MemberFrame, at: number): Promise<void> {
    switch (frame.kind) {
      case "summary":
        await this.#accepted(session, peer);
        await this.#feeds.compare(session, peer, frame);
        return await this.#media.ask();
      case "heads":
        await this.#feeds.heard(session, peer, frame.heads);
        return await this.#media.ask();
      case "ack":
        return await this.#feeds.note(session, peer, frame.heads);
      case "want":
        return await this.#feeds.give(session, frame);
      case "entries":
        session.busyAt = at;
        await this.#feeds.take(session, peer, frame);
        return await this.#media.ask(session);
      case "blob-want":
        return this.#media.give(session, frame);
      case "blob-chunk":
        session.busyAt = at;
        return await this.#media.take(session, peer, frame);
      case "blob-have":
        return await this.#media.heard(session, frame);
      case "blob-ask":
        return await this.#media.say(session, frame);
      case "clock-probe": {
        const heldMs = Math.max(0, this.#ports.nowMs() - at);
        return session.outbox.say("clock", { kind: "clock", n: frame.n, receivedAt: at, heldMs });
      }
      case "clock": {
        session.quality.answered(frame.n, at);
        const reading = session.clock.answered(frame, at);
        if (reading && this.book.measured(peer, reading)) this.#sessions.changed("status");
        return;
      }
      case "credit":
        if (session.outbox.window.credit(frame.bytes, frame.control)) return;
        this.#sessions.refuse(
          session,
          "malformed",
          "The other device says it got what was not sent.",
        );
        return;
      case "pushing":
        if (!frame.origins) session.push.isMute = !frame.isWanted;
        return this.#messages.wants(session, frame.origins ?? [], frame.isWanted);
      case "message-have":
        return this.#messages.told(session, frame.ids);
      case "message-want":
        return this.#messages.give(session, frame.ids);
      case "ephemeral":
        session.busyAt = at;
        return await this.#messages.take(session, frame.message);
      default:
        return assertNever(frame);
    }
  }

  // ---------------------------------------------------------------- sessions

  async #admitted(session: Session, peer: DeviceId): Promise<void> {
    this.#sessions.replaceOlder(session, peer);
    session.peer = peer;
    session.unprovedBytes = 0;
    this.book.heard(peer, this.#ports.nowMs());
    this.#sessions.changed("status", "links");
    // one who waits to be taken in stays silent until the inviter's summary says so
    if (this.#ports.membership.ticket?.inviter !== peer) await this.#begin(session, peer);
  }

  async #begin(session: Session, peer: DeviceId): Promise<void> {
    this.#feeds.summarise(session);
    await this.#messages.opened(session, peer);
  }

  /** The first summary of the inviter tells us that we were taken in. */
  async #accepted(session: Session, peer: DeviceId): Promise<void> {
    const { membership } = this.#ports;
    if (membership.ticket?.inviter !== peer) return;
    await membership.accepted();
    this.#sessions.changed("crew", "status");
    await this.#begin(session, peer);
  }

  async #leave(session: Session, reason: string): Promise<void> {
    const { membership } = this.#ports;
    this.#sessions.drop(session, "peer-refused", reason);
    // only from the inviter itself, which has proved its key: nobody else may end an invite
    if (!session.peer || membership.ticket?.inviter !== session.peer) return;
    if (reason === ENOUGH_NEIGHBOURS) return; // it has taken us in, and is linked with others
    await membership.drop();
    const message =
      "The invite was not accepted: it has expired, or was used too often. Ask for a new one.";
    this.#ports.effect({ kind: "refused", failure: { code: "invite-refused", message } });
  }

  async #spread(devices: readonly DeviceId[], except?: string): Promise<void> {
    await this.#feeds.spread(devices, { except, isFresh: true });
    await this.#media.ask();
  }

  /** Ends what takes too long. */
  #endOverdue(session: Session, now: number): void {
    const sessions = this.#sessions;
    const isLate = now - session.openedAt > HANDSHAKE_MS;
    if (!session.peer && isLate) {
      if (session.hasStaleProof) sessions.refuse(session, "replayed", ONLY_REPLAYED);
      else sessions.refuse(session, "silent", "The other device did not say who it is.");
    } else if (sessions.isWaiting(session) && isLate) {
      // each may wait for the other: a new link begins with new hellos, which tell
      sessions.drop(session, "peer-refused", "The other device has not taken this one in yet.");
    } else if (session.silentMs > SILENT_MS) {
      sessions.refuse(session, "silent", "The other device did not answer for 30 seconds.");
    }
  }

  async #tickSession(session: Session, now: number): Promise<void> {
    session.quality.expire(now);
    this.#feeds.tick(session, ANSWER_MS);
    this.#probe(session, now);
    this.#giveCredit(session);
    await this.#media.askCopies(session);
  }

  /** How far is it, does it still answer, and what does its clock show? */
  #probe({ clock, quality, outbox, busyAt }: Session, now: number): void {
    const isBusy = Math.abs(now - busyAt) < BUSY_MS || outbox.window.underWay() > WINDOW_BYTES / 8;
    const n = clock.next(now, isBusy ? PROBE_BUSY_MS : PROBE_QUIET_MS);
    if (n === null) return;
    quality.asked(n, now);
    outbox.say("clock-probe", { kind: "clock-probe", n });
  }

  #crewChanged(): void {
    this.dropStrangers();
    const { crew } = this.#ports.replica;
    if (!crew) return;
    this.#withdrawMistaken(crew);
    this.#messages.forget(crew.removed.keys());
    for (const device of crew.removed.keys()) this.#standings.forget(device);
  }

  /** Who was taken in elsewhere may have called here before the word of it came. */
  #withdrawMistaken({ members, removed }: Crew): void {
    const isNamed = (device = "") => members.has(device) || removed.has(device);
    this.#sessions.log.withdraw(({ message, device }) =>
      message === STRANGER_CALLED && isNamed(device)
    );
  }

  /** At once, but each in its turn. */
  #askOthers(): void {
    for (const session of this.#sessions.ready) {
      session.turn = session.turn.then(() => {
        this.#feeds.ask(session);
        return this.#pump.run();
      }).catch((thrown) => this.#sessions.stop(session, thrown));
    }
  }

  #forget(link: string): void {
    this.#media.forget(link);
    this.#feeds.forget(link);
  }

  #giveCredit(session: Session): void {
    if (!this.#sessions.isOpen(session)) return;
    const due = session.credit.due(this.#ports.nowMs());
    if (due) this.#sessions.send(session, { kind: "credit", ...due });
  }

  /** 0 up to 1. */
  #chance(): number {
    const bytes = this.#ports.random(4);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) / 2 ** 32;
  }
}
