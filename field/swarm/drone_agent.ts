import type { Occasion } from "../decide/occasion.ts";
import type { DeviceId } from "../observation.ts";
import { BeatTalk } from "../sync/beat_talk.ts";
import { WorldTalk } from "../sync/world_talk.ts";
import { KeepPace } from "../world/keep_pace.ts";
import { WorldAgent } from "../world/world_agent.ts";
import type { WorldTrack } from "../world/world_track.ts";
import type { TrackerOptions } from "../world/world_tracker.ts";
import type { DroneDevice } from "./drone_device.ts";
import { type Decided, DroneMind } from "./drone_mind.ts";

export const SWARM_CELL = "swarm";
/**
 * A drone comes by again after 8 s: what it saw is awaited for so long. What lies and walks here changes its pace
 * slowly.
 */
export const SWARM_TRACKER: TrackerOptions = {
  ...{ absenceMs: 9_000, accelerationNoise: 0.03, speedDeviation: 1 },
};

export interface AgentPorts {
  readonly device: DroneDevice;
  readonly beganMs: number;
  readonly nowMs: () => number;
}

/** What a drone knows, says and decides, on its device: all but its flight and its camera. */
export class DroneAgent {
  readonly device: DroneDevice;
  readonly world: WorldAgent;
  readonly mind: DroneMind;
  readonly beat: BeatTalk;
  readonly #nowMs: () => number;
  readonly #talk: WorldTalk;
  readonly #pace = new KeepPace();
  /** Of the founder's feed, when the rules were read last. */
  #rulesAsOf = -1;

  constructor({ device, beganMs, nowMs }: AgentPorts) {
    const { node, replica, id } = device;
    this.device = device;
    this.#nowMs = nowMs;
    this.world = new WorldAgent(id, replica.clock, undefined, SWARM_TRACKER);
    const nameOf = (other: DeviceId) => replica.nameOf(other) ?? other.slice(0, 8);
    this.mind = new DroneMind({ self: id, beganMs, nameOf });
    const onDecided = (occasions: readonly Occasion[]) => this.mind.hear(occasions);
    this.#talk = new WorldTalk({ cell: SWARM_CELL, agent: this.world, node, nowMs, onDecided });
    const onChanged = () => {}; // it decides several times a second in any case
    this.beat = new BeatTalk({ cell: SWARM_CELL, self: id, node, nowMs, onChanged });
    // who has just come hears all at once, and so does everybody of a track that has another name now
    device.onReceived = () => this.#talk.tell();
  }

  get view(): readonly WorldTrack[] {
    return this.world.view(this.#nowMs());
  }

  /** Tells what is due. */
  async tell(): Promise<void> {
    await this.#talk.tell();
    await this.beat.tell();
  }

  /** Of the world as it is known here; what it decided is told. */
  async decide(): Promise<Decided> {
    const decided = this.mind.decide(this.view, this.beat.agents(), this.#nowMs());
    await this.#talk.decided(decided.own);
    return decided;
  }

  /** Once a second: keeps what is due, and goes by the crew's rules as they are known here. */
  async tick(): Promise<void> {
    const { replica, node } = this.device;
    await node.tick();
    const now = this.#nowMs();
    const { own } = this.world;
    if (this.#pace.isDue(own, now)) {
      await replica.keepWorld(SWARM_CELL, own);
      this.#pace.kept(own, now);
      await node.announce([this.device.id]);
    }
    const founder = replica.crew?.founder;
    const asOf = founder ? replica.headOf(founder)?.seq ?? 0 : 0;
    if (asOf === this.#rulesAsOf) return;
    this.#rulesAsOf = asOf;
    this.mind.rules = await replica.rules();
  }

  end(): void {
    this.#talk.end();
    this.beat.end();
    this.device.node.closeAll();
  }
}
