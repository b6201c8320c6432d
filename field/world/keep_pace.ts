import { type AgentWorld, EMPTY_AGENT } from "./world_state.ts";

/**
 * Between two entries of an agent's feed with its world: what a user did, or marked, is kept soon; tracks, which
 * nobody remembers for longer than a minute, once a minute. So a feed grows by at most 12 entries a minute more,
 * usually by one of some hundred bytes.
 */
export const KEEP_ACTS_MS = 10_000;
export const KEEP_TRACKS_MS = 60_000;

/** Says when an agent's part of the world is to be kept. */
export class KeepPace {
  #kept: AgentWorld;
  #keptAtMs = -Infinity;

  /** `kept`: as it was read of the feed. */
  constructor(kept: AgentWorld = EMPTY_AGENT) {
    this.#kept = kept;
  }

  isDue(own: AgentWorld, nowMs: number): boolean {
    if (own === this.#kept) return false;
    const { removals, confirmations, tiles } = this.#kept;
    const isActed = own.removals !== removals || own.confirmations !== confirmations ||
      own.tiles !== tiles;
    const sinceMs = nowMs - this.#keptAtMs;
    // a clock that was set back must not stop it
    return sinceMs < 0 || sinceMs >= (isActed ? KEEP_ACTS_MS : KEEP_TRACKS_MS);
  }

  /** It is on disk. */
  kept(own: AgentWorld, nowMs: number): void {
    this.#kept = own;
    this.#keptAtMs = nowMs;
  }
}
