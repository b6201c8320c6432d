import { type Failure, toFailure } from "../errors.ts";
import type { DeviceId } from "../observation.ts";
import { encodeFrame, type SyncFrame } from "./frames.ts";
import { IncidentLog } from "./incident_log.ts";
import type { IncidentKind } from "./incidents.ts";
import type { Changed, NodePorts } from "./node_ports.ts";
import type { PeerBook } from "./peer_book.ts";
import { PushTree } from "./push_tree.ts";
import type { Session } from "./session.ts";

export interface SessionsPorts
  extends Pick<NodePorts, "replica" | "membership" | "nowMs" | "effect"> {
  readonly book: PeerBook;
  /** The link is gone, or begins anew. */
  readonly forget: (link: string) => void;
  /** What one link was to bring is wanted from others. */
  readonly woken: () => void;
}

/** The sessions of a node by their links, and how each ends. */
export class Sessions {
  readonly #ports: SessionsPorts;
  readonly #sessions = new Map<string, Session>();
  readonly log = new IncidentLog();
  readonly tree: PushTree;

  constructor(ports: SessionsPorts) {
    this.#ports = ports;
    const { replica, nowMs } = ports;
    this.tree = new PushTree({ self: replica.id, open: () => this.ready, nowMs });
  }

  get all(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  /** Those whose peer has proved who it is. */
  get open(): readonly Session[] {
    return this.all.filter(({ peer }) => peer !== null);
  }

  /** Of these, those that have not to wait for being taken in. */
  get ready(): readonly Session[] {
    return this.open.filter((session) => !this.isWaiting(session));
  }

  get(link: string): Session | undefined {
    return this.#sessions.get(link);
  }

  /** The session of a link, if it is open. */
  openOn(link: string): Session | undefined {
    const session = this.#sessions.get(link);
    return session?.peer ? session : undefined;
  }

  /** Is it still the one of its link? */
  has(session: Session): boolean {
    return this.#sessions.get(session.link) === session;
  }

  isOpen(session: Session): boolean {
    return this.has(session) && session.peer !== null;
  }

  /** Until the inviter has taken us in, its session is good for nothing else. */
  isWaiting({ peer }: Session): boolean {
    const { replica, membership: { ticket } } = this.#ports;
    return peer !== null && ticket?.inviter === peer && replica.crew?.founder !== ticket.founder;
  }

  /** Takes the place of another session of its link. */
  add(session: Session): void {
    this.#ports.forget(session.link);
    this.#sessions.set(session.link, session);
    this.send(session, session.hello);
  }

  /** The link is gone. */
  close(link: string): void {
    const session = this.#sessions.get(link);
    if (!session || !this.#sessions.delete(link)) return;
    this.#ports.forget(link);
    if (!session.peer) return;
    // what the others tell is not awaited over this link any more
    if (this.tree.wake()) {
      for (const one of this.open) one.askAt = -Infinity;
      this.#ports.woken();
    }
    this.changed("status", "links");
  }

  /** A peer that calls again has lost the link before this one. */
  replaceOlder(session: Session, peer: DeviceId): void {
    for (const other of this.all) {
      if (other !== session && other.peer === peer) {
        this.drop(other, "peer-refused", "Replaced by a newer connection.");
      }
    }
  }

  /** Ends it since something failed here. */
  stop(session: Session, thrown: unknown): void {
    const { code, message, cause } = toFailure(thrown);
    const why = code === "internal" ? cause ?? message : message;
    this.drop(session, code, `Sync stopped: ${why}`);
  }

  /** Ends it for what no honest peer does. */
  refuse(session: Session, kind: IncidentKind, message: string): void {
    if (!this.has(session)) return;
    this.incident(kind, message, session.peer ?? undefined);
    this.drop(session, kind === "malformed" ? "frame-invalid" : "peer-refused", message);
  }

  /** Ends it and tells the other side why, in these words or others. */
  turnAway(session: Session, reason: string, toOther = reason): void {
    this.send(session, { kind: "bye", reason: toOther });
    this.drop(session, "peer-refused", reason);
  }

  drop(session: Session, code: Failure["code"], message: string): void {
    if (!this.has(session)) return;
    this.close(session.link);
    // only who has proved its key is held to it: anyone can say that he is someone
    if (session.peer && this.#ports.replica.knows(session.peer)) {
      this.#ports.book.refused(session.peer, message);
    }
    this.#ports.effect({ kind: "drop", link: session.link, reason: { code, message } });
  }

  /** Notes what no honest peer does. `device`: whose doing it provably was. */
  incident(kind: IncidentKind, message: string, device?: DeviceId): void {
    const { crew } = this.#ports.replica;
    const isMember = device !== undefined &&
      (crew?.members.has(device) || crew?.removed.has(device) || false);
    const by = device === undefined ? { isMember } : { device, isMember };
    this.log.record(kind, message, this.#ports.nowMs(), by);
    this.changed("status");
  }

  /** Of the handshake, and credit: what does not wait in the outbox. */
  send({ link }: Session, frame: SyncFrame): void {
    this.#ports.effect({ kind: "send", link, bytes: encodeFrame(frame) });
  }

  changed(...what: Changed[]): void {
    this.#ports.effect({ kind: "changed", what });
  }
}
