import type { DeviceId } from "../observation.ts";

/** So long a peer that had an origin's message from elsewhere is not passed more of that origin. */
const SPARED_MS = 2_000;
const MOST_SPARED = 4096;

/**
 * Which peers need not be passed an origin's messages, since they had one before it came from here. For messages
 * that many devices publish at once, many times a second: there the one tree that all share (`push_tree.ts`) breaks,
 * as each of a ring's links carries what is known already for one origin or another, and all fall silent. Here
 * nothing is agreed on, so nothing can break for longer than {@link SPARED_MS}; a link carries each message about once.
 */
export class RelaySparing {
  readonly #untilMs = new Map<string, number>();

  /** Over this link came what was here. */
  hadAlready(link: string, origin: DeviceId, nowMs: number): void {
    const key = `${link} ${origin}`;
    this.#untilMs.delete(key);
    this.#untilMs.set(key, nowMs + SPARED_MS);
    if (this.#untilMs.size <= MOST_SPARED) return;
    const [oldest] = this.#untilMs.keys();
    this.#untilMs.delete(oldest);
  }

  isSpared(link: string, origin: DeviceId, nowMs: number): boolean {
    const untilMs = this.#untilMs.get(`${link} ${origin}`) ?? 0;
    // not for longer, if the clock was set back
    return nowMs < untilMs && nowMs >= untilMs - SPARED_MS;
  }
}
