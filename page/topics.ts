import { decodeCbor, encodeCbor } from "../field/cbor.ts";
import { FieldError } from "../field/errors.ts";
import type { DeviceId } from "../field/observation.ts";
import type { WorkerConnection } from "./worker_connection.ts";

/** Plain data: what CBOR carries without tags. */
export type TopicValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly TopicValue[]
  | { readonly [name: string]: TopicValue };

export interface PublishOptions {
  /** Who subscribes later hears it too: the last value of the topic. Without it, only who listens now. */
  readonly retain?: boolean;
  /** Goes before records and pictures. */
  readonly critical?: boolean;
}

/** What a device of the crew said. */
export interface TopicMessage {
  readonly topic: string;
  readonly from: DeviceId;
  /** ms since the epoch by that device's clock. */
  readonly at: number;
  /** Undefined: the topic was cleared, or `bytes` are not of this kind. */
  readonly value: TopicValue | undefined;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type TopicListener = (message: TopicMessage) => void;

interface Subscription {
  readonly pattern: string;
  readonly listener: TopicListener;
}

/** This page's topics. A worker that was restarted is told of its subscriptions again. */
export class Topics {
  readonly #worker: Pick<WorkerConnection, "call" | "on" | "onRestart">;
  readonly #newId: () => string;
  readonly #subscriptions = new Map<string, Subscription>();

  constructor(
    worker: Pick<WorkerConnection, "call" | "on" | "onRestart">,
    newId: () => string = () => crypto.randomUUID(),
  ) {
    this.#worker = worker;
    this.#newId = newId;
    worker.on("message", ({ subscription, topic, from, at, bytes: buffer }) => {
      const bytes = new Uint8Array(buffer);
      const value = decodeCbor(bytes)?.value as TopicValue | undefined;
      this.#subscriptions.get(subscription)?.listener({ topic, from, at, value, bytes });
    });
    worker.onRestart(() => {
      for (const [id, one] of this.#subscriptions) this.#ask(id, one).catch(reportError);
    });
  }

  /** `undefined` clears a retained topic. Rejects with `bad-message` on what cannot be said. */
  async publish(
    topic: string,
    value: TopicValue | undefined,
    { retain = false, critical = false }: PublishOptions = {},
  ): Promise<void> {
    const bytes = value === undefined ? new Uint8Array() : encoded(topic, value);
    await this.#worker.call("publish", { topic, bytes: bytes.buffer, retain, critical });
  }

  /** Resolves with what ends it, once it is heard; rejects with `bad-message` on a bad pattern. */
  async subscribe(pattern: string, listener: TopicListener): Promise<() => void> {
    const id = this.#newId();
    const subscription = { pattern, listener };
    this.#subscriptions.set(id, subscription);
    try {
      await this.#ask(id, subscription);
    } catch (failure) {
      this.#subscriptions.delete(id);
      throw failure;
    }
    return () => {
      if (!this.#subscriptions.delete(id)) return;
      this.#worker.call("unsubscribe", { subscription: id }).catch(reportError);
    };
  }

  async #ask(subscription: string, { pattern }: Subscription): Promise<void> {
    await this.#worker.call("subscribe", { subscription, pattern });
  }
}

function encoded(topic: string, value: TopicValue): Uint8Array<ArrayBuffer> {
  try {
    const bytes = encodeCbor(value);
    if (decodeCbor(bytes)) return bytes;
  } catch {
    // said below, as of what encodes and does not read
  }
  throw new FieldError(
    "bad-message",
    `Cannot publish this under ${topic}: only null, booleans, finite numbers, texts, bytes, lists and plain objects of these can be sent.`,
  );
}
