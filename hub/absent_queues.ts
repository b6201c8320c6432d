/** A message for a peer that is not here, as the text that it would get. */
export interface Waiting {
  readonly src: string;
  readonly dst: string;
  readonly text: string;
}

export interface QueueLimits {
  /** How long a sender's messages wait for a peer, from its first one on. */
  readonly expireMs: number;
  /** Messages that may wait for one peer. */
  readonly perPeerMessages: number;
  /** Their length together, in characters (UTF-16 units). */
  readonly perPeerChars: number;
  /** Peers that may be waited for. */
  readonly peers: number;
  /** Length of everything that waits. */
  readonly totalChars: number;
}

interface Queue {
  messages: Waiting[];
  /** When each sender's first message came, ms. */
  readonly since: Map<string, number>;
  chars: number;
}

/**
 * Offers and candidates that wait for a peer to (re)connect. PeerServer lets all that waits for a
 * peer expire with the oldest of it; here each sender has its own clock, so that one which called
 * earlier does not cut short another's wait. One expired pair is reported once.
 */
export class AbsentQueues {
  readonly #limits: QueueLimits;
  readonly #queues = new Map<string, Queue>();
  #chars = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** Keeps the message; false when a limit forbids it. */
  add(message: Waiting, nowMs: number): boolean {
    const queue = this.#queues.get(message.dst) ?? emptyQueue();
    if (!this.#fits(queue, message)) return false;
    this.#queues.set(message.dst, queue);
    queue.messages.push(message);
    queue.chars += message.text.length;
    this.#chars += message.text.length;
    if (!queue.since.has(message.src)) queue.since.set(message.src, nowMs);
    return true;
  }

  #fits(queue: Queue, { text }: Waiting): boolean {
    const limits = this.#limits;
    return queue.messages.length < limits.perPeerMessages &&
      queue.chars + text.length <= limits.perPeerChars &&
      this.#chars + text.length <= limits.totalChars &&
      (queue.messages.length > 0 || this.#queues.size < limits.peers);
  }

  /** What waited for this peer, in the order in which it came; it waits no more. */
  take(dst: string): readonly Waiting[] {
    const queue = this.#queues.get(dst);
    if (!queue) return [];
    this.#queues.delete(dst);
    this.#chars -= queue.chars;
    return queue.messages;
  }

  /** Drops what waited too long, and says whose messages to whom that were. */
  expire(nowMs: number): readonly { readonly src: string; readonly dst: string }[] {
    const expired: { src: string; dst: string }[] = [];
    for (const [dst, queue] of this.#queues) {
      for (const [src, since] of queue.since) {
        if (nowMs - since < this.#limits.expireMs) continue;
        this.#drop(queue, src);
        expired.push({ src, dst });
      }
      if (queue.messages.length === 0) this.#queues.delete(dst);
    }
    return expired;
  }

  #drop(queue: Queue, src: string): void {
    queue.since.delete(src);
    queue.messages = queue.messages.filter((message) => {
      if (message.src !== src) return true;
      queue.chars -= message.text.length;
      this.#chars -= message.text.length;
      return false;
    });
  }

  /** For health reports and tests. */
  get size(): { readonly peers: number; readonly messages: number; readonly chars: number } {
    const queues = [...this.#queues.values()];
    return {
      peers: queues.length,
      messages: queues.reduce((sum, queue) => sum + queue.messages.length, 0),
      chars: this.#chars,
    };
  }
}

function emptyQueue(): Queue {
  return { messages: [], since: new Map(), chars: 0 };
}
