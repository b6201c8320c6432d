/**
 * Messages that are never stored: what a device says of this moment, and the last value of each topic for
 * who asks later. Nothing rests on another's clock: what is newer, the origin's counter says. The counter
 * follows the origin's clock, so that it rises across restarts without a disk; after its clock was set
 * back over a restart, others hold what a device says as old, until it has met its own last word
 * ({@link Ephemerals.newestOf}), and goes on above that.
 */
import type { Bytes } from "../bytes.ts";
import { HybridClock } from "../clock.ts";
import { FieldError } from "../errors.ts";
import type { Signer } from "../keys.ts";
import type { DeviceId } from "../observation.ts";
import {
  type EphemeralMessage,
  isGenuine,
  MOST_EPHEMERAL_BYTES,
  signMessage,
} from "./ephemeral_message.ts";
import { HeardTopics } from "./heard_topics.ts";
import {
  encodePatterns,
  isForAll,
  isOwnTopic,
  isPattern,
  isTopic,
  matches,
  MOST_LEVELS,
  MOST_PATTERNS,
  MOST_TOPIC_BYTES,
  SUBSCRIPTIONS,
} from "./topics.ts";

export { type EphemeralMessage, MOST_EPHEMERAL_BYTES } from "./ephemeral_message.ts";

export interface HeardMessage {
  readonly topic: string;
  readonly from: DeviceId;
  /** ms since the epoch by the origin's clock. */
  readonly at: number;
  readonly bytes: Bytes;
}

export type Listener = (heard: HeardMessage) => void;

/** "known": had before. "stale": a newer one of the topic was here, or it comes from long before others of its origin. "of-another": genuine, under a topic of another device's. */
export type Verdict = "new" | "known" | "forged" | "of-another" | "wrong-role" | "stale";

export interface EphemeralPorts {
  readonly signer: Signer;
  readonly nowMs: () => number;
  readonly mayPublish: (device: DeviceId, topic: string) => boolean;
  /** Own retained values, signed anew since others held them as old: to be sent again. */
  readonly onRenewed?: (message: EphemeralMessage) => void;
  /** A listener has thrown. */
  readonly onListenerFailure?: (thrown: unknown) => void;
}

/** Topics of one device that keep a value. */
export const MOST_RETAINED = 32;
/** Of all devices together. */
export const MOST_RETAINED_BYTES = 1024 * 1024;
/** The most members that a crew's summary names. */
const MOST_ORIGINS = 512;

export class Ephemerals {
  readonly #ports: EphemeralPorts;
  readonly #counter: HybridClock;
  readonly #origins = new Map<DeviceId, HeardTopics>();
  readonly #listeners = new Set<{ readonly pattern: string; readonly listener: Listener }>();
  /** Own topics published since this worker began. */
  readonly #published = new Set<string>();

  constructor(ports: EphemeralPorts) {
    this.#ports = ports;
    this.#counter = new HybridClock(ports.nowMs);
  }

  /** What others must know this device listens to: patterns of its listeners, each once, sorted. */
  get patterns(): readonly string[] {
    const patterns = [...this.#listeners].map(({ pattern }) => pattern);
    return [...new Set(patterns)].filter((one) => !isForAll(one)).sort();
  }

  /**
   * Signs a message, and gives it to this device's own listeners; to send it is the caller's. Throws
   * `bad-message` on a bad topic or too many bytes, `entry-not-allowed` when this device may not say that.
   */
  async publish(m: {
    readonly topic: string;
    readonly bytes: Bytes;
    readonly retain?: boolean;
    readonly critical?: boolean;
  }): Promise<EphemeralMessage> {
    const { topic, retain = false, critical = false } = m;
    this.#assertPublishable(topic, m.bytes, retain);
    const bytes = m.bytes.slice(); // the caller may write over its own
    const counter = this.#counter.next();
    const at = Math.max(0, Math.floor(this.#ports.nowMs()));
    const { signer } = this.#ports;
    const message = await signMessage(signer, { topic, counter, at, bytes, retain, critical });
    this.#published.add(topic);
    this.#take(message);
    return message;
  }

  /** The listener gets at once the retained values that match. Throws `bad-message` on a bad or one more pattern. */
  subscribe(pattern: string, listener: Listener): () => void {
    this.#assertSubscribable(pattern);
    const subscription = { pattern, listener };
    this.#listeners.add(subscription);
    for (const message of this.retained()) {
      if (message.bytes.length > 0 && matches(pattern, message.topic)) {
        this.#tell(listener, message);
      }
    }
    return () => void this.#listeners.delete(subscription);
  }

  /** A message of whatever origin, from a peer. "new" is to be passed on; nothing else is. */
  async receive(message: EphemeralMessage): Promise<Verdict> {
    const { from, topic } = message;
    if (this.#origins.get(from)?.isKnown(message)) return "known";
    if (!await isGenuine(message)) return "forged";
    if (!isOwnTopic(topic, from)) return "of-another";
    if (!this.#ports.mayPublish(from, topic)) return "wrong-role";
    if (from === this.#ports.signer.id && await this.#isOwnPast(message)) return "stale";
    // only now: while its signature was checked, another copy of it may have come
    const isEqual = this.#origins.get(from)?.counterOf(topic) === message.counter;
    return this.#take(message) ? "new" : isEqual ? "known" : "stale";
  }

  /** The last value of each topic, also the empty ones that clear a topic: what a new neighbour is to be sent. */
  retained(): readonly EphemeralMessage[] {
    return [...this.#origins.values()].flatMap(({ retained }) => retained);
  }

  /** The last word of a device. To be sent to it when a session with it begins: so it learns how far its counter was. */
  newestOf(device: DeviceId): EphemeralMessage | null {
    return this.#origins.get(device)?.newest ?? null;
  }

  /** Does some other member listen to it, apart from its sender? What devices say of their listeners is for all. */
  wantedBy({ topic, from }: { readonly topic: string; readonly from: DeviceId }): boolean {
    if (isForAll(topic)) return true;
    return [...this.#origins].some(([device, { patterns }]) =>
      device !== from && device !== this.#ports.signer.id &&
      patterns.some((pattern) => matches(pattern, topic))
    );
  }

  /** All that was heard of a device that is no member any more. */
  forget(device: DeviceId): void {
    this.#origins.delete(device);
  }

  /** A genuine message: kept as far as it is new, and told to listeners. False when nothing of it is. */
  #take(message: EphemeralMessage): boolean {
    const origin = this.#originOf(message.from);
    const { isNewest, isRetained } = origin.take(message);
    if (isRetained) this.#boundRetained();
    if (isNewest) {
      for (const { pattern, listener } of [...this.#listeners]) {
        if (matches(pattern, message.topic)) this.#tell(listener, message);
      }
    }
    return isNewest || isRetained;
  }

  /**
   * This device's own word, from before its worker restarted. The counter goes on above it; and what was
   * published since, below it, is published once more: others take it for old.
   */
  async #isOwnPast({ topic, counter }: EphemeralMessage): Promise<boolean> {
    const { signer, onRenewed } = this.#ports;
    const mine = this.#originOf(signer.id);
    const isAhead = counter > (mine.newest?.counter ?? -1);
    this.#counter.resume(counter);
    if (isAhead) {
      for (const { from: _, sig: __, ...old } of mine.retained) {
        if (!this.#published.has(old.topic)) continue;
        const renewed = await signMessage(signer, { ...old, counter: this.#counter.next() });
        if (mine.take(renewed).isRetained) onRenewed?.(renewed);
      }
    }
    return this.#published.has(topic);
  }

  #originOf(device: DeviceId): HeardTopics {
    const known = this.#origins.get(device) ?? new HeardTopics();
    this.#origins.set(device, known);
    if (this.#origins.size > MOST_ORIGINS) {
      const [oldest] = [...this.#origins.keys()].filter((one) => one !== this.#ports.signer.id);
      this.#origins.delete(oldest);
    }
    return known;
  }

  /** Who keeps most gives way, so that one device cannot drive out what the others keep. */
  #boundRetained(): void {
    const sizes = new Map([...this.#origins.values()].map((one) => [one, one.retainedBytes]));
    let sum = [...sizes.values()].reduce((all, bytes) => all + bytes, 0);
    while (sum > MOST_RETAINED_BYTES) {
      const [most, bytes] = [...sizes].reduce((a, b) => b[1] > a[1] ? b : a);
      if (!most.dropOldest()) return;
      sizes.set(most, most.retainedBytes);
      sum += most.retainedBytes - bytes;
    }
  }

  #tell(listener: Listener, { topic, from, at, bytes }: EphemeralMessage): void {
    try {
      listener({ topic, from, at, bytes: bytes.slice() });
    } catch (thrown) {
      const report = this.#ports.onListenerFailure ??
        ((failure) => console.error(`A listener to ${topic} has failed`, failure));
      report(thrown);
    }
  }

  #assertPublishable(topic: string, bytes: Bytes, retain: boolean): void {
    const { signer, mayPublish } = this.#ports;
    if (!isTopic(topic)) {
      throw new FieldError(
        "bad-message",
        `Cannot publish under this topic: it must be 1 to ${MOST_TOPIC_BYTES} bytes in at most ${MOST_LEVELS} levels divided by "/", without "+" and "#".`,
      );
    }
    if (bytes.length > MOST_EPHEMERAL_BYTES) {
      throw new FieldError(
        "bad-message",
        `Cannot publish ${bytes.length} bytes under ${topic}: at most ${MOST_EPHEMERAL_BYTES} are passed on. Save it as a record or picture.`,
      );
    }
    if (!isOwnTopic(topic, signer.id)) {
      throw new FieldError(
        "bad-message",
        `Cannot publish under ${topic}: a device speaks there of itself alone, under its own key.`,
      );
    }
    if (!mayPublish(signer.id, topic)) {
      throw new FieldError(
        "entry-not-allowed",
        `This device's role in the crew does not allow it to publish under ${topic}. Ask an admin for another role.`,
      );
    }
    if (retain && bytes.length > 0) this.#assertRoomFor(topic);
  }

  #assertRoomFor(topic: string): void {
    const retained = this.#origins.get(this.#ports.signer.id)?.retained ?? [];
    const others = retained.filter((one) => one.bytes.length > 0 && one.topic !== topic);
    if (topic === SUBSCRIPTIONS || others.length < MOST_RETAINED) return;
    throw new FieldError(
      "bad-message",
      `Cannot keep a value for ${topic}: this device keeps ${MOST_RETAINED} already. Clear one by publishing no bytes under it.`,
    );
  }

  #assertSubscribable(pattern: string): void {
    if (!isPattern(pattern)) {
      throw new FieldError(
        "bad-message",
        `Cannot subscribe to this pattern: it must be 1 to ${MOST_TOPIC_BYTES} bytes in at most ${MOST_LEVELS} levels divided by "/"; "+" stands for one level, "#" for the rest.`,
      );
    }
    const patterns = new Set([...this.patterns, pattern]);
    if (
      patterns.size > MOST_PATTERNS || encodePatterns([...patterns]).length > MOST_EPHEMERAL_BYTES
    ) {
      throw new FieldError(
        "bad-message",
        `Cannot subscribe to ${pattern}: this device listens to ${
          patterns.size - 1
        } patterns already.`,
      );
    }
  }
}
