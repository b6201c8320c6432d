import type { EphemeralMessage } from "./ephemeral_message.ts";
import { parsePatterns, SUBSCRIPTIONS } from "./topics.ts";

/** What became of a message that is genuine: its value is the topic's newest, its retained value is, or neither. */
export interface Heard {
  readonly isNewest: boolean;
  readonly isRetained: boolean;
}

interface Topic {
  /** Of the newest message. */
  counter: number;
  sig: Uint8Array;
  retained: EphemeralMessage | null;
}

const MOST_TOPICS = 64;
/** What an origin may keep, with room for what it has cleared: that word must be kept too, or older ones come back. */
const MOST_KEPT = 40;
/** A message so far behind its origin's newest, by the origin's own counting, comes from a former time. */
const LATEST_WITHIN = 60_000 * 1024;

/** What was heard of one origin: its newest counter of each topic, and the retained values. Bounded. */
export class HeardTopics {
  /** By topic, the one heard longest ago first. */
  readonly #topics = new Map<string, Topic>();
  #newest: EphemeralMessage | null = null;
  /** Counters of topics that were forgotten are not above it. */
  #forgotten = -1;
  /** What its device listens to. */
  patterns: readonly string[] = [];

  /** The newest message of all topics. */
  get newest(): EphemeralMessage | null {
    return this.#newest;
  }

  /** Retained values, also the empty ones that clear a topic. */
  get retained(): EphemeralMessage[] {
    return [...this.#topics.values()].flatMap(({ retained }) => retained ?? []);
  }

  get retainedBytes(): number {
    return this.retained.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  /** Is it, signature and all, the newest of its topic or the retained one? */
  isKnown({ topic, counter, sig }: EphemeralMessage): boolean {
    const known = this.#topics.get(topic);
    if (!known) return false;
    const isSame = (one: { counter: number; sig: Uint8Array } | null) =>
      one?.counter === counter && one.sig.every((byte, i) => byte === sig[i]);
    return isSame(known) || isSame(known.retained);
  }

  counterOf(topic: string): number {
    return this.#topics.get(topic)?.counter ?? this.#forgotten;
  }

  /** Notes a genuine message. */
  take(message: EphemeralMessage): Heard {
    const { topic, counter, retain } = message;
    const known = this.#topics.get(topic);
    const isLate = !retain && counter < (this.#newest?.counter ?? 0) - LATEST_WITHIN;
    const isNewest = counter > this.counterOf(topic) && !isLate;
    const isRetained = retain && counter > (known?.retained?.counter ?? this.#forgotten);
    if (!isNewest && !isRetained) return { isNewest, isRetained };
    this.#topics.delete(topic);
    this.#topics.set(topic, {
      counter: isNewest ? counter : known?.counter ?? counter,
      sig: isNewest ? message.sig : known?.sig ?? message.sig,
      retained: isRetained ? message : known?.retained ?? null,
    });
    if (counter > (this.#newest?.counter ?? -1)) this.#newest = message;
    if (isRetained && topic === SUBSCRIPTIONS) this.patterns = parsePatterns(message.bytes) ?? [];
    this.#bound();
    return { isNewest, isRetained };
  }

  /** Lets go of one retained value: one that only clears a topic if there is any, else the oldest. False when there is none left. */
  dropOldest(): boolean {
    const kept = this.retained.filter(({ topic }) => topic !== SUBSCRIPTIONS);
    const [first] = kept.toSorted((a, b) =>
      Number(a.bytes.length > 0) - Number(b.bytes.length > 0) || a.counter - b.counter
    );
    if (first) this.#forget(first.topic);
    return first !== undefined;
  }

  #bound(): void {
    if (this.retained.length > MOST_KEPT) this.dropOldest();
    if (this.#topics.size <= MOST_TOPICS) return;
    const oldest = [...this.#topics].find(([, { retained }]) => retained === null);
    if (oldest) this.#forget(oldest[0]);
  }

  /** What is not above its counter is not taken again, of whatever topic that is unknown. */
  #forget(topic: string): void {
    this.#forgotten = Math.max(this.#forgotten, this.counterOf(topic));
    this.#topics.delete(topic);
  }
}
