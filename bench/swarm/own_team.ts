import { Chance } from "../../field/swarm/chance.ts";
import { DroneDevice, makeCrew } from "../../field/swarm/drone_device.ts";
import { FLIGHT_STEP_MS } from "../../field/swarm/flight.ts";
import { Radio } from "../../field/swarm/radio.ts";
import type { SeenFrame } from "../../field/swarm/swarm_options.ts";
import type { LinkSettings } from "../../field/swarm/swarm_report.ts";
import { Timeline } from "../../field/swarm/timeline.ts";
import { readyAutomerge } from "../../tests/fixtures/automerge.ts";
import { OwnDrone } from "./own_drone.ts";
import { benchRules } from "./rules.ts";
import { BEGAN_MS, DECIDE_EVERY_MS, TICK_MS } from "./scenario.ts";
import { DRONES, type Recording } from "./recording.ts";
import type { KnownDecision, Team } from "./team.ts";

/** Ours: signed feeds, nodes that relay, tracks with names that all agree on. */
export class OwnTeam implements Team {
  readonly #timeline: Timeline;
  readonly #radio: Radio;
  readonly #drones: readonly OwnDrone[];

  private constructor(timeline: Timeline, radio: Radio, drones: readonly OwnDrone[]) {
    [this.#timeline, this.#radio, this.#drones] = [timeline, radio, drones];
  }

  static async begin({ seed, scene }: Recording, settings: LinkSettings): Promise<OwnTeam> {
    const chance = new Chance(seed);
    const timeline = new Timeline(BEGAN_MS);
    const { nowMs } = timeline;
    const radio = new Radio({ timeline, chance: chance.branch(), settings });
    const devices: DroneDevice[] = [];
    for (let number = 0; number < DRONES; number++) {
      const ports = { number, chance: chance.branch(), nowMs, automerge: readyAutomerge, radio };
      devices.push(await DroneDevice.open(ports));
    }
    await makeCrew(devices);
    await giveRules(devices);
    radio.ends = devices;
    await radio.connect();
    const drones = devices.map((device) => new OwnDrone(device, scene, chance.branch(), nowMs));
    for (const { agent } of drones) agent.mind.rules = await agent.device.replica.rules();
    return new OwnTeam(timeline, radio, drones);
  }

  async step(ms: number, frames: readonly SeenFrame[]): Promise<void> {
    await this.#timeline.runUntil(BEGAN_MS + ms);
    if (ms % FLIGHT_STEP_MS === 0) { for (const drone of this.#drones) drone.fly(); }
    for (const { drone, seen, atMs } of frames) {
      this.#drones[drone].agent.world.see(seen, BEGAN_MS + atMs);
    }
    for (const [i, { agent }] of this.#drones.entries()) {
      await agent.tell();
      if (ms % DECIDE_EVERY_MS === 30 * i) await agent.decide();
      if (ms % TICK_MS === 130 * i) await agent.tick();
      agent.device.flush();
    }
  }

  get views() {
    return this.#drones.map(({ agent: { view } }) => view);
  }

  get decisions(): readonly KnownDecision[] {
    return this.#drones.flatMap(({ agent: { mind } }, drone) =>
      mind.made.map(({ id, seenAtMs, atMs }) => ({ drone, rule: ruleOf(id), seenAtMs, atMs }))
    );
  }

  get bytesSent(): number {
    return this.#drones.reduce((sum, { agent: { device } }) => sum + device.bytesSent, 0);
  }

  async part(settings: LinkSettings): Promise<void> {
    this.#radio.change(settings);
    await this.#radio.connect();
  }

  end(): void {
    for (const { agent } of this.#drones) agent.end();
  }
}

/** All have them before they fly, as those they are compared with do. */
async function giveRules([founder, ...others]: readonly DroneDevice[]): Promise<void> {
  const { replica, id } = founder;
  const before = replica.headOf(id)?.seq ?? 0;
  await replica.keepRules(benchRules(DRONES));
  const entries = await replica.entriesAfter(id, before, Infinity);
  for (const other of others) await other.replica.receive(entries);
}

/** A decision's id begins with its rule's. */
function ruleOf(id: string): string {
  return id.slice(0, id.indexOf("/"));
}
