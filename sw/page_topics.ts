import { FieldError } from "../field/errors.ts";
import type { CallOf } from "../field/messages.ts";
import type { SyncNode } from "../field/sync/node.ts";
import type { Pages } from "./pages.ts";
import type { Client } from "./scope.ts";

export interface PageTopicsPorts {
  readonly node: Pick<SyncNode, "publish" | "subscribe">;
  readonly pages: Pick<Pages, "tellOne">;
  /** Is this page still open? */
  readonly isOpen: (page: Client) => Promise<boolean>;
}

interface Subscription {
  readonly page: Client;
  readonly end: () => void;
}

/** Of all pages together. */
const MOST_SUBSCRIPTIONS = 256;

/** What pages say to the crew just now, and hear of it: messages that are never stored. */
export class PageTopics {
  readonly #ports: PageTopicsPorts;
  readonly #subscriptions = new Map<string, Subscription>();

  constructor(ports: PageTopicsPorts) {
    this.#ports = ports;
  }

  /** Rejects with what {@link SyncNode.publish} rejects with. */
  async publish({ topic, bytes, retain, critical }: CallOf<"publish">): Promise<null> {
    await this.#ports.node.publish({ topic, bytes: new Uint8Array(bytes), retain, critical });
    return null;
  }

  /** The page hears from now on, first the retained values. Rejects with `bad-message`. */
  async subscribe({ subscription, pattern }: CallOf<"subscribe">, page: Client): Promise<null> {
    this.#end(subscription); // asked again: the first answer was lost
    if (this.#subscriptions.size >= MOST_SUBSCRIPTIONS) await this.#prune();
    if (this.#subscriptions.size >= MOST_SUBSCRIPTIONS) {
      throw new FieldError(
        "bad-message",
        `Cannot subscribe to ${pattern}: the app's pages have ${MOST_SUBSCRIPTIONS} subscriptions already. End some first.`,
      );
    }
    const end = this.#ports.node.subscribe(pattern, ({ topic, from, at, bytes }) => {
      const { buffer } = bytes.slice();
      this.#ports.pages.tellOne(
        page,
        { notice: "message", subscription, topic, from, at, bytes: buffer },
        [buffer],
      );
    });
    this.#subscriptions.set(subscription, { page, end });
    return null;
  }

  unsubscribe({ subscription }: CallOf<"unsubscribe">): Promise<null> {
    this.#end(subscription);
    return Promise.resolve(null);
  }

  #end(subscription: string): void {
    this.#subscriptions.get(subscription)?.end();
    this.#subscriptions.delete(subscription);
  }

  /** Pages that were closed say nothing. */
  async #prune(): Promise<void> {
    for (const [id, { page }] of [...this.#subscriptions]) {
      if (!await this.#ports.isOpen(page)) this.#end(id);
    }
  }
}
