import { HybridClock } from "../../field/clock.ts";
import { EMPTY_STATE } from "../../field/decide/decide_state.ts";
import { decide } from "../../field/decide/decider.ts";
import type { Occasion } from "../../field/decide/occasion.ts";
import type { RuleSet } from "../../field/decide/rule.ts";
import { SWARM_TRACKER } from "../../field/swarm/drone_agent.ts";
import { WorldAgent } from "../../field/world/world_agent.ts";
import { encodeAgentWorld } from "../../field/world/world_codec.ts";
import type { AgentWorld } from "../../field/world/world_state.ts";
import type { WorldTrack } from "../../field/world/world_track.ts";
import type { PlacedDetection } from "../../field/world/world_tracker.ts";
import { DRONES } from "./recording.ts";

/** Of one frame names may change, and of these changes others: they come to an end long before. */
const MOST_ROUNDS = 8;

/** All drones' trackers in one memory, with the same code as ours: each knows at once what the others know. */
export class Brain {
  readonly #agents: readonly WorldAgent[];
  readonly #nowMs: () => number;
  #decided = EMPTY_STATE;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    const ids = Array.from({ length: DRONES }, (_, i) => `${i}`.padStart(64, "0"));
    this.#agents = ids.map((id) =>
      new WorldAgent(id, new HybridClock(nowMs), undefined, SWARM_TRACKER)
    );
  }

  get view(): readonly WorldTrack[] {
    return this.#agents[0].view(this.#nowMs());
  }

  /** `atMs`: since the epoch. */
  see(drone: number, seen: readonly PlacedDetection[], atMs: number): void {
    this.#agents[drone].see(seen, atMs);
    let changed = [this.#agents[drone]];
    for (let round = 0; changed.length > 0 && round < MOST_ROUNDS; round++) {
      changed = [...new Set(changed.flatMap((one) => this.#spread(one)))];
    }
  }

  /** As of a time; absent: now. */
  decide(rules: RuleSet, nowMs = this.#nowMs()): readonly Occasion[] {
    const tracks = this.#agents[0].view(nowMs);
    const inputs = { tracks, agents: [], anomalies: [], heard: [], nowMs };
    const { state, decisions } = decide(this.#decided, rules, inputs);
    this.#decided = state;
    return decisions.flatMap(({ occasion }) => occasion ?? []);
  }

  /** Those that say something else now: of a new track, or of one with another name, all think about names. */
  #spread({ id, own }: WorldAgent): readonly WorldAgent[] {
    return this.#agents.filter((other) => {
      if (other.id === id) return false;
      const before = other.own;
      if (hasNews(own, other.state.get(id))) other.hear(id, encodeAgentWorld(own), this.#nowMs());
      else other.take(id, own);
      return other.own !== before;
    });
  }
}

function hasNews({ tracks }: AgentWorld, before: AgentWorld | undefined): boolean {
  return [...tracks].some(([n, { alias }]) => {
    const known = before?.tracks.get(n);
    return !known || known.alias?.to !== alias?.to;
  });
}
