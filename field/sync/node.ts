/**
 * The sync node: a state machine over frames. Links hand it bytes and time; what is to be done comes out
 * as effects. Everything a peer gets it has asked for, at most {@link WANT_BYTES} at a time, so a slow
 * reader never makes a sender's queue grow.
 */
import { type Bytes, equalBytes } from "../bytes.ts";
import { assertNever, type Failure, toFailure } from "../errors.ts";
import type { IssuedInvite } from "../invite.ts";
import type { Signer } from "../keys.ts";
import type { DeviceId } from "../observation.ts";
import type { Replica } from "../feed/replica.ts";
import type { Store } from "../store/store.ts";
import {
  encodeFrame,
  type FeedHead,
  HEAD_HASH_BYTES,
  type HelloFrame,
  type Keeping,
  NONCE_BYTES,
  parseFrame,
  type ProofFrame,
  type SyncFrame,
} from "./frames.ts";
import { checkInvite, checkProof, isAnswerTo, prove } from "./handshake.ts";
import { digestOf, feedHead } from "./heads.ts";
import { MediaTalk } from "./media_talk.ts";
import type { Membership } from "./membership.ts";
import { PeerBook } from "./peer_book.ts";
import { beginAnew, newSession, type Session } from "./session.ts";

export type Effect =
  | { readonly kind: "send"; readonly link: string; readonly bytes: Bytes }
  | { readonly kind: "drop"; readonly link: string; readonly reason: Failure }
  /** The inviter does not take us in; its invite has been forgotten. */
  | { readonly kind: "refused"; readonly failure: Failure }
  /** There is no room for the media of peers; their records still come. Told whenever it was tried in vain. */
  | { readonly kind: "full"; readonly failure: Failure }
  | {
    readonly kind: "changed";
    readonly what: readonly ("status" | "observations" | "blobs" | "crew")[];
  };

export interface NodePorts {
  readonly replica: Replica;
  readonly membership: Membership;
  readonly store: Store;
  readonly signer: Signer;
  readonly nowMs: () => number;
  readonly random: (byteLength: number) => Bytes;
  readonly effect: (effect: Effect) => void;
  /** What becomes of the media here. Absent: they stay. */
  readonly keeping?: () => Keeping;
}

/** Entries a want asks for: one frame's worth, below {@link MOST_FRAME_BYTES} with room for its head. */
const WANT_BYTES = 48 * 1024;
const HANDSHAKE_MS = 15_000;
/** What a device hears of a member when the crew has removed it. */
export const REMOVED = "This device was removed from the crew.";
const ANSWER_MS = 20_000;
const SUMMARY_EVERY_MS = 15_000;
/** Frames of one link waiting to be handled: more than an honest peer ever has under way. */
const MOST_WAITING_FRAMES = 64;

export class SyncNode {
  readonly #ports: NodePorts;
  readonly #sessions = new Map<string, Session>();
  readonly #media: MediaTalk;
  readonly book: PeerBook;

  constructor(ports: NodePorts, book: PeerBook) {
    this.#ports = ports;
    this.book = book;
    this.#media = new MediaTalk({
      ...ports,
      send: (link, frame) => this.#send(link, frame),
      links: () => this.#openSessions().map(({ link }) => link),
    });
  }

  /** Peers with an open session. */
  get connected(): ReadonlySet<DeviceId> {
    return new Set([...this.#sessions.values()].flatMap(({ peer }) => peer ?? []));
  }

  /** A link is there; `binding` is what both ends know of the channel. Known links begin anew. */
  open(link: string, binding: Bytes): void {
    const { membership, replica, random, nowMs } = this.#ports;
    const hello: HelloFrame = {
      kind: "hello",
      device: replica.id,
      nonce: random(NONCE_BYTES),
      invite: membership.ticket?.id ?? null,
    };
    this.#media.forget(link);
    this.#sessions.set(link, newSession(link, binding, hello, nowMs()));
    this.#send(link, hello);
  }

  /** Bytes from the other side. Resolves when they have been dealt with. */
  receive(link: string, bytes: Uint8Array): Promise<void> {
    const session = this.#sessions.get(link);
    if (!session) return Promise.resolve();
    if (++session.waiting > MOST_WAITING_FRAMES) {
      this.#drop(session, "peer-refused", "The other device sends faster than it may.");
      return Promise.resolve();
    }
    const receivedAt = this.#ports.nowMs();
    session.turn = session.turn.then(() => this.#handle(session, bytes, receivedAt))
      .catch((thrown) => this.#stop(session, toFailure(thrown)))
      .finally(() => session.waiting--);
    return session.turn;
  }

  /** The link is gone. */
  close(link: string): void {
    const session = this.#sessions.get(link);
    if (!session || !this.#sessions.delete(link)) return;
    this.#media.forget(link);
    if (session.peer) this.#changed("status");
  }

  closeAll(): void {
    for (const link of [...this.#sessions.keys()]) this.close(link);
  }

  /** Feeds have grown here: tells every peer that is open. */
  async announce(devices: readonly DeviceId[], except?: string): Promise<void> {
    const heads = this.#headsOf(devices);
    for (const session of this.#openSessions()) {
      session.stalled.clear();
      if (session.link !== except) this.#send(session.link, { kind: "heads", heads });
      await this.#ask(session);
    }
  }

  /** Time has passed: ends what takes too long, compares summaries now and then. Call about once a second. */
  async tick(): Promise<void> {
    const now = this.#ports.nowMs();
    for (const session of [...this.#sessions.values()]) {
      if (!session.peer && now - session.openedAt > HANDSHAKE_MS) {
        this.#drop(session, "peer-refused", "The other device did not say who it is.");
      } else if (this.#isWaiting(session) && now - session.openedAt > HANDSHAKE_MS) {
        // each may wait for the other: a new link begins with new hellos, which tell
        this.#drop(session, "peer-refused", "The other device has not taken this one in yet.");
      } else if (session.peer && !this.#isWaiting(session)) {
        if (session.wanted && now - session.wanted.at > ANSWER_MS) {
          session.wanted = null;
          session.late++;
        }
        if (now - session.summaryAt > SUMMARY_EVERY_MS) {
          session.stalled.clear();
          await this.#summarise(session);
        }
        await this.#ask(session);
        this.#probeClock(session);
        await this.#media.askCopies(session);
      }
    }
    await this.#media.tick(ANSWER_MS);
    await this.book.save();
  }

  /** Ends the sessions of those who are no members any more. */
  dropStrangers(): void {
    const { replica, membership: { ticket } } = this.#ports;
    for (const session of this.#openSessions()) {
      if (session.peer === null || session.peer === ticket?.inviter) continue;
      if (!replica.knows(session.peer)) {
        this.#refuse(session, REMOVED);
      }
    }
  }

  /** Until the inviter has taken us in, its session is good for nothing else. */
  #isWaiting({ peer }: Session): boolean {
    const { replica, membership: { ticket } } = this.#ports;
    return peer !== null && ticket?.inviter === peer && replica.crew?.founder !== ticket.founder;
  }

  async #handle(session: Session, bytes: Uint8Array, receivedAt: number): Promise<void> {
    if (this.#sessions.get(session.link) !== session) return;
    const frame = parseFrame(bytes);
    if (frame === "unknown") return;
    if (!frame) {
      return this.#drop(session, "frame-invalid", "The other device sent something unreadable.");
    }
    if (frame.kind === "hello") return await this.#greet(session, frame);
    if (frame.kind === "proof") return await this.#admit(session, frame);
    if (frame.kind === "bye") return await this.#leave(session, frame.reason);
    // what was under way when our worker was restarted; the other side begins anew at our hello
    if (!session.peer) return;
    this.book.heard(session.peer, this.#ports.nowMs());
    await this.#serve(session, session.peer, frame, receivedAt);
  }

  async #serve(
    session: Session,
    peer: DeviceId,
    frame: Exclude<SyncFrame, HelloFrame | ProofFrame | { kind: "bye" }>,
    receivedAt: number,
  ): Promise<void> {
    switch (frame.kind) {
      case "summary":
        await this.#accepted(session, peer);
        return await this.#compare(session, peer, frame.digest);
      case "heads":
        await this.#findContrary(session, frame.heads);
        return await this.#note(session, peer, frame.heads);
      case "ack":
        return await this.#note(session, peer, frame.heads);
      case "want":
        return await this.#give(session, frame);
      case "entries":
        return await this.#take(session, frame.entries);
      case "blob-want":
        return await this.#media.give(session.link, frame.parts);
      case "blob-chunk":
        return await this.#media.take(session, frame);
      case "blob-have":
        return await this.#media.heard(session, frame);
      case "blob-ask":
        return await this.#media.say(session.link, frame.hashes);
      case "clock-probe": {
        const heldMs = Math.max(0, this.#ports.nowMs() - receivedAt);
        return this.#send(session.link, { kind: "clock", n: frame.n, receivedAt, heldMs });
      }
      case "clock": {
        const reading = session.clock.answered(frame, receivedAt);
        if (reading && this.book.measured(peer, reading)) this.#changed("status");
        return;
      }
      default:
        return assertNever(frame);
    }
  }

  async #greet(session: Session, theirs: HelloFrame): Promise<void> {
    if (session.theirs && equalBytes(session.theirs.nonce, theirs.nonce)) return;
    if (theirs.device === this.#ports.replica.id) {
      return this.#drop(session, "peer-refused", "This device called itself.");
    }
    if (session.theirs) {
      // the other side's worker began anew on the same channel, and has not seen our hello
      this.#media.forget(session.link);
      beginAnew(session, this.#ports.nowMs());
      this.#send(session.link, session.hello);
    }
    session.theirs = theirs;
    const { ticket } = this.#ports.membership;
    const secret = ticket?.inviter === theirs.device ? ticket.secret : null;
    this.#send(
      session.link,
      await prove(this.#ports.signer, session.binding, session.hello, theirs, secret),
    );
  }

  async #admit(session: Session, proof: ProofFrame): Promise<void> {
    const { theirs, hello, binding } = session;
    if (!theirs || session.peer || !isAnswerTo(proof, hello)) return;
    if (!await checkProof(proof, binding, hello, theirs)) {
      return this.#refuse(session, "The other device could not prove who it is.");
    }
    if (!await this.#mayStay(session, theirs, proof)) {
      const isRemoved = this.#ports.replica.crew?.removed.has(theirs.device);
      return this.#refuse(
        session,
        isRemoved ? REMOVED : "You are not a member of this crew, and the invite is not valid.",
      );
    }
    this.#replaceOlder(session, theirs.device);
    session.peer = theirs.device;
    this.book.heard(theirs.device, this.#ports.nowMs());
    this.#changed("status");
    // one who waits to be taken in stays silent until the inviter's summary says so
    if (this.#ports.membership.ticket?.inviter !== theirs.device) await this.#summarise(session);
  }

  async #mayStay(session: Session, theirs: HelloFrame, proof: ProofFrame): Promise<boolean> {
    const { replica, membership } = this.#ports;
    const invite = await this.#inviteShown(session, theirs, proof);
    if (membership.ticket?.inviter === theirs.device) {
      // each has invited the other: the one with the smaller key takes the other in
      if (!invite || replica.id > theirs.device) return true;
      await membership.drop();
    }
    if (replica.knows(theirs.device)) return true;
    // on our way into another crew we take nobody in: he would be left behind in this one
    if (!invite || membership.ticket) return false;
    await membership.admit(theirs.device, invite);
    this.#changed("crew", "status");
    await this.announce([replica.id], session.link);
    return true;
  }

  /** The invite of ours that the other side has proved to hold. */
  async #inviteShown(
    { binding, hello }: Session,
    theirs: HelloFrame,
    proof: ProofFrame,
  ): Promise<IssuedInvite | null> {
    const invite = theirs.invite && this.#ports.membership.find(theirs.invite, theirs.device);
    if (!invite) return null;
    return await checkInvite(proof, invite.secret, binding, hello, theirs) ? invite : null;
  }

  async #leave(session: Session, reason: string): Promise<void> {
    const { membership } = this.#ports;
    this.#drop(session, "peer-refused", reason);
    // only from the inviter itself, which has proved its key: nobody else may end an invite
    if (!session.peer || membership.ticket?.inviter !== session.peer) return;
    await membership.drop();
    const message =
      "The invite was not accepted: it has expired, or was used too often. Ask for a new one.";
    this.#ports.effect({ kind: "refused", failure: { code: "invite-refused", message } });
  }

  /** The first summary of the inviter tells us that we were taken in. */
  async #accepted(session: Session, peer: DeviceId): Promise<void> {
    const { membership } = this.#ports;
    if (membership.ticket?.inviter !== peer) return;
    await membership.accepted();
    this.#changed("crew", "status");
    await this.#summarise(session);
  }

  async #summarise(session: Session): Promise<void> {
    session.summaryAt = this.#ports.nowMs();
    this.#send(session.link, {
      kind: "summary",
      digest: await digestOf(this.#ports.replica.heads),
    });
  }

  async #compare(session: Session, peer: DeviceId, digest: Bytes): Promise<void> {
    const heads = this.#ports.replica.heads;
    if (!equalBytes(digest, await digestOf(heads))) {
      return this.#send(session.link, { kind: "heads", heads: heads.map(feedHead) });
    }
    await this.#note(session, peer, heads.map(feedHead));
  }

  async #note(session: Session, peer: DeviceId, heads: readonly FeedHead[]): Promise<void> {
    for (const head of heads) {
      if ((session.heads.get(head.device)?.seq ?? -1) <= head.seq) {
        session.heads.set(head.device, head);
      }
    }
    if (this.book.has(peer, heads)) this.#changed("status");
    await this.#confirm(session);
    await this.#ask(session);
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

  /** Of a restored identity: a peer that holds our feed, and nothing newer of it, says that we are not behind. */
  async #confirm(session: Session): Promise<void> {
    const { replica } = this.#ports;
    if (!replica.unconfirmed) return;
    const theirs = session.heads.get(replica.id);
    if (!theirs || theirs.seq === 0 || this.#lackingAfter(session, theirs) !== null) return;
    if (replica.headOf(replica.id)?.quarantined !== undefined) return;
    await replica.confirmIdentity();
    this.#changed("status");
  }

  /** Asks for what the peer has and we lack: one want at a time. */
  async #ask(session: Session): Promise<void> {
    if (!session.peer || session.wanted) return await this.#media.ask(session);
    const feeds = [...session.heads.values()].flatMap((theirs) => {
      const after = this.#lackingAfter(session, theirs);
      return after === null || session.stalled.has(theirs.device)
        ? []
        : [{ device: theirs.device, after }];
    });
    if (feeds.length > 0) {
      session.wanted = { at: this.#ports.nowMs(), feeds: feeds.map(({ device }) => device) };
      this.#send(session.link, { kind: "want", feeds, mostBytes: WANT_BYTES });
    }
    await this.#media.ask(session);
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

  async #give(
    session: Session,
    want: { feeds: readonly { device: DeviceId; after: number }[]; mostBytes: number },
  ): Promise<void> {
    const { replica } = this.#ports;
    const entries: Bytes[] = [];
    let room = Math.min(want.mostBytes, WANT_BYTES);
    for (const { device, after } of want.feeds) {
      if (room <= 0 || replica.through(device) <= after) continue;
      for (const bytes of await replica.entriesAfter(device, after, room)) {
        if (bytes.length > room && entries.length > 0) break;
        entries.push(bytes);
        room -= bytes.length;
      }
    }
    this.#send(session.link, { kind: "entries", entries });
  }

  async #take(session: Session, entries: readonly Bytes[]): Promise<void> {
    const asked = session.wanted;
    if (session.late > 0) session.late--; // answers come in the order of the wants
    else if (asked) session.wanted = null;
    else {
      return this.#drop(session, "peer-refused", "The other device sent what was not asked for.");
    }
    const received = await this.#ports.replica.receive(entries);
    const idle = received.seen.size > 0 ? received.seen : new Set(asked?.feeds);
    for (const device of idle) if (!received.added.has(device)) session.stalled.add(device);
    if (received.refused.some(({ why }) => why === "malformed" || why === "bad-signature")) {
      return this.#drop(
        session,
        "peer-refused",
        "The other device sent records that are not genuine.",
      );
    }
    const added = [...received.added.keys()];
    if (added.length > 0) {
      session.stalled.clear();
      await this.#ports.membership.settle();
      this.#send(session.link, { kind: "ack", heads: this.#headsOf(added) });
      this.#changed("observations", "status", ...(received.crewChanged ? ["crew" as const] : []));
      if (received.crewChanged) this.dropStrangers();
      await this.announce(added, session.link);
      await this.#confirm(session);
    }
    // new members came with the crew document: what the peer told of them counts from now on
    await this.#ask(session);
  }

  /** Heads of these feeds, as far as others may know of them. */
  #headsOf(devices: readonly DeviceId[]): FeedHead[] {
    const told = new Set(devices);
    return this.#ports.replica.heads.filter(({ device }) => told.has(device)).map(feedHead);
  }

  #probeClock(session: Session): void {
    const n = session.clock.next(this.#ports.nowMs());
    if (n !== null) this.#send(session.link, { kind: "clock-probe", n });
  }

  /** A peer that calls again has lost the link before this one. */
  #replaceOlder(session: Session, peer: DeviceId): void {
    for (const other of [...this.#sessions.values()]) {
      if (other !== session && other.peer === peer) {
        this.#drop(other, "peer-refused", "Replaced by a newer connection.");
      }
    }
  }

  #stop(session: Session, { code, message, cause }: Failure): void {
    const why = code === "internal" ? cause ?? message : message;
    this.#drop(session, code, `Sync stopped: ${why}`);
  }

  #refuse(session: Session, reason: string): void {
    this.#send(session.link, { kind: "bye", reason });
    this.#drop(session, "peer-refused", reason);
  }

  #drop(session: Session, code: Failure["code"], message: string): void {
    if (this.#sessions.get(session.link) !== session) return;
    this.close(session.link);
    // only who has proved its key is held to it: anyone can say that he is someone
    if (session.peer && this.#ports.replica.knows(session.peer)) {
      this.book.refused(session.peer, message);
    }
    this.#ports.effect({ kind: "drop", link: session.link, reason: { code, message } });
  }

  #openSessions(): Session[] {
    return [...this.#sessions.values()].filter(({ peer }) => peer !== null);
  }

  #send(link: string, frame: SyncFrame): void {
    this.#ports.effect({ kind: "send", link, bytes: encodeFrame(frame) });
  }

  #changed(...what: ("status" | "observations" | "blobs" | "crew")[]): void {
    this.#ports.effect({ kind: "changed", what });
  }
}
