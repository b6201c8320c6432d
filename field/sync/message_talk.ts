import type { DeviceId, Hex } from "../observation.ts";
import type { Signer } from "../keys.ts";
import type { EphemeralMessage } from "./ephemeral_message.ts";
import { Ephemerals, type HeardMessage } from "./ephemerals.ts";
import { originName } from "./push_tree.ts";
import { RecentMessages } from "./recent_messages.ts";
import type { Session } from "./session.ts";
import type { TalkPorts } from "./talk_ports.ts";
import {
  encodePatterns,
  isProtocols,
  matches,
  parsePatterns,
  STANDING,
  SUBSCRIPTIONS,
} from "./topics.ts";

/** What a member is told when a session begins. */
const MOST_TOLD = 64;

/** What sessions say of this moment: messages that are never stored, to those who listen. */
export class MessageTalk {
  readonly #ports: TalkPorts;
  readonly #ephemerals: Ephemerals;
  readonly #recent = new RecentMessages();
  /** The patterns that others were last told of, as text. */
  #toldPatterns = "";

  constructor(ports: TalkPorts, signer: Signer) {
    this.#ports = ports;
    this.#ephemerals = new Ephemerals({
      signer,
      nowMs: ports.nowMs,
      mayPublish: (device, topic) => this.#mayPublish(device, topic),
      onRenewed: (message) => this.#pass(message),
    });
  }

  async publish(
    message: Parameters<Ephemerals["publish"]>[0],
  ): Promise<void> {
    this.#pass(await this.#ephemerals.publish(message));
  }

  subscribe(pattern: string, listener: (heard: HeardMessage) => void): () => void {
    return this.#ephemerals.subscribe(pattern, listener);
  }

  /** Says what this device listens to, where that has changed. */
  async tellPatterns(): Promise<void> {
    const { patterns } = this.#ephemerals;
    const text = patterns.join("\n");
    const { crew, id } = this.#ports.replica;
    if (text === this.#toldPatterns || !crew?.members.has(id)) return;
    this.#toldPatterns = text;
    try {
      await this.publish({ topic: SUBSCRIPTIONS, bytes: encodePatterns(patterns), retain: true });
    } catch (failure) {
      this.#toldPatterns = ""; // the next tick tries again
      throw failure;
    }
  }

  /** A session has begun. */
  async opened(session: Session, peer: DeviceId): Promise<void> {
    // a worker that was restarted may have heard what came before
    if (session.push.isAgain) this.#recent.begin(session.push);
    await this.tellPatterns();
    const last = this.#ephemerals.newestOf(peer);
    if (last) this.#send(session, last);
    this.#passRetained(session);
  }

  async take(session: Session, message: EphemeralMessage): Promise<void> {
    const { sessions } = this.#ports;
    const verdict = await this.#ephemerals.receive(message);
    switch (verdict) {
      case "new":
        sessions.tree.brought(session, message.from);
        this.#pass(message, session);
        if (message.topic === SUBSCRIPTIONS) this.#passTo(message, session);
        return;
      case "known":
      case "stale":
        this.#recent.add(message, false, this.#ports.nowMs());
        this.#recent.has(message, session.push);
        // retained ones are told whenever a session begins
        if (!message.retain) sessions.tree.repeated(session, message.from);
        return;
      case "forged":
        return sessions.refuse(
          session,
          "forged",
          "The other device passed on a message that is not genuine.",
        );
      case "of-another": {
        if (!this.#isMember(message.from)) return;
        const why = "A device published in the name of another. It was not taken.";
        return sessions.incident("forged", why, message.from);
      }
      case "wrong-role": {
        // who came into the crew, or was put out, and of which one side has not heard yet, is honest
        if (!this.#isMember(message.from)) return;
        const why =
          "A device published what its role in the crew does not allow. It was not taken.";
        return sessions.incident("wrong-role", why, message.from);
      }
    }
  }

  /** Tells each peer what came of late and was not pushed to it. */
  tick(): void {
    const now = this.#ports.nowMs();
    for (const session of this.#ports.sessions.ready) {
      const { push, outbox, peer } = session;
      const news = this.#recent.newsFor(push, now);
      const ids = news.filter(({ from }) => from !== peer).map(({ id }) => id);
      outbox.tellMessages("message-have", ids);
      this.#ask(session, this.#recent.lacking(push, now));
    }
  }

  /** The peer wants to be pushed what these origins say, or not. */
  wants(session: Session, names: readonly Hex[], isWanted: boolean): void {
    for (const name of names) this.#ports.sessions.tree.wants(session, name, isWanted);
    if (!isWanted) return;
    const ids = this.#recent.newsOf(new Set(names), session.push);
    session.outbox.tellMessages("message-have", ids);
  }

  /** The peer has these; what has not come here meanwhile is asked for. */
  told(session: Session, ids: readonly Hex[]): void {
    this.#ask(session, this.#recent.told(ids, session.push, this.#ports.nowMs()));
  }

  /** The peer lacks these. */
  give(session: Session, ids: readonly Hex[]): void {
    for (const message of this.#recent.newest(ids)) {
      this.#ports.sessions.tree.wants(session, originName(message.from), true);
      this.#send(session, message);
    }
  }

  /** What was heard of those who are no members any more is forgotten. */
  forget(devices: Iterable<DeviceId>): void {
    for (const device of devices) this.#ephemerals.forget(device);
  }

  /** To all neighbours that want to be pushed things; `except`: where it came from. */
  #pass(message: EphemeralMessage, except?: Session): void {
    const { sessions, nowMs } = this.#ports;
    const isWanted = this.#ephemerals.wantedBy(message);
    // a standing is soon said again
    this.#recent.add(message, isWanted && message.topic !== STANDING, nowMs());
    if (except) this.#recent.has(message, except.push);
    if (!isWanted) return;
    for (const session of sessions.ready) {
      if (session === except || session.peer === message.from) continue;
      if (sessions.tree.isPushed(session, message.from)) this.#send(session, message);
    }
  }

  #ask({ push, outbox }: Session, ids: readonly Hex[]): void {
    if (ids.length > 0) push.askedAt = this.#ports.nowMs();
    outbox.tellMessages("message-want", ids);
  }

  #send(session: Session, message: EphemeralMessage): void {
    this.#recent.has(message, session.push);
    session.outbox.pass(message);
  }

  #passRetained(session: Session): void {
    const wanted = this.#ephemerals.retained().filter((message) =>
      message.from !== session.peer && this.#ephemerals.wantedBy(message)
    );
    for (const message of wanted.slice(-MOST_TOLD)) this.#send(session, message);
  }

  /** A listener that was not there, or not for this: what was kept for such as it goes that way. */
  #passTo({ from, bytes }: EphemeralMessage, session: Session): void {
    const patterns = parsePatterns(bytes) ?? [];
    const wanted = this.#ephemerals.retained().filter((kept) =>
      kept.from !== from && kept.from !== session.peer &&
      patterns.some((pattern) => matches(pattern, kept.topic))
    );
    for (const kept of wanted.slice(-MOST_TOLD)) this.#send(session, kept);
  }

  #isMember(device: DeviceId): boolean {
    return this.#ports.replica.crew?.members.has(device) ?? false;
  }

  #mayPublish(device: DeviceId, topic: string): boolean {
    const { replica } = this.#ports;
    // whoever is in no crew is heard by nobody but itself
    if (!replica.crew) return device === replica.id;
    const role = replica.crew.members.get(device)?.role;
    return role !== undefined && (role !== "viewer" || isProtocols(topic));
  }
}
