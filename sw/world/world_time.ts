import type { Replica } from "../../field/feed/replica.ts";
import { aheadOfPeers } from "../../field/sync/clock_offset.ts";
import type { PeerBook } from "../../field/sync/peer_book.ts";

export interface WorldTimePorts {
  readonly replica: Pick<Replica, "crew">;
  readonly book: Pick<PeerBook, "clocksOf">;
  /** The device's own clock, ms since the epoch. */
  readonly nowMs: () => number;
}

/**
 * The crew's time, as far as it is known: the median of all its clocks, this device's among them, so that two
 * devices meet in the middle and do not trade their errors. Agents' sightings are compared by it.
 */
export class WorldTime {
  readonly #ports: WorldTimePorts;
  #aheadMs: number;

  constructor(ports: WorldTimePorts) {
    this.#ports = ports;
    this.#aheadMs = this.#measured();
  }

  /** Now; ms since the epoch. */
  readonly nowMs = (): number => this.#ports.nowMs() - this.#aheadMs;

  /** What the device's clock showed then. */
  of(deviceMs: number): number {
    return deviceMs - this.#aheadMs;
  }

  /** Clocks were compared since. */
  update(): void {
    this.#aheadMs = this.#measured();
  }

  #measured(): number {
    const { replica, book, nowMs } = this.#ports;
    const own = { aheadMs: 0, withinMs: 0, at: nowMs() };
    const members = replica.crew?.members.keys() ?? [];
    return aheadOfPeers([...book.clocksOf(members), own], nowMs())?.aheadMs ?? 0;
  }
}
