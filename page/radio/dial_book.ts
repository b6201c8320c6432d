import { Backoff } from "../backoff.ts";

const REDIAL_FIRST_MS = 1_000;
const REDIAL_MOST_MS = 30_000;
/** A link that lasted so long was a real one: the next failure counts as the first. */
const LASTED_MS = 10_000;

interface Page {
  readonly backoff: Backoff;
  notBeforeMs: number;
}

/** When to call whom: remembers failures, and waits longer after each. Knows no clock: times are passed in. */
export class DialBook {
  readonly #pages = new Map<string, Page>();
  readonly #random: () => number;

  /** `random` gives 0..1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  isDue(peerId: string, nowMs: number): boolean {
    return nowMs >= this.#page(peerId).notBeforeMs;
  }

  /** A call came to nothing (`lastedMs` 0), or its link ended after so long. */
  ended(peerId: string, nowMs: number, lastedMs: number): void {
    const page = this.#page(peerId);
    if (lastedMs >= LASTED_MS) page.backoff.reset();
    page.notBeforeMs = nowMs + page.backoff.nextMs();
  }

  /** Something has changed (network back, page looked at): waiting has lost its reason. */
  hurry(): void {
    for (const page of this.#pages.values()) page.notBeforeMs = -Infinity;
  }

  /** Forgets whom the plan does not name any more. */
  keepOnly(peerIds: ReadonlySet<string>): void {
    for (const peerId of [...this.#pages.keys()]) {
      if (!peerIds.has(peerId)) this.#pages.delete(peerId);
    }
  }

  #page(peerId: string): Page {
    const page = this.#pages.get(peerId) ?? {
      backoff: new Backoff({ firstMs: REDIAL_FIRST_MS, mostMs: REDIAL_MOST_MS }, this.#random),
      notBeforeMs: -Infinity,
    };
    this.#pages.set(peerId, page);
    return page;
  }
}
