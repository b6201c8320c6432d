import type { DeviceId } from "../observation.ts";
import type { Signer } from "../keys.ts";
import type { EphemeralMessage } from "./ephemeral_message.ts";
import { Ephemerals, type HeardMessage } from "./ephemerals.ts";
import { fallSilent } from "./push_tree.ts";
import { RelaySparing } from "./relay_sparing.ts";
import type { Session } from "./session.ts";
import type { TalkPorts } from "./talk_ports.ts";
import {
  encodePatterns,
  isProtocols,
  isSelfSpoken,
  matches,
  parsePatterns,
  SUBSCRIPTIONS,
} from "./topics.ts";

/** What a member is told when a session begins. */
const MOST_TOLD = 64;

/** What sessions say of this moment: messages that are never stored, to those who listen. */
export class MessageTalk {
  readonly #ports: TalkPorts;
  readonly #ephemerals: Ephemerals;
  readonly #sparing = new RelaySparing();
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
    await this.tellPatterns();
    const last = this.#ephemerals.newestOf(peer);
    if (last) session.outbox.pass(last);
    this.#passRetained(session);
  }

  async take(session: Session, message: EphemeralMessage): Promise<void> {
    const { sessions, nowMs } = this.#ports;
    const verdict = await this.#ephemerals.receive(message);
    switch (verdict) {
      case "new":
        this.#pass(message, session);
        if (message.topic === SUBSCRIPTIONS) this.#passTo(message, session);
        return;
      case "known":
        if (this.#spare(session, message)) return;
        // retained ones are told whenever a session begins
        if (!message.retain) fallSilent(session, sessions.ready, nowMs());
        return;
      case "stale":
        this.#spare(session, message);
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

  /** What was heard of those who are no members any more is forgotten. */
  forget(devices: Iterable<DeviceId>): void {
    for (const device of devices) this.#ephemerals.forget(device);
  }

  /** To all neighbours that want to be pushed things; `except`: where it came from. */
  #pass(message: EphemeralMessage, except?: Session): void {
    if (!this.#ephemerals.wantedBy(message)) return;
    const isFlooded = isSelfSpoken(message.topic);
    for (const session of this.#ports.sessions.ready) {
      if (session === except || session.peer === message.from) continue;
      const isWanted = isFlooded
        ? except === undefined || !this.#isSpared(session, message)
        : session.push.isEager;
      if (isWanted) session.outbox.pass(message);
    }
  }

  /** False when it is of another kind: that is pushed along the tree. */
  #spare({ link, peer }: Session, { topic, from }: EphemeralMessage): boolean {
    if (!isSelfSpoken(topic)) return false;
    if (peer !== from) this.#sparing.hadAlready(link, from, this.#ports.nowMs());
    return true;
  }

  #isSpared({ link }: Session, { from }: EphemeralMessage): boolean {
    return this.#sparing.isSpared(link, from, this.#ports.nowMs());
  }

  #passRetained(session: Session): void {
    const wanted = this.#ephemerals.retained().filter((message) =>
      message.from !== session.peer && this.#ephemerals.wantedBy(message)
    );
    for (const message of wanted.slice(-MOST_TOLD)) session.outbox.pass(message);
  }

  /** A listener that was not there, or not for this: what was kept for such as it goes that way. */
  #passTo({ from, bytes }: EphemeralMessage, session: Session): void {
    const patterns = parsePatterns(bytes) ?? [];
    const wanted = this.#ephemerals.retained().filter((kept) =>
      kept.from !== from && kept.from !== session.peer &&
      patterns.some((pattern) => matches(pattern, kept.topic))
    );
    for (const kept of wanted.slice(-MOST_TOLD)) session.outbox.pass(kept);
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
