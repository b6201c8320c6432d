import { Backoff } from "../backoff.ts";

const REDIAL = { firstMs: 1_000, mostMs: 30_000 };
/** A link that lasted so long was a real one: the next failure counts as the first. */
const LASTED_MS = 10_000;

/** Links that broke early, one after the other, that are tried again at once: whom they led to is there. */
const MOST_BROKEN = 4;

interface Page {
  readonly backoff: Backoff;
  broken: number;
  notBeforeMs: number;
}

/** When to call whom: remembers failures, and waits longer after each. Knows no clock: times are passed in. */
export class DialBook {
  readonly #pages = new Map<string, Page>();
  readonly #random: () => number;
  readonly #waits: { readonly firstMs: number; readonly mostMs: number };

  /** `random` gives 0..1. */
  constructor(random: () => number, waits = REDIAL) {
    this.#random = random;
    this.#waits = waits;
  }

  isDue(peerId: string, nowMs: number): boolean {
    return nowMs >= this.#page(peerId).notBeforeMs;
  }

  /** A call came to nothing (`lastedMs` 0), or its link ended after so long. */
  ended(peerId: string, nowMs: number, lastedMs: number): void {
    const page = this.#page(peerId);
    const isBroken = lastedMs > 0 && page.broken < MOST_BROKEN;
    page.broken = lastedMs >= LASTED_MS ? 0 : page.broken + Number(isBroken);
    if (lastedMs >= LASTED_MS || isBroken) page.backoff.reset();
    page.notBeforeMs = nowMs + page.backoff.nextMs();
  }

  /** It is reached: what failed before does not count any more. */
  reached(peerId: string): void {
    this.#pages.delete(peerId);
  }

  /** Something has changed (network back, page looked at): waiting has lost its reason, for these or for all. */
  hurry(peerIds: Iterable<string> = this.#pages.keys()): void {
    for (const peerId of peerIds) this.#page(peerId).notBeforeMs = -Infinity;
  }

  /** Forgets whom the plan does not name any more. */
  keepOnly(peerIds: ReadonlySet<string>): void {
    for (const peerId of [...this.#pages.keys()]) {
      if (!peerIds.has(peerId)) this.#pages.delete(peerId);
    }
  }

  #page(peerId: string): Page {
    const page = this.#pages.get(peerId) ?? {
      backoff: new Backoff(this.#waits, this.#random),
      broken: 0,
      notBeforeMs: -Infinity,
    };
    this.#pages.set(peerId, page);
    return page;
  }
}
