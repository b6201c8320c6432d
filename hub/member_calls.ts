import { RetryWait } from "./member_retry.ts";

/** Somebody whom the crew knows, or who invited this hub. */
export interface PlannedPeer {
  readonly peerId: string;
  /** Is it for this hub to call, or for the other? */
  readonly isOursToCall: boolean;
}

const REDIAL_FIRST_MS = 1_000;
const REDIAL_MOST_MS = 60_000;
/** A link that lasted so long was a real one: the next failure counts as the first. */
const LASTED_MS = 10_000;

/** When to call whom at one relay: after each failure later. Knows no clock: times are passed in. */
export class MemberCalls {
  readonly #chance: () => number;
  readonly #waits = new Map<string, RetryWait>();
  /** To be called once although it is for them to call: they do not know that this hub is there. */
  readonly #unaware = new Set<string>();

  /** `chance` gives 0..1. */
  constructor(chance: () => number) {
    this.#chance = chance;
  }

  isDue({ peerId, isOursToCall }: PlannedPeer, nowMs: number): boolean {
    if (!isOursToCall && !this.#unaware.has(peerId)) return false;
    return this.#waits.get(peerId)?.isOver(nowMs) ?? true;
  }

  /** Calls in a row that came to nothing. */
  failures(peerId: string): number {
    return this.#waits.get(peerId)?.failures ?? 0;
  }

  called(peerId: string): void {
    this.#unaware.delete(peerId);
  }

  /** A call came to nothing, or its link ended after so long. */
  ended({ peerId }: PlannedPeer, nowMs: number, lastedMs: number): void {
    const wait = this.#waits.get(peerId) ??
      new RetryWait(REDIAL_FIRST_MS, REDIAL_MOST_MS, this.#chance);
    if (lastedMs >= LASTED_MS) wait.reset();
    wait.failed(nowMs);
    this.#waits.set(peerId, wait);
  }

  /** A call of the peer's takes the place of ours: that ours ended is no failure. */
  gaveWay(peerId: string): void {
    this.#waits.delete(peerId);
  }

  /** The line is new: nobody there knows, and nothing that failed before counts. */
  begin(plan: readonly PlannedPeer[]): void {
    this.#waits.clear();
    this.#unaware.clear();
    for (const { peerId } of plan) this.#unaware.add(peerId);
  }

  /** The plan has changed. */
  follow(plan: readonly PlannedPeer[], former: readonly PlannedPeer[]): void {
    const [now, before] = [plan, former].map((peers) => new Set(peers.map((one) => one.peerId)));
    for (const peerId of before.difference(now)) {
      this.#waits.delete(peerId);
      this.#unaware.delete(peerId);
    }
    for (const peerId of now.difference(before)) this.#unaware.add(peerId);
  }
}
