import { HybridClock } from "../../field/clock.ts";
import { decide } from "../../field/decide/decider.ts";
import { EMPTY_STATE } from "../../field/decide/decide_state.ts";
import type { RuleSet } from "../../field/decide/rule.ts";
import { Chance } from "../../field/swarm/chance.ts";
import { SWARM_TRACKER } from "../../field/swarm/drone_agent.ts";
import { Radio } from "../../field/swarm/radio.ts";
import type { LinkEnd, RadioLink } from "../../field/swarm/radio_link.ts";
import type { SeenFrame } from "../../field/swarm/swarm_options.ts";
import type { LinkSettings } from "../../field/swarm/swarm_report.ts";
import { Timeline } from "../../field/swarm/timeline.ts";
import type { Bytes } from "../../field/bytes.ts";
import { sayTracks } from "../../field/world/own_world.ts";
import { encodeAgentWorld } from "../../field/world/world_codec.ts";
import { parseAgentWorld } from "../../field/world/world_parse.ts";
import { type AgentWorld, EMPTY_AGENT } from "../../field/world/world_state.ts";
import type { WorldTrack } from "../../field/world/world_track.ts";
import { type PlacedDetection, WorldTracker } from "../../field/world/world_tracker.ts";
import { worldView } from "../../field/world/world_view.ts";
import { benchRules } from "./rules.ts";
import { BEGAN_MS, DECIDE_EVERY_MS } from "./scenario.ts";
import { DRONES, type Recording } from "./recording.ts";
import type { KnownDecision, Team } from "./team.ts";

/** Tracks of one label so near to each other are shown as one. */
const SAME_M = 2;

/**
 * One that sends all its tracks to all others at each frame, and shows what each of them said last: the same tracker,
 * the same bytes for a track, the same links. Nothing is signed, kept, passed on or told as a difference, and nobody
 * agrees on names: each shows tracks of one place as one for itself, under the name that comes first.
 */
class Broadcaster implements LinkEnd {
  readonly number: number;
  readonly id: string;
  readonly made: KnownDecision[] = [];
  bytesSent = 0;
  readonly #links = new Set<RadioLink>();
  readonly #tracker: WorldTracker;
  readonly #clock: HybridClock;
  readonly #last = new Map<string, AgentWorld>();
  readonly #nowMs: () => number;
  #decided = EMPTY_STATE;

  constructor(number: number, nowMs: () => number) {
    this.number = number;
    this.id = `${number}`.padStart(64, "0");
    this.#nowMs = nowMs;
    this.#clock = new HybridClock(nowMs);
    this.#tracker = new WorldTracker(this.id, SWARM_TRACKER);
  }

  get view(): readonly WorldTrack[] {
    return asOne(worldView(this.#last, this.#nowMs()));
  }

  see(seen: readonly PlacedDetection[], atMs: number): void {
    const { tracks } = this.#tracker.step(seen, atMs);
    const own = sayTracks(EMPTY_AGENT, tracks, new Map(), this.#clock.next());
    this.#last.set(this.id, own);
    const bytes = encodeAgentWorld(own);
    for (const link of this.#links) {
      this.bytesSent += bytes.length;
      link.send(this, bytes);
    }
  }

  decide(rules: RuleSet): void {
    const nowMs = this.#nowMs();
    const inputs = { tracks: this.view, agents: [], anomalies: [], heard: [], nowMs };
    const { state, decisions } = decide(this.#decided, rules, inputs);
    this.#decided = state;
    for (const { occasion, atMs } of decisions) {
      if (!occasion) continue;
      const { rule, atMs: seenAtMs } = occasion;
      this.made.push({ drone: this.number, rule, seenAtMs, atMs });
    }
  }

  opened(link: RadioLink): void {
    this.#links.add(link);
  }

  closed(link: RadioLink): void {
    this.#links.delete(link);
  }

  receive(link: RadioLink, bytes: Bytes): Promise<void> {
    const from = link.ends.find((end) => end !== this);
    const said = parseAgentWorld(bytes, this.#nowMs());
    if (from instanceof Broadcaster && said) this.#last.set(from.id, said);
    return Promise.resolve();
  }
}

function asOne(tracks: readonly WorldTrack[]): readonly WorldTrack[] {
  return tracks.filter((track, i) =>
    !tracks.slice(0, i).some(({ label, position }) =>
      label === track.label &&
      Math.hypot(position[0] - track.position[0], position[1] - track.position[1]) < SAME_M
    )
  );
}

export class BroadcastTeam implements Team {
  readonly #timeline = new Timeline(BEGAN_MS);
  readonly #radio: Radio;
  readonly #all: readonly Broadcaster[];
  readonly #rules: RuleSet;

  private constructor({ seed }: Recording, settings: LinkSettings) {
    const chance = new Chance(seed);
    this.#radio = new Radio({ timeline: this.#timeline, chance, settings });
    const { nowMs } = this.#timeline;
    this.#all = Array.from({ length: DRONES }, (_, number) => new Broadcaster(number, nowMs));
    this.#radio.ends = this.#all;
    this.#rules = benchRules(DRONES);
  }

  static async begin(recording: Recording, settings: LinkSettings): Promise<BroadcastTeam> {
    const team = new BroadcastTeam(recording, settings);
    await team.#radio.connect();
    return team;
  }

  async step(ms: number, frames: readonly SeenFrame[]): Promise<void> {
    await this.#timeline.runUntil(BEGAN_MS + ms);
    for (const { drone, seen, atMs } of frames) this.#all[drone].see(seen, BEGAN_MS + atMs);
    for (const [i, one] of this.#all.entries()) {
      if (ms % DECIDE_EVERY_MS === 30 * i) one.decide(this.#rules);
    }
  }

  get views() {
    return this.#all.map(({ view }) => view);
  }

  get decisions(): readonly KnownDecision[] {
    return this.#all.flatMap(({ made }) => made);
  }

  get bytesSent(): number {
    return this.#all.reduce((sum, one) => sum + one.bytesSent, 0);
  }

  async part(settings: LinkSettings): Promise<void> {
    this.#radio.change(settings);
    await this.#radio.connect();
  }

  end(): void {}
}
